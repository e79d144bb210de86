// What a fault happens to: senders → the gateway, a process of its own with its queue on disk → a proxy that makes faults
// → a sink that counts. And the account afterwards: what of the accepted records is where.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { healthAt, imbalancesOf, type Health } from '../../test/e2e/support/ledger.ts'
import { startGatewayWith, until, type GatewayUnderTest } from '../../test/e2e/support/gateway.ts'
import { type Fault, type FaultProxy, pass, startFaultProxy, type Script } from '../../test/support/fault-proxy.ts'
import { idsIn, numbered, type Numbered, numberOf, signalOf } from './records.ts'
import { startSenders, type Senders } from './senders.ts'
import { startSink, type ArrivedRequest, type Sink } from './sink.ts'

export interface RigSettings {
  /** YAML of the exporter's `sending_queue`, over that of the rig. */
  readonly queue?: string
  /** Further sections of gateway.yaml. */
  readonly more?: string
  readonly dataDir?: string
  readonly env?: Readonly<Record<string, string>>
  /** The file of the rules, where `more` names one. */
  readonly ruleset?: string
  /** Records that are dropped are no loss of the gateway's: its settings want it so. */
  readonly drops?: boolean
}

/** Requests of one signal that the exporter has under way at most. */
export const consumers = 4
/** For one attempt; a tenth of what the documentation recommends, and so is what is slow. */
export const timeoutMs = 1_000
const pauseMs = 40

export class Rig {
  readonly gateway: GatewayUnderTest
  readonly proxy: FaultProxy
  readonly sink: Sink
  readonly senders: Senders
  readonly settings: RigSettings
  readonly dataDir: string
  /** How often the gateway was killed. */
  kills = 0
  /** Records in requests that were under way when a process was killed. */
  underWay = 0
  /** Records that were accepted when the queue's file was damaged: what of them waited is lost by definition. */
  damaged: Readonly<Record<Numbered, ReadonlySet<number>>> | undefined

  constructor(gateway: GatewayUnderTest, proxy: FaultProxy, sink: Sink, settings: RigSettings) {
    this.gateway = gateway
    this.proxy = proxy
    this.sink = sink
    this.settings = settings
    this.dataDir = settings.dataDir ?? join(gateway.folder, 'data')
    this.senders = startSenders(gateway, pauseMs)
  }

  /** Waits until so many further records are accepted. */
  async load(records = 150): Promise<void> {
    const before = this.senders.total()
    await until(`${records} records accepted`, () => this.senders.total() >= before + records, 120_000)
  }

  /** Does this to requests until so many of each numbered signal were met. */
  async meets(fault: Fault | Script, requests = 3): Promise<void> {
    const before = this.proxy.requests.length
    this.proxy.set(fault)
    const met = (signal: Numbered): number =>
      this.proxy.requests
        .slice(before)
        .filter((request) => request.fault !== 'pass' && signalOf(request.path) === signal).length
    await until('requests that meet the fault', () => numbered.every((signal) => met(signal) >= requests), 120_000)
    this.proxy.set(pass)
  }

  async kill(): Promise<void> {
    const beforeMs = performance.now()
    this.kills += 1
    await this.gateway.stop('SIGKILL')
    await this.#bookUnderWay(beforeMs, consumers)
    await this.gateway.restart()
  }

  /** The backend's connections are cut, with what is under way in them, and nobody gets a new one. */
  async backendAway(): Promise<void> {
    const beforeMs = performance.now()
    await this.proxy.refuse()
    await this.#bookUnderWay(beforeMs, 0)
  }

  /** @param answered so many requests of each signal whose answer had come may not have been committed as sent */
  async #bookUnderWay(atMs: number, answered: number): Promise<void> {
    // What the proxy has taken reaches the sink.
    await sleep(200)
    for (const signal of numbered) {
      const requests = this.sink.requests.filter((request) => request.signal === signal)
      const isOpen = ({ answeredMs = Infinity }: ArrivedRequest): boolean => answeredMs >= atMs
      const open = requests.filter(isOpen)
      const last = answered === 0 ? [] : requests.filter((request) => !isOpen(request)).slice(-answered)
      for (const { ids } of [...open, ...last]) this.underWay += ids.length
    }
  }

  health(): Promise<Health> {
    return healthAt(this.gateway.admin)
  }

  async stop(): Promise<void> {
    // Whatever else: no sender goes on for ever.
    await Promise.all([this.senders.stop().catch(() => {}), this.gateway.stop()])
    await this.proxy.stop()
    this.sink.stop()
  }
}

export async function startRig(settings: RigSettings = {}): Promise<Rig> {
  const { queue = '', more = '', dataDir, env } = settings
  const sink = await startSink()
  const proxy = await startFaultProxy(sink.url)
  const gateway = await startGatewayWith({
    exporters: `otlp_http:
  endpoint: ${proxy.url}
  timeout: ${timeoutMs}ms
  retry_on_failure: { initial_interval: 100ms, max_interval: 500ms }
  sending_queue: { num_consumers: ${consumers}, batch: { flush_timeout: 50ms }${queue && `, ${queue}`} }`,
    names: ['otlp_http'],
    more: `metrics: { flush_interval: 300ms }\n${more}`,
    ...(dataDir !== undefined && { dataDir }),
    ...(env && { env }),
  })
  return new Rig(gateway, proxy, sink, settings)
}

