import { describe, expect, it } from 'vitest'
import { causeLines } from '../../../src/commands/before-after/cause-lines.ts'
import { createCauses } from '../../../src/commands/before-after/causes.ts'
import { compared } from '../../../src/commands/before-after/report.ts'
import type { Json } from '../../../src/commands/before-after/records.ts'
import { eventSpan } from '../../../src/commands/preview/requests.ts'
import { protobufToJson } from '../../../src/otlp/to-json.ts'
import type { Signal } from '../../../src/otlp/fields.ts'
import { createEngine } from '../../../src/processors/engine.ts'
import { loadRuleset } from '../../../src/ruleset/load-ruleset.ts'

const rules = `version: 1
name: mine
extends: [builtin:repair, builtin:semconv, builtin:automagik-legacy, builtin:events, builtin:metrics]
rules:
  - { id: users, attr: [user, 'user.*'], class: user.id }
  - { id: names, attr: [user.name], class: person }
exceptions:
  - { attr: [user.kind], class: internal, reason: a word of ours, owner: shop }
`
const key = { id: 'k1a2b3', bytes: new Uint8Array(32).fill(7) }
const { program, layers } = loadRuleset({ file: 'r.yaml', readText: () => rules, key })
const options = { program: program!, layers }
const causes = createCauses(program!, layers)

/** Who changed what of a record, in lines by path. */
function blame(signal: Signal, request: Json): Record<string, string[]> {
  const engine = createEngine(program!)
  const { batch } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
  const left = batch === undefined ? {} : (JSON.parse(protobufToJson(signal, batch.bytes)) as Json)
  const { changes } = compared(causes, signal, request, left, [...engine.tally.repaired.keys()])
  return Object.fromEntries(changes.map((change) => [change.key, causeLines(change.cause, options)]))
}

const span = (attributes: Json, event = 'shop.sold'): Record<string, string[]> =>
  blame('traces', eventSpan(event, 'shop', attributes, Date.UTC(2026, 0, 1)))

describe('who changed a field', () => {
  it('is the rule that won, over those that did not, with the places', () => {
    expect(span({ 'user.name': 'Ana' })["span.attributes['user.name']"]).toEqual([
      // A layer below says the same.
      expect.stringMatching(/^by rule semconv-people, person: drop {2}builtin:semconv:\d+:\d+$/),
      'by rule names, person: drop  r.yaml:6:11',
      'over rule users, user.id: hash; person is stricter  r.yaml:5:11',
    ])
  })

  it('is the detector where the field is left to it, each with what it found there and nowhere else', () => {
    const found = span({ a: 'ana@example.com and bob@example.com', b: 'from 10.1.2.3', 'user.kind': 'x@example.com' })
    expect(found["span.attributes['a']"]).toEqual([
      'by detector email (2 times), email: email (domain: hash), in what defaults.attribute leaves to the detectors',
    ])
    expect(found["span.attributes['b']"]).toEqual([
      'by detector ipv4, address: replace [{kind}], in what defaults.attribute leaves to the detectors',
    ])
    expect(found["span.attributes['user.kind']"][0]).toContain('in what exception user.kind leaves to the detectors')
    expect(found["span.attributes['user.kind']"][1]).toContain(
      'over rule users, user.id: hash; an exception that names the attribute goes before it',
    )
  })

  it('is the rule of a key inside a field', () => {
    for (const map of [{ user: 'ana', x: 1 }, '{"user": "ana", "x": 1}'])
      expect(span({ map })["span.attributes['map']"]).toEqual([
        'by rule users, user.id: hash  r.yaml:5:11 (a key inside)',
      ])
  })

  it("is an event's schema, for a class of its own and for what is not of its type", () => {
    const found = span({ status: 'Ana says fine', service_name: 'database' }, 'automagik.health')
    expect(found["span.attributes['status']"]).toEqual([
      'by schema automagik.health, internal: one of the words in the schema',
    ])
    const closed = span({ 'http.response.status_code': 'as Ana said' }, 'automagik.api.request')
    expect(closed["span.attributes['http.response.status_code']"]).toEqual([
      'by schema automagik.api.request, internal: a number within the bounds of the schema',
      'dropped: not-in-schema',
    ])
  })

  it('is repair and the conventions for names, status and times', () => {
    const found = span({ 'event.endpoint': '/a', 'event.duration_ms': 5, 'event.success': false }, 'api_request')
    expect(found["span.attributes['event.endpoint']"]).toEqual([
      'repaired: event-prefix',
      expect.stringMatching(/^renamed by the conventions {2}builtin:automagik-legacy:\d+:\d+$/),
    ])
    expect(found['span.name']).toEqual(['repaired: event-name'])
    expect(found['span.status.code']).toEqual(['repaired: span-status'])
    expect(found['span.start_time_unix_nano']).toEqual(['repaired: span-times'])
    expect(found["span.attributes['http.route']"]).toEqual(['added: the template of url.path'])
  })

  it('is the conventions for their words', () => {
    const found = span({ 'os.type': 'Linux', 'system.architecture': 'x64' }, 'automagik.health')
    for (const name of ['os.type', 'system.architecture'])
      expect(found[`span.attributes['${name}']`]).toContain('in the words of the conventions (conventions.values)')
  })

  it('is the conventions for what a path, a name and a log tell of themselves', () => {
    const found = span({ 'event.endpoint': '/webhook/evolution/ana', 'system.node_version': 'v24' }, 'api_request')
    expect(found["span.attributes['event.endpoint']"]).toContain('what a route names in the path goes from it')
    expect(found["span.attributes['instance_name']"]).toEqual(['added: what stands for it in url.path'])
    expect(found["span.attributes['process.runtime.name']"]).toEqual([
      'added: what runs the program, by the name of its version',
    ])
    const attributes = [{ key: 'event.name', value: { stringValue: 'api_error' } }]
    const logRecords = [{ body: { stringValue: 'claude_code.api_error' }, attributes }]
    const log = blame('logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
    expect(log["log.attributes['event.name']"]).toContain('the canonical name of the event')
    expect(log['log.event_name']).toEqual(['added: the canonical name of the event'])
  })

  it('is the conventions where a metric may not tell who sent it', () => {
    const attributes = [{ key: 'user.id', value: { stringValue: 'ana' } }]
    const metrics = [{ name: 'm', gauge: { dataPoints: [{ asInt: '1' }] } }]
    const found = blame('metrics', { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics }] }] })
    expect(found["resource.attributes['user.id']"].at(-1)).toContain('conventions.metric_identity')
    expect(found["resource.attributes['service.instance.id']"]).toEqual([
      'added: the pseudonym of what identified the process (conventions.metric_identity)',
    ])
  })

  it('is the detector for personal data in a name', () => {
    const found = span({ 'ana@example.com': 'x' })
    expect(found["span.attributes['ana@example.com']"][0]).toContain('by detector email')
  })
})
