// Each store by itself: what it refuses when programs send to it, and takes from the gateway.
import { describe, expect, it } from 'vitest'
import type { Signal } from '../../src/otlp/fields.ts'
import { startGatewayWith, until, type GatewayUnderTest } from './support/gateway.ts'
import { atNow, post, recorded } from './support/producers/bodies.ts'
import { ran } from './support/report.ts'
import { started } from './support/started.ts'
import { ask } from './support/stores/ask.ts'
import { startJaeger } from './support/stores/jaeger.ts'
import { startLoki } from './support/stores/loki.ts'
import { startPrometheus } from './support/stores/prometheus.ts'
import { areAtHand, pathOf } from './support/stores/stores.ts'
import { startTempo } from './support/stores/tempo.ts'
import { flushEvery } from './support/whole-way.ts'

/** A gateway with nothing behind it but one store. */
const gatewayBefore = (otlp: string): Promise<GatewayUnderTest> =>
  started(
    startGatewayWith({ exporters: `otlp_http: { endpoint: "${otlp}" }`, names: ['otlp_http'], more: flushEvery(1) }),
  )

const of = (signal: Signal) => recorded.filter((each) => each.signal === signal)

/** What a store answers to each capture of a signal, by the captures' numbers. */
async function answersTo(otlp: string, signal: Signal): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {}
  for (const { name, body } of of(signal)) {
    const { status } = await ask(`${otlp}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(atNow(body)),
    })
    statuses[name.slice(0, 2)] = status
  }
  return statuses
}

const nameAttribute = (name: string): object => ({ key: 'event.name', value: { stringValue: name } })

/** Sends the captures of a signal through the gateway: all of them are taken. */
async function sendThrough(gateway: GatewayUnderTest, signal: Signal): Promise<void> {
  for (const { body } of of(signal)) expect(await post(gateway.http, signal, atNow(body))).toBe(200)
}

const refusedTraces = { '01': 400, '02': 400, '06': 400, '10': 400, '11': 400, '12': 200 }

describe.skipIf(!areAtHand('jaeger'))('Jaeger', () => {
  it('refuses the traces of the SDKs and of Omni, and takes all from the gateway', async () => {
    const jaeger = await started(startJaeger(pathOf('jaeger')))
    expect(await answersTo(jaeger.otlp, 'traces')).toEqual(refusedTraces)
    const gateway = await gatewayBefore(jaeger.otlp)
    await sendThrough(gateway, 'traces')
    const services = ['automagik-forge', 'automagik-omni', 'hive']
    const count = async () => (await Promise.all(services.map(jaeger.spansOf))).flat().length
    await until('nine spans', async () => (await count()) === 9)
    ran('jaeger: directly and through the gateway')
  })
})

describe('Tempo, or its stand-in', () => {
  it('refuses the traces of the SDKs and of Omni, and takes all from the gateway', async () => {
    const tempo = await started(startTempo())
    expect(await answersTo(tempo.otlp, 'traces')).toEqual(refusedTraces)
    const gateway = await gatewayBefore(tempo.otlp)
    await sendThrough(gateway, 'traces')
    const count = async () => (await tempo.search('{ resource.service.name !~ ".*spark" }')).length
    await until('nine traces', async () => (await count()) === 9)
    ran(`${tempo.is}: directly and through the gateway`)
  })
})

describe.skipIf(!areAtHand('prometheus'))('Prometheus', () => {
  it('shows an SDK counter that never rises, and one that does from the gateway', async () => {
    const prometheus = await started(startPrometheus(pathOf('prometheus')))
    expect(await answersTo(prometheus.otlp, 'metrics')).toEqual({ '03': 200, '04': 200, '07': 200, '08': 400 })
    await answersTo(prometheus.otlp, 'metrics')
    await answersTo(prometheus.otlp, 'metrics')
    expect(await prometheus.value('automagik_forge_tasks_created_total')).toBe(1)
    const gateway = await gatewayBefore(prometheus.otlp)
    for (let times = 0; times < 3; times++) await sendThrough(gateway, 'metrics')
    const risen = 'automagik_forge_tasks_created_total{instance!=""}'
    await until('three', async () => (await prometheus.value(risen)) === 3)
    await until('the latency', async () => {
      return (await prometheus.value('automagik_performance_latency_milliseconds_count{instance!=""}')) === 3
    })
    ran('prometheus: directly and through the gateway')
  })
})

describe.skipIf(!areAtHand('loki'))('Loki', () => {
  it('takes what the SDKs say about people; from the gateway it gets none of that', async () => {
    const loki = await started(startLoki(pathOf('loki')))
    // 204 is its success, which the gateway must take as one.
    expect(await answersTo(loki.otlp, 'logs')).toEqual({ '05': 204, '09': 204 })
    await until('both', async () => (await loki.query('{service_name=~".+"}')).length === 2)
    expect((await loki.query('{service_name="automagik-forge"}'))[0].line).toContain('ana.silva@example.com')
    const gateway = await gatewayBefore(loki.otlp)
    await sendThrough(gateway, 'logs')
    await until('both again', async () => (await loki.query('{service_name=~".+"}')).length === 4)
    const clean = await loki.query('{service_name="automagik-forge"} |= "[email]"')
    expect(clean).toHaveLength(1)
    expect(clean[0].line).not.toContain('ana.silva')
    ran('loki: directly and through the gateway')
  })

  it('finds events by their canonical names, however a log says its name', async () => {
    const loki = await started(startLoki(pathOf('loki')))
    const gateway = await gatewayBefore(loki.otlp)
    const logs = [
      { eventName: 'automagik.health' },
      { body: { stringValue: 'claude_code.api_error' }, attributes: [nameAttribute('api_error')] },
      { body: { stringValue: 'claude_code.user_prompt' } },
      { attributes: [nameAttribute('automagik.error')] },
    ]
    const logRecords = logs.map((log) => ({ timeUnixNano: `${Date.now()}000000`, ...log }))
    const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))
    expect(await post(gateway.http, 'logs', body)).toBe(200)
    await until('all', async () => (await loki.query('{service_name=~".+"} | event_name=~".+"')).length === 4)
    for (const name of ['automagik.health', 'claude_code.api_error', 'claude_code.user_prompt', 'automagik.error'])
      expect(await loki.query(`{service_name=~".+"} | event_name="${name}"`), name).toHaveLength(1)
    ran('loki: events by name')
  })
})
