// `automagik-gateway inspect -- COMMAND…`: runs a program with its telemetry going to a throw-away gateway, and shows each
// record it sent before and after.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { startGateway } from '../gateway.ts'
import { protobufToJson } from '../otlp/to-json.ts'
import type { Arrival, Signal } from '../pipeline/batch.ts'
import { createEngine } from '../processors/engine.ts'
import type { Engine } from '../processors/engine.ts'
import { formatEndpoint } from '../receivers/listen.ts'
import type { Program } from '../ruleset/program.ts'
import { textLog } from '../telemetry/log.ts'
import { compare } from './before-after/compare.ts'
import { fieldsOf } from './before-after/fields.ts'
import type { Fields } from './before-after/fields.ts'
import { singleRecords, toJson, type Json } from './before-after/records.ts'
import { amounts, heading, showComparison } from './before-after/show.ts'
import { print } from './command.ts'
import type { CommandContext } from './command.ts'
import { createCapture } from './demo/capture.ts'
import { loadProgram, throwAwayKey } from './load.ts'
import { throwAwayConfig } from './throw-away.ts'

export interface InspectOptions {
  readonly ruleset?: string
  /** Records that are shown; the others are counted. */
  readonly limit: number
}

type Kept = Pick<Arrival, 'signal' | 'encoding' | 'body'>

/** @returns the exit code of the program, as a shell has it: 127 when it is not there, 128 + n when signal n ended it */
export async function inspect(
  context: CommandContext,
  [command, ...args]: readonly [string, ...string[]],
  options: InspectOptions,
): Promise<number> {
  const file = options.ruleset === undefined ? {} : { file: options.ruleset }
  const { program } = loadProgram(context, { ...file, key: throwAwayKey() })
  const arrivals: Kept[] = []
  const log = textLog((line) => print(context.stderr, line))
  const gateway = await startGateway({
    config: throwAwayConfig(),
    program,
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
  const refused = [...gateway.ledger.requestsRefused()].map(({ reason, requests }) => [reason, requests] as const)
  report(context, program, arrivals, refused, options.limit)
  return code
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

function report(
  context: CommandContext,
  program: Program,
  arrivals: readonly Kept[],
  requestsRefused: Iterable<readonly [string, number]>,
  limit: number,
): void {
  const { stdout } = context
  const engine = createEngine(program)
  let records = 0
  let altered = 0
  for (const { signal, request } of recordsOf(arrivals)) {
    records += 1
    const before = fieldsOf(request)
    const { after, refused } = clean(engine, signal, request)
    const comparison = compare(before, after ?? new Map(), program.conventions)
    if (comparison.changes.length > 0) altered += 1
    if (records > limit) continue
    heading(stdout, titleOf(signal, before))
    if (after === undefined) print(stdout, `  refused: ${refused.join(', ') || 'nothing of it is left'}`)
    else if (comparison.changes.length === 0) print(stdout, '  as it was')
    else showComparison(stdout, comparison)
  }
  if (records > limit) print(stdout, `\nand ${records - limit} records more (--limit shows more)`)
  heading(stdout, 'Totals')
  const { changed, found, repaired, dropped } = engine.tally
  const rows: readonly (readonly [string, string])[] = [
    ['records', `${records}, of them changed ${altered}`],
    ['fields changed', amounts(changed)],
    ['found in text', amounts(found)],
    ['repaired', amounts(repaired)],
    ['parts dropped', amounts(dropped)],
    ['requests refused', amounts(requestsRefused)],
  ]
  for (const [name, text] of rows) print(stdout, `  ${name.padEnd(16)} ${text}`)
  if (records === 0) print(stdout, nothingSent)
}

const nothingSent = `
Nothing arrived. The program may send nothing, have its address fixed in its code, or have ended before it flushed.
docs/connect.md says what each program reads.`

function* recordsOf(arrivals: readonly Kept[]): Generator<{ signal: Signal; request: Json }> {
  for (const arrival of arrivals) {
    let request: Json
    try {
      request = toJson(arrival)
    } catch {
      // What is no OTLP was refused, and is among the requests refused.
      continue
    }
    for (const single of singleRecords(arrival.signal, request)) yield { signal: arrival.signal, request: single }
  }
}

function clean(engine: Engine, signal: Signal, request: Json): { after: Fields | undefined; refused: string[] } {
  const { batch, refused } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
  return {
    after: batch && fieldsOf(JSON.parse(protobufToJson(signal, batch.bytes)) as Json),
    refused: refused.map(({ reason }) => reason),
  }
}

/** `span api_request (automagik-omni)`. */
function titleOf(signal: Signal, fields: Fields): string {
  const service = fields.get('resource service.name') ?? 'no service.name'
  const name = {
    traces: `span ${fields.get('span name') ?? ''}`,
    metrics: `metric ${fields.get('metric name') ?? ''}`,
    logs: `log record ${fields.get('log eventName') ?? fields.get('log event.name') ?? ''}`,
  }[signal]
  return `${name.trimEnd()} (${service})`
}
