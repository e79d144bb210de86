// The gateway's own log records: what they are, that they arrive under both shipped rulesets, and that they are bounded.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { decodeRequest } from '../../src/otlp/to-json.ts'
import { createEngine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { createExporterWatch } from '../../src/telemetry/exporter-watch.ts'
import type { ExporterFigures } from '../../src/telemetry/instrument.ts'
import { createOwnLog, ownAttributes, type OwnLog, type OwnRecord } from '../../src/telemetry/own-log.ts'

const intervalMs = 100

/** An own log whose requests are kept; there is room while `hasRoom`. */
function kept() {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const state = { hasRoom: true, requests: [] as Uint8Array[] }
  const log = createOwnLog({
    version: '1.2.3',
    intervalMs,
    send(body) {
      if (state.hasRoom) state.requests.push(body)
      return state.hasRoom
    },
  })
  onTestFinished(() => log.close())
  return Object.assign(state, { log, wait: () => vi.advanceTimersByTime(intervalMs) })
}

const decoded = (body: Uint8Array): any => decodeRequest('logs', body)
const recordsIn = (body: Uint8Array): any[] => decoded(body).resourceLogs[0].scopeLogs[0].logRecords
const attributesOf = (record: any): Record<string, unknown> =>
  Object.fromEntries((record.attributes ?? []).map(({ key, value }: any) => [key, Object.values(value)[0]]))

const finding: OwnRecord = {
  event: 'ruleset.finding',
  severity: 'error',
  body: 'no class is called "contnt"',
  attributes: { 'finding.code': 'ruleset/unknown-class', 'finding.line': 3, 'finding.column': undefined },
}

describe('an own record', () => {
  it('is OTLP with a service, a scope, an event name and a severity', () => {
    const { log, requests, wait } = kept()
    log.tell(finding)
    wait()
    const [{ resource, scopeLogs }] = decoded(requests[0]).resourceLogs
    expect(attributesOf(resource)).toEqual({ 'service.name': 'automagik-gateway', 'service.version': '1.2.3' })
    expect(scopeLogs[0].scope).toMatchObject({ name: 'automagik-gateway', version: '1.2.3' })
    const [record] = scopeLogs[0].logRecords
    expect(record).toMatchObject({
      eventName: 'automagik.gateway.ruleset.finding',
      severityNumber: 17,
      severityText: 'ERROR',
      body: { stringValue: 'no class is called "contnt"' },
    })
    expect(attributesOf(record)).toEqual({
      'automagik.gateway.finding.code': 'ruleset/unknown-class',
      'automagik.gateway.finding.line': '3',
    })
  })

  it.each(['builtin:automagik', 'builtin:strict'])('arrives useful under %s', (file) => {
    const engine = createEngine(loadRuleset({ file, key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } }).program!)
    const { log, requests, wait } = kept()
    const digest = '635589c41e2985d6abad35f840317504e18b88bed61bc6b0d53b80a6ed07ca1f'
    const values = Object.fromEntries(
      Object.keys(ownAttributes).map((name) => [
        name,
        /digest/.test(name)
          ? digest
          : /changes/.test(name)
            ? ['loosens rule.people (12 cells)', 'changes keys.people']
            : /line|column|_ms/.test(name)
              ? 12_345
              : /file/.test(name)
                ? 'rules/ruleset.yaml'
                : /code/.test(name)
                  ? 'ruleset/unknown-class'
                  : /exporter.name/.test(name)
                    ? 'otlp_http/loki'
                    : 'request',
      ]),
    )
    log.tell({ event: 'ruleset.reloaded', body: 'the ruleset was reloaded', attributes: values })
    wait()
    const { batch } = engine.process({ signal: 'logs', encoding: 'protobuf', body: requests[0] })
    const [record] = recordsIn(batch!.bytes)
    expect(record).toMatchObject({ eventName: 'automagik.gateway.ruleset.reloaded', severityText: 'INFO' })
    expect(attributesOf(record)).toEqual(attributesOf(recordsIn(requests[0])[0]))
  })

  it('loses what is personal in it like any other', () => {
    const engine = createEngine(loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } }).program!)
    const { log, requests, wait } = kept()
    log.tell({ event: 'started', body: 'x', attributes: { 'ruleset.file': '/home/ana/ruleset.yaml' } })
    wait()
    const { batch } = engine.process({ signal: 'logs', encoding: 'protobuf', body: requests[0] })
    expect(attributesOf(recordsIn(batch!.bytes)[0])['automagik.gateway.ruleset.file']).toBe('~/ruleset.yaml')
  })
})

describe('own records', () => {
  it('wait while there is no room, so many of them, and the rest is counted', () => {
    const kept_ = kept()
    kept_.hasRoom = false
    for (let n = 0; n < 300; n++) kept_.log.tell(finding)
    kept_.wait()
    expect(kept_.log.figures()).toEqual({ queued: 0, dropped: 44 })
    kept_.hasRoom = true
    kept_.wait()
    expect(kept_.requests.map((body) => recordsIn(body).length)).toEqual([256])
    expect(kept_.log.figures()).toEqual({ queued: 256, dropped: 44 })
  })

  it('are sent or counted at the stop', () => {
    const { log, requests } = kept()
    log.tell(finding)
    log.close()
    expect(requests).toHaveLength(1)
    const full = kept()
    full.hasRoom = false
    full.log.tell(finding)
    full.log.close()
    expect(full.log.figures()).toEqual({ queued: 0, dropped: 1 })
  })

  it('that cannot be sent are counted, and say nothing of it', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const log = createOwnLog({
      version: '1',
      intervalMs,
      send() {
        throw new Error('broken')
      },
    })
    onTestFinished(() => log.close())
    log.tell(finding)
    vi.advanceTimersByTime(3 * intervalMs)
    expect(log.figures()).toEqual({ queued: 0, dropped: 1 })
  })
})

it('an exporter that fails is told of once, and once when it delivers again', () => {
  const told: string[] = []
  const ownLog = {
    tell: ({ event, attributes }) => void told.push(`${event} ${String(attributes?.['exporter.reason'])}`),
  } as OwnLog
  let trouble: string | undefined
  const look = createExporterWatch(
    () => [{ exporter: 'otlp_http', signal: 'logs', trouble } as ExporterFigures],
    ownLog,
  )
  look()
  trouble = 'timeout'
  for (let n = 0; n < 5; n++) look()
  trouble = undefined
  for (let n = 0; n < 5; n++) look()
  expect(told).toEqual(['exporter.failing timeout', 'exporter.recovered undefined'])
})
