// `automagik-gateway inspect -- COMMAND…`: runs a program with its telemetry going to a throw-away gateway, and shows each
// record it sent before and after.
import { spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { startGateway, type Gateway } from '../gateway.ts'
import type { Arrival } from '../pipeline/batch.ts'
import { formatEndpoint } from '../receivers/listen.ts'
import { textLog } from '../telemetry/log.ts'
import { toJson, type Json } from './before-after/records.ts'
import { createReport, type ReportOptions } from './before-after/report.ts'
import { print } from './command.ts'
import type { CommandContext } from './command.ts'
import { createCapture } from './demo/capture.ts'
import { programEnvironment, protocols, type Protocol } from './inspect/environment.ts'
import { loadProgram, throwAwayKey } from './load.ts'
import { throwAwayConfig } from './throw-away.ts'

export interface InspectOptions extends ReportOptions {
  readonly ruleset?: string
  /** What OpenTelemetry's SDKs are told to speak; what the environment says, or OTLP/HTTP, unless given. */
  readonly protocol?: Protocol
}

type Kept = Pick<Arrival, 'signal' | 'encoding' | 'body'>

/** @returns the exit code of the program, as a shell has it: 127 when it cannot be run, 128 + n when signal n ended it */
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
  let code: number | undefined
  try {
    const environment = environmentFor(context, options, gateway)
    // The report is to be the only JSON on standard output.
    const output = options.format === 'json' ? context.stderr.fd : 'inherit'
    code = await runProgram(context, command, args, { env: environment, stdio: ['inherit', output, 'inherit'] })
  } finally {
    // What is under way when the program ends is waited for.
    await gateway.stop(2_000)
  }
  if (code === undefined) return 127
  const report = createReport(context, loaded, options)
  for (const arrival of arrivals) {
    const request = readable(arrival)
    if (request !== undefined) report.add(arrival.signal, request)
  }
  const refused = [...gateway.ledger.requestsRefused()].map(({ reason, requests }) => [reason, requests] as const)
  report.totals([['requests refused', refused]])
  if (report.records() === 0) print(context.stderr, refused.length > 0 ? nothingTaken : nothingSent)
  return code
}

const nothingSent = `
warning: nothing arrived. The program may send nothing, have its address fixed in its code, or have ended before it
flushed. docs/connect.md says what each program reads.`

const nothingTaken = `
warning: what arrived was no OTLP that could be read. A program whose exporter is built for gRPC needs --protocol grpc.`

/** Undefined for what is no OTLP: it was refused, and is among the requests refused. */
function readable(arrival: Kept): Json | undefined {
  try {
    return toJson(arrival)
  } catch {
    return undefined
  }
}

/** What the program is told instead of what the shell says. */
function environmentFor({ env }: CommandContext, { protocol }: InspectOptions, gateway: Gateway): NodeJS.ProcessEnv {
  const own = env['OTEL_EXPORTER_OTLP_PROTOCOL']
  const { http, grpc } = gateway.endpoints
  return programEnvironment(env, {
    http: `http://${formatEndpoint(http!)}`,
    grpc: `http://${formatEndpoint(grpc!)}`,
    protocol: protocol ?? protocols.find((each) => each === own) ?? 'http/protobuf',
  })
}

/** @returns the program's exit code as a shell has it; undefined when it could not be run, which has been said */
async function runProgram(
  { stderr, stopSignal }: CommandContext,
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<number | undefined> {
  const child = spawn(command, args, options)
  const stop = stopSignal()
  // A terminal has told the program as well; one that was told by another way is told here.
  const forward = (): void => void child.kill(stop.reason as NodeJS.Signals)
  stop.addEventListener('abort', forward, { once: true })
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + constants.signals[signal ?? 'SIGTERM']
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    print(stderr, `error: cannot run ${command}: ${whyNotRun[code] ?? code}`)
    return undefined
  } finally {
    stop.removeEventListener('abort', forward)
  }
}

const whyNotRun: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it may not be executed (EACCES)',
}
