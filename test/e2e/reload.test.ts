// A load run across 50 reloads, half of them broken: every record that was taken comes out once, clean, treated by the
// rules that were in force and by no others.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runGateway } from '../commands/cli.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'
import { planted, recordsOf, startLoad, traces } from './support/reload/load.ts'
import { startSink } from './support/reload/sink.ts'
import { measured, ran } from './support/report.ts'

const goodReloads = 25

const key = 'p'.repeat(32)
const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n + 1)

/** The ruleset after so many good reloads: it drops the marks of each of them. */
const rulesAfter = (reloads: number): string => `version: 1
name: load-${reloads}
extends: [below.yaml]
rules:
  - id: marks
    class: content
    attr: [${['x', ...range(0, reloads).flatMap((n) => [`left.${n}`, `right.${n}`])].join(', ')}]
tests:
  - name: content goes
    in: { span: { name: s, attributes: { x: somebody } } }
    never: [somebody]
`
const below = `version: 1
name: below
classes: { user.id: { hash: { key: people, chars: 16 } } }
rules: [{ id: users, class: user.id, attr: user.id }]
keys: { people: { active: k1, ring: { k1: { file: people.key } } } }
`

/** What is broken: file → text; no text: the file goes. And the outcomes that are right. */
type Broken = readonly [what: string, file: string, text: (rules: string) => string | undefined, outcome: string]
const broken: readonly Broken[] = [
  ['syntax', 'ruleset.yaml', (rules) => `${rules}\n  rules: [`, 'invalid'],
  ['an unknown class', 'ruleset.yaml', (rules) => rules.replace('class: content', 'class: contnt'), 'invalid'],
  ['an unknown layer', 'ruleset.yaml', (rules) => rules.replace('below.yaml', 'belw.yaml'), 'invalid'],
  ['a case that fails', 'ruleset.yaml', (rules) => rules.replace('never: [somebody]', 'never: [s]'), 'tests'],
  ['loosening', 'ruleset.yaml', (rules) => rules.replace('left.1,', ''), 'loosens'],
  ['a file that vanished', 'ruleset.yaml', () => undefined, 'invalid'],
  ['a layer that vanished', 'below.yaml', () => undefined, 'invalid'],
  ['a key that is too short', 'people.key', () => 'short', 'invalid'],
  ['a key that is gone', 'people.key', () => undefined, 'invalid'],
  ['an empty file', 'ruleset.yaml', () => '', 'invalid'],
  ['half a file', 'ruleset.yaml', (rules) => rules.slice(0, 60), 'invalid'],
  ['open cells', 'ruleset.yaml', (rules) => `${rules}classes: { mine: keep }\ndefaults: { attribute: mine }\n`, 'open'],
]

const ways = ['request', 'signal', 'file'] as const

