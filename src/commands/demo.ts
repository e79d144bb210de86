// `automagik-gateway demo`: made-up events of the six projects through a real gateway, each project's first one shown
// before and after.
import { startGateway } from '../gateway.ts'
import { protobufToJson } from '../otlp/to-json.ts'
import { createEngine } from '../processors/engine.ts'
import { formatEndpoint } from '../receivers/listen.ts'
import type { Program } from '../ruleset/program.ts'
import { textLog } from '../telemetry/log.ts'
import type { Tally } from '../telemetry/tally.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { createCapture } from './demo/capture.ts'
import { createCauses } from './before-after/causes.ts'
import { compared } from './before-after/report.ts'
import { sendContinuously } from './demo/continuous.ts'
import { demoSender, NotTakenError } from './demo/send.ts'
import type { DemoTarget } from './demo/send.ts'
import { amounts, heading, showChanges } from './before-after/show.ts'
import { projects } from './demo/stories.ts'
import type { Project } from './demo/stories.ts'
import { demoTraffic, storyCount } from './demo/traffic.ts'
import type { DemoRequest } from './demo/traffic.ts'
import { loadProgram, throwAwayKey } from './load.ts'
import { throwAwayConfig } from './throw-away.ts'

export interface DemoOptions {
  readonly endpoint?: string
  readonly ruleset?: string
  /** Goes on until stopped, and shows nothing of what it sends; needs `endpoint`. */
  readonly continuous?: boolean
  /** Requests a second; `defaultRate` unless given. */
  readonly rate?: number
  /** Milliseconds after which it ends by itself. */
  readonly duration?: number
}

const defaultRate = 5
/** How often each story is told. */
const rounds = 5

type Json = Record<string, unknown>

/** A gateway to send to, and what it makes of a request. */
interface Stage {
  readonly target: DemoTarget
  readonly intro: string
  readonly tally: Tally
  /** The request as it leaves, after it has been sent; undefined when nothing is left of it. */
  after(request: DemoRequest): Json | undefined
  close(): Promise<void>
}

export async function demo(context: CommandContext, options: DemoOptions): Promise<ExitCode> {
  if (options.endpoint !== undefined && !/^https?:\/\/./.test(options.endpoint)) {
    print(context.stderr, `error: --endpoint is written as http://127.0.0.1:4318, got ${options.endpoint}`)
    return exitCode.usage
  }
  if (options.continuous === true) return continuous(context, options)
  const file = options.ruleset === undefined ? {} : { file: options.ruleset }
  const { program, layers } = loadProgram(context, { ...file, key: throwAwayKey() })
  const causes = createCauses(program, layers)
  const stage =
    options.endpoint === undefined ? await throwAwayStage(context, program) : runningStage(options.endpoint, program)
  const sender = demoSender(stage.target)
  try {
    print(context.stdout, stage.intro)
    const shown = new Set<Project>()
    const sent = new Map<Project, Map<string, number>>(projects.map((project) => [project, new Map()]))
    const traffic = demoTraffic({ seed: Date.now(), now: Date.now })
    for (let number = 0; number < storyCount * rounds; number++) {
      const request = traffic.next().value
      const before = new Map(stage.tally.repaired)
      await sender.send(request)
      add(sent.get(request.project)!, request.signal)
      const after = stage.after(request)
      if (shown.has(request.project)) continue
      shown.add(request.project)
      heading(context.stdout, `${request.project}: ${request.title}, sent as ${wayNames[request.way]}`)
      const repaired = more(stage.tally.repaired, before)
      const { changes, unchanged } = compared(causes, request.signal, request.body, after ?? {}, repaired)
      showChanges(context.stdout, changes, unchanged, { program, layers, values: true })
    }
    heading(context.stdout, 'Totals')
    for (const [project, signals] of sent) print(context.stdout, `  ${project.padEnd(16)} ${amounts(signals)}`)
    const { changed, found, repaired } = stage.tally
    print(context.stdout, `  ${'fields changed'.padEnd(16)} ${amounts(changed)}`)
    print(context.stdout, `  ${'found in text'.padEnd(16)} ${amounts(found)}`)
    print(context.stdout, `  ${'repaired'.padEnd(16)} ${amounts(repaired)}`)
    return exitCode.ok
  } catch (error) {
    if (!(error instanceof NotTakenError)) throw error
    print(context.stderr, `error: ${error.message}`)
    return exitCode.failed
  } finally {
    sender.close()
    await stage.close()
  }
}

async function continuous(context: CommandContext, options: DemoOptions): Promise<ExitCode> {
  const { endpoint, rate = defaultRate, duration } = options
  if (endpoint === undefined) {
    print(context.stderr, 'error: --continuous needs a gateway to send to: --endpoint http://127.0.0.1:4318')
    return exitCode.usage
  }
  const amount = { rate, ...(duration === undefined ? {} : { durationMs: duration }) }
  await sendContinuously(context, { endpoint, ...amount }, context.stopSignal())
  return exitCode.ok
}

const wayNames = {
  'http/json': 'OTLP/HTTP with JSON',
  'http/protobuf': 'OTLP/HTTP with protobuf',
  grpc: 'OTLP/gRPC',
} as const

/** A gateway of the demo's own, on free ports; it keeps nothing. */
async function throwAwayStage({ stderr, version }: CommandContext, program: Program): Promise<Stage> {
  const capture = createCapture()
  const log = textLog((line) => print(stderr, line))
  const gateway = await startGateway({
    config: throwAwayConfig(),
    program,
    version,
    log,
    write: (text) => stderr.write(text),
    exporters: [capture],
  })
  const { http, grpc } = gateway.endpoints
  return {
    target: { http: `http://${formatEndpoint(http!)}`, grpc: formatEndpoint(grpc!) },
    intro:
      "Made-up events of six projects, through a gateway of the demo's own (nothing is kept).\n- is what a program sends, + is what leaves the gateway.",
    tally: gateway.tally,
    after() {
      const [batch] = capture.take()
      return batch === undefined ? undefined : (JSON.parse(protobufToJson(batch.signal, batch.bytes)) as Json)
    },
    close: () => gateway.stop(1_000),
  }
}

/** A gateway that runs: what it sends on cannot be seen, so the same rules are run here. */
function runningStage(endpoint: string, program: Program): Stage {
  const engine = createEngine(program)
  return {
    target: { http: endpoint },
    intro: `Made-up events of six projects, sent to ${endpoint}.\n- is what a program sends, + is what the ruleset ${program.name} makes of it (the gateway's own rules and key may differ).`,
    tally: engine.tally,
    after({ signal, body }) {
      const { batch } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(body)) })
      return batch === undefined ? undefined : (JSON.parse(protobufToJson(signal, batch.bytes)) as Json)
    },
    close: () => Promise.resolve(),
  }
}

/** The kinds that were counted since. */
function more(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): string[] {
  return [...now].filter(([kind, times]) => times > (before.get(kind) ?? 0)).map(([kind]) => kind)
}

function add(figures: Map<string, number>, key: string): void {
  figures.set(key, (figures.get(key) ?? 0) + 1)
}
