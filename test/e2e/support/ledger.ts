// The law that every end-to-end run ends with: each record that came in is sent, lost with a reason, a dead letter or in
// the queue, as the gateway's own figures say.
import { setTimeout as sleep } from 'node:timers/promises'

const nouns = { traces: 'spans', metrics: 'metric_points', logs: 'log_records' } as const
type Signal = keyof typeof nouns

interface SignalState {
  readonly accepted: number
  readonly sent: number
  readonly lost: Readonly<Record<string, number>>
  readonly dead_lettered: Readonly<Record<string, number>>
  readonly queued: number
}

/** What of `/health` the books are read from. */
export interface Health {
  readonly ruleset: { readonly name: string }
  readonly queue?: { readonly books: 'balanced' | readonly string[]; readonly last: string }
  readonly exporters: readonly {
    readonly exporter: string
    readonly signals: Readonly<Partial<Record<Signal, SignalState>>>
  }[]
}

export async function healthAt(admin: number): Promise<Health> {
  return (await (await fetch(`http://127.0.0.1:${admin}/health`)).json()) as Health
}

/** Sums of the samples of /metrics by name and the labels that are asked for. */
export async function metricsAt(admin: number): Promise<Sample[]> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text()
  return text.split('\n').flatMap((line) => {
    const found = /^(\w+?)(?:_total)?(?:\{(.*)\})? ([\d.e+-]+)$/.exec(line)
    if (found === null) return []
    const labels = Object.fromEntries(
      [...(found[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map((each) => [each[1], each[2]]),
    )
    return [{ name: found[1], labels, value: Number(found[3]) }]
  })
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const sumOf = (values: Readonly<Record<string, number>>): number =>
  Object.values(values).reduce((sum, value) => sum + value, 0)

interface LedgerOptions {
  /** What the receivers have counted is all that came: the gateway was not started again, and makes no records itself. */
  readonly isWhole: boolean
}

/** What does not add up, in words; nothing when all does. */
export async function imbalancesOf(admin: number, { isWhole }: LedgerOptions): Promise<string[]> {
  const [{ queue, exporters }, samples] = [await healthAt(admin), await metricsAt(admin)]
  const total = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0)
  const faults: string[] = []
  const same = (what: string, left: number, right: number): unknown =>
    left === right || faults.push(`${what}: ${left} came, ${right} are accounted for`)
  for (const { exporter, signals } of exporters) {
    for (const [signal, state] of Object.entries(signals) as [Signal, SignalState][]) {
      const { accepted, sent, lost, dead_lettered: dead, queued } = state
      const where = `${exporter} ${signal}`
      same(where, accepted, sent + sumOf(lost) + sumOf(dead) + queued)
      // Metrics are added up on the way, so that other points leave than came.
      if (isWhole && signal !== 'metrics')
        same(`receivers, ${where}`, total(`otelcol_receiver_accepted_${nouns[signal]}`), accepted)
      same(`/metrics, ${where}`, sumOf(lost), total('gateway_records_lost', { exporter, signal }))
    }
  }
  if (queue !== undefined && queue.books !== 'balanced') faults.push(`the queue's own check: ${String(queue.books)}`)
  if (total('gateway_queue_imbalances') > 0) faults.push('gateway_queue_imbalances is not 0')
  return faults
}

/** Throws when the books do not add up; figures that are on their way from one place to the other are waited for. */
export async function assertLedger(admin: number, options: LedgerOptions): Promise<void> {
  const untilMs = Date.now() + 10_000
  for (;;) {
    const faults = await imbalancesOf(admin, options)
    if (faults.length === 0) return
    if (Date.now() > untilMs) throw new Error(`the books do not add up:\n  ${faults.join('\n  ')}`)
    await sleep(100)
  }
}
