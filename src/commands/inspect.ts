// `automagik-gateway inspect -- COMMAND…`: runs a program with its telemetry going to a throw-away gateway, and shows each
// record it sent before and after.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { startGateway } from '../gateway.ts'
import type { Arrival } from '../pipeline/batch.ts'
import { formatEndpoint } from '../receivers/listen.ts'
import { textLog } from '../telemetry/log.ts'
import { toJson, type Json } from './before-after/records.ts'
import { createReport, type ReportOptions } from './before-after/report.ts'
import { print } from './command.ts'
import type { CommandContext } from './command.ts'
import { createCapture } from './demo/capture.ts'
import { loadProgram, throwAwayKey } from './load.ts'
import { throwAwayConfig } from './throw-away.ts'

export interface InspectOptions extends ReportOptions {
  readonly ruleset?: string
}

type Kept = Pick<Arrival, 'signal' | 'encoding' | 'body'>

/** @returns the exit code of the program, as a shell has it: 127 when it is not there, 128 + n when signal n ended it */
export async function inspect(
  context: CommandContext,
  [command, ...args]: readonly [string, ...string[]],
  options: InspectOptions,
): Promise<number> {
  const file = options.ruleset === undefined ? {} : { file: options.ruleset }
  const loaded = loadProgram(context, { ...file, key: throwAwayKey() })
  const arrivals: Kept[] = []
  const log = textLog((line) => print(context.stderr, line))
  const gateway = await startGateway({
    config: throwAwayConfig(),
    program: loaded.program,
    version: context.version,
    log,
    write: (text) => context.stderr.write(text),
    exporters: [createCapture()],
    onArrival: ({ signal, encoding, body }) => arrivals.push({ signal, encoding, body: body.slice() }),
  })
  let code: number
  try {
    code = await runProgram(context, command, args, environmentFor(gateway.endpoints.http!.port))
  } finally {
    // What is under way when the program ends is waited for.
    await gateway.stop(2_000)
  }
  const report = createReport(context, loaded, options)
  for (const arrival of arrivals) {
    const request = readable(arrival)
    if (request !== undefined) report.add(arrival.signal, request)
  }
  const refused = [...gateway.ledger.requestsRefused()].map(({ reason, requests }) => [reason, requests] as const)
  report.totals([['requests refused', refused]])
  if (report.records() === 0) print(context.stdout, nothingSent)
  return code
}

const nothingSent = `
Nothing arrived. The program may send nothing, have its address fixed in its code, or have ended before it flushed.
docs/connect.md says what each program reads.`

/** Undefined for what is no OTLP: it was refused, and is among the requests refused. */
function readable(arrival: Kept): Json | undefined {
  try {
    return toJson(arrival)
  } catch {
    return undefined
  }
}

/** The variables by which SDKs are told where to send; docs/connect.md has what each program reads. */
function environmentFor(port: number): Record<string, string> {
  const endpoint = `http://${formatEndpoint({ host: '127.0.0.1', port })}`
  return {
    AUTOMAGIK_TELEMETRY_ENABLED: 'true',
    AUTOMAGIK_TELEMETRY_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
  }
}

async function runProgram(
  { env, stderr, stopSignal }: CommandContext,
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...env, ...variables } })
  const stop = stopSignal()
  // A terminal has told the program as well; one that was told by another way is told here.
  const forward = (): void => void child.kill(stop.reason as NodeJS.Signals)
  stop.addEventListener('abort', forward, { once: true })
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + constants.signals[signal ?? 'SIGTERM']
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    print(stderr, `error: cannot run ${command}: ${code === 'ENOENT' ? 'there is no such program' : code}`)
    return 127
  } finally {
    stop.removeEventListener('abort', forward)
  }
}