it('50 reloads under load, half of them broken, lose nothing and leak nothing', async () => {
  const folder = temporaryFolder()
  const sink = await startSink(traces)
  onTestFinished(() => sink.close())
  const write = (file: string, text: string): void => {
    // As editors do.
    writeFileSync(join(folder, `${file}.new`), text)
    renameSync(join(folder, `${file}.new`), join(folder, file))
  }
  const writeGood = (reloads: number): void => {
    write('people.key', key)
    write('below.yaml', below)
    write('ruleset.yaml', rulesAfter(reloads))
  }
  writeGood(0)
  write(
    'gateway.yaml',
    `ruleset: ruleset.yaml
exporters: { otlp_http: { endpoint: "http://127.0.0.1:${sink.port}" } }
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http] }
    metrics: { receivers: [otlp], exporters: [otlp_http] }
    logs: { receivers: [otlp], exporters: [otlp_http] }
`,
  )
  const gateway = await runGateway(['--config', 'gateway.yaml'], { cwd: folder })
  onTestFinished(() => void gateway.child.kill('SIGKILL'))
  const admin = `http://${String(gateway.started['admin'])}`
  const health = async (): Promise<any> => (await fetch(`${admin}/health`)).json()
  const clock = { over: 0, asked: 0 }
  const ports = { http: String(gateway.started['http']), grpc: String(gateway.started['grpc']) }
  const load = startLoad(ports, goodReloads, clock)

  /** Asks in one of the ways, and waits for what is right; the file's own watch may have been first. */
  const reloaded = async (way: (typeof ways)[number], isRight: (health: any) => boolean): Promise<void> => {
    if (way === 'request') await (await fetch(`${admin}/-/reload`, { method: 'POST' })).arrayBuffer()
    if (way === 'signal') gateway.child.kill('SIGHUP')
    await expect.poll(async () => isRight(await health()), { timeout: 60_000, interval: 50 }).toBe(true)
  }
  let counters = await countersOf(admin)
  for (const n of range(0, goodReloads)) {
    const atMs = Date.now()
    clock.asked = n
    writeGood(n)
    await reloaded(ways[n % 3], ({ ruleset }) => ruleset.name === `load-${n}`)
    clock.over = n
    const [what, file, text, outcome] = broken[n % broken.length]
    const now = text(rulesAfter(n))
    if (now === undefined) rmSync(join(folder, file))
    else write(file, now)
    const isRefused = ({ status, ruleset }: any): boolean =>
      ruleset.reload.outcome === outcome && status === 'degraded' && Date.parse(ruleset.reload.at) > atMs
    await reloaded(ways[(n + 1) % 3], isRefused)
    expect((await health()).ruleset.name, what).toBe(`load-${n}`)
    const later = await countersOf(admin)
    expect([...counters].filter(([series, value]) => !((later.get(series) ?? -1) >= value))).toEqual([])
    counters = later
  }
  await load.stop()
  expect(await gateway.stop()).toBe(0)

  // Accounted for: what was taken came, so many times as it was sent, and nothing else came.
  const came = Map.groupBy(sink.arrived, ({ id }) => id)
  const wrong = [...load.taken].filter(([id, { signal }]) => came.get(id)?.length !== recordsOf[signal])
  expect(wrong).toEqual([])
  expect([...came.keys()].filter((id) => !load.taken.has(id))).toEqual([])
  expect(new Set([...load.taken.values()].map(({ transport }) => transport)).size).toBe(4)
  // Clean in every phase, under the same key throughout.
  expect(sink.leaks).toEqual([])
  expect(gateway.stdout()).not.toContain(planted.content)
  expect(new Set(sink.arrived.map(({ userId }) => userId)).size).toBe(1)
  // One ruleset a record, and that which was in force.
  const phases = new Set<number>()
  for (const { id, left, right } of sink.arrived) {
    const phase = goodReloads - left.length
    phases.add(phase)
    const { from, to } = load.taken.get(id)!
    expect({ id, left, right }).toEqual({ id, left: range(phase, goodReloads), right: range(phase, goodReloads) })
    expect(phase, id).toBeGreaterThanOrEqual(from)
    expect(phase, id).toBeLessThanOrEqual(to)
  }
  expect(phases.size).toBe(goodReloads + 1)
  expect(counters.get('gateway_ruleset_reloads{outcome="reloaded"}')).toBe(goodReloads)
  expect(sink.own.filter((event) => event === 'automagik.gateway.ruleset.reloaded')).toHaveLength(goodReloads)
  ran(`reload: ${goodReloads} good and ${goodReloads} broken reloads under load in every transport`)
  measured('reload', `${sink.arrived.length} records in ${load.taken.size} requests, ${load.repeated()} sent again`)
}, 600_000)

/** Every counter of /metrics, by name and labels. */
async function countersOf(admin: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${admin}/metrics`)).text()
  const names = new Set([...text.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name))
  const samples = [...text.matchAll(/^([a-z_]+)(\{.*\})? (\S+)$/gm)]
  return new Map(
    samples.flatMap(([, name, labels = '', value]) =>
      names.has(name) ? [[name + labels, Number(value)] as const] : [],
    ),
  )
}
