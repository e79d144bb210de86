// How soon an event is in the stores, on the kit's usual way and with the kit's intervals. Measured, and asserted only
// to arrive.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from './support/gateway.ts'
import { runNpmSdk } from './support/producers/npm-sdk.ts'
import { measured, ran } from './support/report.ts'
import { areAtHand, storeNames } from './support/stores/stores.ts'
import { startWholeWay, type WholeWay } from './support/whole-way.ts'

describe.skipIf(!areAtHand('otelcol', ...storeNames))('an event, from the SDK to the stores', () => {
  let way: WholeWay
  beforeAll(async () => {
    way = await startWholeWay({ pattern: 'gateway' })
  })
  afterAll(() => way?.stop())

  it.each([1, 2])('is in Jaeger, in Tempo, in Loki and in Prometheus: event %d', async (nth) => {
    const service = `latency-${nth}`
    await runNpmSdk(
      way.http,
      service,
      `telemetry.trackEvent(StandardEvents.HEALTH, { status: 'ok' }); telemetry.trackLog('sent')`,
    )
    const sentMs = Date.now()
    const { jaeger, tempo, loki, prometheus } = way.stores
    const seconds = async (what: string, isThere: () => Promise<boolean>): Promise<string> => {
      await until(what, isThere)
      return `${what} ${((Date.now() - sentMs) / 1000).toFixed(1)} s`
    }
    const after = await Promise.all([
      seconds('Jaeger', async () => (await jaeger.spansOf(service)).length === 1),
      seconds(tempo.is, async () => (await tempo.search(`{ resource.service.name = "${service}" }`)).length === 1),
      seconds('Loki', async () => (await loki.query(`{service_name="${service}"}`)).length === 1),
      seconds(
        'Prometheus',
        async () => (await prometheus.value(`sum(automagik_events_total{job="${service}"})`)) === 1,
      ),
    ])
    measured(`event ${nth}, from the end of the SDK's flush`, after.join(', '))
    expect(after).toHaveLength(4)
    ran('otelcol: an event, from the SDK to the stores')
  })
})