/** The figures of one fault: a row of the table. */
export interface Account {
  /** Spans, log records, and increments of a counter. */
  readonly accepted: { readonly traces: number; readonly logs: number; readonly metrics: number }
  /** Accepted and nowhere. Increments count here too. */
  readonly lost: number
  /** Spans and log records that the gateway sent twice. */
  readonly twice: number
  /** As many of them may come twice at most: those in requests whose answer was lost, by the fault or by the kill. */
  readonly twiceAtMost: number
  /** Records that a sender sent again because it had no answer, though they had been taken. */
  readonly sentAgain: number
  /** Accepted spans and log records that are dead letters. */
  readonly dead: number
  /** What the gateway counts as lost, by reason. */
  readonly counted: Readonly<Record<string, number>>
  /** Accepted and dropped, where the settings want the oldest to go. */
  readonly dropped: number
  /** In a damaged file, lost with it. */
  readonly inDamagedFile: number
  /** What does not add up. */
  readonly imbalances: readonly string[]
  /** Planted personal values that came out. */
  readonly leaks: number
}

/** Stops the senders, waits until the queue is empty, and looks where everything is. Ends the gateway. */
export async function settle(rig: Rig): Promise<Account> {
  const { senders, sink, gateway } = rig
  await senders.stop()
  rig.proxy.set(pass)
  const queued = async (): Promise<number> =>
    (await rig.health()).exporters
      .flatMap(({ signals }) => Object.values(signals))
      .reduce((sum, signal) => sum + signal.queued, 0)
  const missing = (): number => Math.max(0, senders.increments() - sink.increments())
  // The counter's points go out all the time: its queue is hardly ever seen empty.
  const isDone = async (): Promise<boolean> => (await queued()) <= 100 && (await arrivedAll(rig)) && missing() === 0
  await until('everything has arrived', isDone, 30_000).catch(() => {})
  const imbalances = await imbalancesOf(gateway.admin, { isWhole: false })
  const { exporters } = await rig.health()
  const counted: Record<string, number> = {}
  for (const { signals } of exporters)
    for (const { lost } of Object.values(signals))
      for (const [reason, records] of Object.entries(lost)) counted[reason] = (counted[reason] ?? 0) + records
  await rig.stop()
  return { ...accountOf(rig, missing()), counted, imbalances, leaks: sink.leaks.length }
}

/** Whether nothing that can still come is missing. Dead letters are looked at when the gateway has ended. */
async function arrivedAll({ gateway }: Rig): Promise<boolean> {
  const { exporters } = await healthAt(gateway.admin)
  return exporters.every(({ signals }) => numbered.every((signal) => signals[signal]?.queued === 0))
}

function accountOf(rig: Rig, missingIncrements: number): Omit<Account, 'counted' | 'imbalances' | 'leaks'> {
  const { senders, sink, damaged } = rig
  const letters = deadLettersIn(join(rig.dataDir, 'queue.db'))
  let [lost, twice, sentAgain, dead, dropped, inDamagedFile] = [0, 0, 0, 0, 0, 0]
  for (const signal of numbered) {
    const times = new Map<string, number>()
    for (const { ids } of sink.requests.filter((request) => request.signal === signal))
      for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1)
    const arrived = new Set([...times.keys()].map(numberOf))
    twice += [...times.values()].reduce((sum, count) => sum + count - 1, 0)
    sentAgain += times.size - arrived.size
    for (const number of senders.accepted[signal]) {
      if (arrived.has(number)) continue
      if (letters[signal].has(number)) dead += 1
      else if (damaged?.[signal].has(number)) inDamagedFile += 1
      else if (rig.settings.drops === true) dropped += 1
      else lost += 1
    }
  }
  return {
    accepted: { traces: senders.accepted.traces.size, logs: senders.accepted.logs.size, metrics: senders.increments() },
    lost: lost + (damaged === undefined ? missingIncrements : 0),
    twice,
    twiceAtMost: twiceAtMost(rig),
    sentAgain,
    dead,
    dropped,
    inDamagedFile: inDamagedFile + (damaged === undefined ? 0 : missingIncrements),
  }
}

/**
 * What the exporter had under way when it could not learn of the answer: in requests that met a fault behind the sink or
 * whose time was over, and at kills.
 */
function twiceAtMost({ proxy, underWay }: Rig): number {
  const cut = proxy.requests
    .filter(({ reached, isDelivered, path }) => reached !== undefined && !isDelivered && !path.endsWith('metrics'))
    .reduce((sum, { path, body }) => sum + idsIn(signalOf(path) as Numbered, body).length, 0)
  return cut + underWay
}

/** The numbers of the records that are dead letters, by signal. */
function deadLettersIn(file: string): Record<Numbered, Set<number>> {
  const found: Record<Numbered, Set<number>> = { traces: new Set(), logs: new Set() }
  if (!existsSync(file)) return found
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    for (const { signal, data } of database.prepare('SELECT signal, data FROM dead_letters').all()) {
      if (signal === 'metrics') continue
      const name = signal as Numbered
      for (const id of idsIn(name, gunzipSync(data as Uint8Array))) found[name].add(numberOf(id))
    }
  } finally {
    database.close()
  }
  return found
}
