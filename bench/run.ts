// `npm run bench`: the gateway and a real Collector on the same bodies in one run, in turn; CPU seconds from the
// operating system. Prints a table with ratios; asserts nothing about time.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { requestType } from '../src/otlp/root.ts'
import { freePort } from '../test/e2e/support/peers.ts'
import { eventBody, spansPerRequest, traceBody } from './bodies.ts'
import { run, type LoadResult } from './load.ts'
import { startCollector, startGateway, type Peer, type PeerOptions } from './peers.ts'

interface Case {
  readonly name: string
  readonly body: Uint8Array
  readonly encoding: 'protobuf' | 'json'
  readonly gzip: boolean
  readonly ruleset: string
  /** The Collector's processors in the case, and what the ratio is against. */
  readonly processors: string
  readonly requests: number
  /** Requests before anything is measured, whatever the scale: Node compiles what runs often while it runs. */
  readonly warmUp: number
  /** Units of work in a request: spans, or one event. */
  readonly units: number
  readonly storage?: PeerOptions['storage']
  /** Whether the gateway derives metrics, as shipped. */
  readonly derives?: boolean
}

interface Figures {
  /** µs of CPU per unit. */
  readonly cpu: number
  readonly perSecond: number
  readonly peakMiB: number
  readonly p99: number
}

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3)
const scale = Number(process.env['BENCH_SCALE'] ?? 1)
const only = process.argv.slice(2)
const nameWidth = 68
const rulesets = join(import.meta.dirname, 'configs')
const equal = '[transform/equal, redaction/equal]'
const closest = '[transform/default, redaction/default]'
const shipped = join(import.meta.dirname, '../rulesets/automagik.yaml')

/** Cases of one group have one body and one Collector, and are measured in turn: so they can be compared too. */
const groups: readonly (readonly Case[])[] = [
  ...requestsOfSpans().map((test) => [test]),
  events('one event a request, JSON', 'memory'),
  events('one event a request, JSON, queue on disk', 'disk'),
  [{ ...event('one event a request, JSON, gzip'), gzip: true }],
]

function requestsOfSpans(): Case[] {
  return [
    spans('pass-through', 0.1, 'ruleset-none.yaml', '[]'),
    ...[0, 0.1, 1].map((share) =>
      spans(`equal rules, personal data in ${share * 100} %`, share, 'ruleset-equal.yaml', equal),
    ),
    ...[0, 0.1, 1].map((share) => spans(`default rules, personal data in ${share * 100} %`, share, shipped, closest)),
    { ...spans('default rules against no processor, 10 %', 0.1, shipped, '[]') },
    { ...spans('default rules, gzip in and out, 10 %', 0.1, shipped, closest), gzip: true },
    { ...spans('default rules, queue on disk, 10 %', 0.1, shipped, closest), storage: 'disk' },
    { ...spans('default rules, gzip, queue on disk, 10 %', 0.1, shipped, closest), gzip: true, storage: 'disk' },
  ]
}

function spans(name: string, share: number, ruleset: string, processors: string): Case {
  return {
    name,
    body: traceBody(share),
    encoding: 'protobuf',
    gzip: false,
    ruleset: ruleset.startsWith('/') ? ruleset : join(rulesets, ruleset),
    processors,
    requests: Math.ceil(300 * scale),
    warmUp: 200,
    units: spansPerRequest,
  }
}

function event(name: string): Case {
  return {
    name,
    body: eventBody(),
    encoding: 'json',
    gzip: false,
    ruleset: shipped,
    processors: closest,
    requests: Math.ceil(20_000 * scale),
    warmUp: 20_000,
    units: 1,
  }
}

/** The same without and with what costs by the event. */
function events(name: string, storage: PeerOptions['storage']): Case[] {
  const plain = { ...event(name), storage }
  const validating = { ruleset: join(rulesets, 'ruleset-validation.yaml') }
  return [
    plain,
    { ...plain, name: `${name}, validated`, ...validating },
    { ...plain, name: `${name}, metrics derived`, derives: true },
    { ...plain, name: `${name}, validated, metrics derived`, ...validating, derives: true },
  ]
}

