// What the queue on disk counts on: of a body of several gzip members, which is one gzip file (RFC 1952), stores take all.
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Signal } from '../../src/otlp/fields.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { until } from './support/gateway.ts'
import { ran } from './support/report.ts'
import { startJaeger } from './support/stores/jaeger.ts'
import { startLoki } from './support/stores/loki.ts'
import { startPrometheus } from './support/stores/prometheus.ts'
import { areAtHand, pathOf } from './support/stores/stores.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function started<T extends { stop(): Promise<void> }>(server: Promise<T>): Promise<T> {
  const running = await server
  stops.push(() => running.stop())
  return running
}

const names = ['first', 'second', 'third'] as const
const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'members' } }] }
const now = (): string => `${Date.now()}000000`
const hex = (index: number, digits: number): string => String(index + 1).padStart(digits, '0')

const requestOf: Readonly<Record<Signal, (name: string, index: number) => object>> = {
  traces(name, index) {
    const ids = { traceId: hex(index, 32), spanId: hex(index, 16) }
    const span = { ...ids, name, startTimeUnixNano: now(), endTimeUnixNano: now() }
    return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }
  },
  metrics(name) {
    const metric = { name, gauge: { dataPoints: [{ asInt: '7', timeUnixNano: now() }] } }
    return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] }
  },
  logs(name) {
    const record = { timeUnixNano: now(), body: { stringValue: name } }
    return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] }
  },
}

/** Three requests, each compressed by itself, in one body. */
async function sendMembers(otlp: string, signal: Signal): Promise<void> {
  const members = names.map((name, index) => {
    const json = Buffer.from(JSON.stringify(requestOf[signal](name, index)))
    return gzipSync(jsonToProtobuf(signal, json).bytes, { level: 1 })
  })
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  const { status } = await fetch(`${otlp}/v1/${signal}`, { method: 'POST', headers, body: Buffer.concat(members) })
  expect([200, 204]).toContain(status)
}

const isAll = (found: readonly string[]): boolean => names.every((name) => found.includes(name))

describe.skipIf(!areAtHand('jaeger'))('Jaeger', () => {
  it('takes every member', async () => {
    const jaeger = await started(startJaeger(pathOf('jaeger')))
    await sendMembers(jaeger.otlp, 'traces')
    await until('all spans', async () => isAll((await jaeger.spansOf('members')).map(({ name }) => name)))
    ran('jaeger: gzip members')
  })
})

describe.skipIf(!areAtHand('loki'))('Loki', () => {
  it('takes every member', async () => {
    const loki = await started(startLoki(pathOf('loki')))
    await sendMembers(loki.otlp, 'logs')
    const lines = async () => (await loki.query('{service_name="members"}')).map(({ line }) => line)
    await until('all logs', async () => isAll(await lines()))
    ran('loki: gzip members')
  })
})

describe.skipIf(!areAtHand('prometheus'))('Prometheus', () => {
  it('takes every member', async () => {
    const prometheus = await started(startPrometheus(pathOf('prometheus')))
    await sendMembers(prometheus.otlp, 'metrics')
    for (const name of names) await until(name, async () => (await prometheus.value(name)) === 7)
    ran('prometheus: gzip members')
  })
})