/** Sends so many requests of a case, and waits until the peer has sent them on. */
async function send(peer: Peer, test: Case, requests: number): Promise<LoadResult> {
  const result = await run({
    port: peer.port,
    body: test.gzip ? gzipSync(test.body) : test.body,
    headers: {
      'content-type': test.encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      ...(test.gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    requests,
    connections: 4,
  })
  await settled(peer)
  return result
}

async function measure(peer: Peer, test: Case): Promise<Figures> {
  const before = peer.cpuSeconds()
  const result = await send(peer, test, test.requests)
  const cpu = ((peer.cpuSeconds() - before) * 1e6) / (test.requests * test.units)
  if (result.failed > 0) throw new Error(`${peer.name} did not take ${result.failed} requests`)
  return {
    cpu,
    perSecond: (test.requests * test.units) / result.seconds,
    peakMiB: peer.peakMiB(),
    p99: result.latencies[Math.floor(result.latencies.length * 0.99)],
  }
}

/** Waits until the peer has sent on what it took: its CPU time no longer rises. */
async function settled(peer: Peer): Promise<void> {
  let last = -1
  for (let now = peer.cpuSeconds(); now - last > 0.02; now = peer.cpuSeconds()) {
    last = now
    await new Promise((done) => setTimeout(done, 500))
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** The attributes of every span in what a sink kept, in order: for comparing two peers' outputs. */
async function outputOf(peer: Peer, test: Case, sinkPort: number): Promise<string[]> {
  await fetch(`http://127.0.0.1:${sinkPort}/keep`)
  await run({
    port: peer.port,
    body: test.body,
    headers: { 'content-type': 'application/x-protobuf' },
    requests: 1,
    connections: 1,
  })
  await new Promise((done) => setTimeout(done, 1_000))
  const kept = (await (await fetch(`http://127.0.0.1:${sinkPort}/kept`)).json()) as string[]
  const type = requestType('traces')
  return kept
    .flatMap((body) => type.toObject(type.decode(Buffer.from(body, 'base64')), { longs: String })['resourceSpans'])
    .flatMap((group) => group.scopeSpans)
    .flatMap((scope) => scope.spans)
    .map((span) => JSON.stringify(span.attributes))
    .toSorted()
}

async function runGroup(group: readonly Case[], sinkPort: number): Promise<string[]> {
  const { processors, gzip, storage = 'memory' } = group[0]
  const options: PeerOptions = { sinkPort, compression: gzip ? 'gzip' : 'none', storage }
  const collector = await startCollector(processors, options)
  const ways: { readonly test: Case; readonly peer: Peer; readonly figures: Figures[] }[] = []
  try {
    for (const test of group) {
      const { derives = false } = test
      ways.push({ test, peer: await startGateway(test.ruleset, { ...options, derives }), figures: [] })
    }
    if (processors === equal && collector !== undefined)
      await compareOutputs(ways[0].peer, collector, group[0], sinkPort)
    for (const { peer, test } of ways) await send(peer, test, test.warmUp)
    if (collector !== undefined) await send(collector, group[0], group[0].warmUp)
    const theirs: Figures[] = []
    for (let round = 0; round < rounds; round++) {
      for (const { peer, test, figures } of ways) figures.push(await measure(peer, test))
      if (collector !== undefined) theirs.push(await measure(collector, group[0]))
    }
    return ways.map(({ test, figures }) => row(test.name, figures, collector && theirs))
  } finally {
    await Promise.all([...ways.map(({ peer }) => peer.stop()), collector?.stop()])
  }
}

/** Fails when what both make of a case is not the same: then their times cannot be compared. */
async function compareOutputs(gateway: Peer, collector: Peer, test: Case, sinkPort: number): Promise<void> {
  const [ours, theirs] = [await outputOf(gateway, test, sinkPort), await outputOf(collector, test, sinkPort)]
  const same = ours.length === test.units && ours.every((span, index) => span === theirs[index])
  if (!same) throw new Error(`${test.name}: the outputs of both peers differ, so their times cannot be compared`)
}

function row(name: string, ours: readonly Figures[], theirs: readonly Figures[] | undefined): string {
  const of = (figures: readonly Figures[], key: keyof Figures): number => median(figures.map((each) => each[key]))
  const whole = (value: number): string => Math.round(value).toLocaleString('en')
  const other = (key: keyof Figures, text: (value: number) => string): string =>
    theirs === undefined ? '-' : text(of(theirs, key))
  const peak = (figures: readonly Figures[]): string => whole(Math.max(...figures.map(({ peakMiB }) => peakMiB)))
  const cpu = of(ours, 'cpu')
  return [
    name.padEnd(nameWidth),
    cpu.toFixed(2).padStart(8),
    other('cpu', (value) => value.toFixed(2)).padStart(10),
    other('cpu', (value) => (cpu / value).toFixed(2)).padStart(7),
    whole(of(ours, 'perSecond')).padStart(10),
    other('perSecond', whole).padStart(10),
    peak(ours).padStart(6),
    (theirs === undefined ? '-' : peak(theirs)).padStart(6),
    of(ours, 'p99').toFixed(1).padStart(8),
  ].join(' ')
}

/** Round trips at half of the load that the peer can take, requests of 100 spans, default rules. */
async function runLatency(sinkPort: number): Promise<string> {
  const options: PeerOptions = { sinkPort, compression: 'none' }
  const peers = [await startGateway(shipped, options), await startCollector('[]', options)].filter(
    (peer) => peer !== undefined,
  )
  try {
    const rows: string[] = []
    for (const peer of peers) {
      const load = {
        port: peer.port,
        body: traceBody(0.1, 1, 100),
        headers: { 'content-type': 'application/x-protobuf' },
        connections: 8,
      }
      await run({ ...load, requests: Math.ceil(4_000 * scale) })
      const full = await run({ ...load, requests: Math.ceil(6_000 * scale) })
      const perSecond = Math.ceil(6_000 * scale) / full.seconds / 2
      const { latencies } = await run({ ...load, requests: Math.ceil(perSecond * 10 * scale), perSecond })
      const at = (share: number): string => latencies[Math.floor(latencies.length * share)].toFixed(1)
      rows.push(
        `${peer.name}: ${Math.round(perSecond).toLocaleString('en')} requests of 100 spans a second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
      )
    }
    return rows.join('\n')
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()))
  }
}

const sinkPort = await freePort()
const sink = spawn(process.execPath, [join(import.meta.dirname, 'sink.ts'), String(sinkPort)], { stdio: 'inherit' })
try {
  await new Promise((done) => setTimeout(done, 500))
  console.log(
    `Node ${process.version}, ${rounds} rounds a case in turn, medians; CPU is user + system time of the peer's process per span (per request for single events)`,
  )
  console.log(
    [
      'case'.padEnd(nameWidth),
      'gateway',
      ' collector',
      '  ratio',
      '  units/s',
      '  coll./s',
      '  MiB',
      '  coll.',
      '  p99 ms',
    ].join(' '),
  )
  for (const group of groups) {
    const picked = group.filter(({ name }) => only.length === 0 || only.some((word) => name.includes(word)))
    if (picked.length > 0) for (const line of await runGroup(picked, sinkPort)) console.log(line)
  }
  if (only.length === 0 || only.includes('latency')) {
    console.log('\nRound trips at half of the full load (gateway with default rules, Collector without processors)')
    console.log(await runLatency(sinkPort))
  }
  console.log(
    '\nWhat the Collector leaves undone in "default rules": span names, status text, event names, links, trace state;',
  )
  console.log(
    'keys inside JSON text; checksums and phone regions; country-preserving phone pseudonyms; e-mail domains; ids, status and times of SDK events.',
  )
} finally {
  sink.kill()
}
