// What the schema of an event does to its records: classes and closed types, in that event's context alone.
import { describe, expect, it } from 'vitest'
import { decodeRequest } from '../../src/otlp/to-json.ts'
import { createEngine } from '../../src/processors/engine.ts'
import { shippedEvents } from '../../src/events/read-schemas.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }
type Value = Record<string, unknown>

function engineOf(rules: string) {
  const text = `version: 1\nname: x\nextends: [builtin:automagik]\n${rules}`
  const { program, diagnostics } = loadRuleset({ file: 'x.yaml', readText: () => text, key })
  if (program === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return createEngine(program)
}

const shipped = engineOf('')

/** The attributes of one span of an event, as they leave; `where` puts them elsewhere. */
function leaves(
  event: string,
  attributes: Record<string, Value>,
  engine = shipped,
  where: 'span' | 'log' | 'resource' | 'spanevent' = 'span',
): Record<string, Value> {
  const pairs = Object.entries(attributes).map(([name, value]) => ({ key: name, value }))
  const span = { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', name: event }
  const inSpan = where === 'span' ? { attributes: pairs } : { events: [{ name: 'e', attributes: pairs }] }
  const scopeSpans = [{ spans: [{ ...span, ...(where === 'resource' ? {} : inSpan) }] }]
  const resource = where === 'resource' ? { attributes: pairs } : {}
  const request =
    where === 'log'
      ? { resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: event, attributes: pairs }] }] }] }
      : { resourceSpans: [{ resource, scopeSpans }] }
  const signal = where === 'log' ? 'logs' : 'traces'
  const { batch } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
  if (batch === undefined) throw new Error('nothing left')
  return attributesIn(signal, batch.bytes)
}

function attributesIn(signal: 'traces' | 'logs', bytes: Uint8Array): Record<string, Value> {
  const found: Record<string, Value> = {}
  const walk = (each: unknown): void => {
    if (Array.isArray(each)) return each.forEach(walk)
    if (typeof each !== 'object' || each === null) return
    if ('key' in each) found[String(each.key)] = (each as { value?: Value }).value ?? {}
    else Object.values(each).forEach(walk)
  }
  walk(decodeRequest(signal, bytes))
  return found
}

const text = (value: string): Value => ({ stringValue: value })
const phone = '+5511912345678'

describe('an attribute that the schema closes', () => {
  it.each<[string, string, string, Value]>([
    ['a word of the list', 'automagik.error', 'severity', text('high')],
    ['a number within the bounds', 'automagik.performance.latency', 'duration_ms', { doubleValue: 12.5 }],
    [
      'an eight-digit number within the bounds',
      'automagik.performance.latency',
      'duration_ms',
      { intValue: '33334444' },
    ],
    ['a boolean', 'automagik.cli.command', 'success', { boolValue: false }],
    ['the word for other words', 'automagik.health', 'status', text('_OTHER')],
    ['an empty text', 'automagik.health', 'status', text('')],
  ])('leaves %s', (_what, event, name, value) => {
    expect(leaves(event, { [name]: value })).toEqual({ [name]: value })
  })

  it.each<[string, string, Value, Value]>([
    ['a boolean', 'success', text('True'), { boolValue: true }],
    ['a whole number', 'exit_code', text('-2'), { intValue: '-2' }],
    ['a number within bounds', 'duration_ms', text('12.5'), { doubleValue: 12.5 }],
  ])('gives %s that came as text its type', (_what, name, value, leaving) => {
    expect(leaves('automagik.cli.command', { [name]: value })).toEqual({ [name]: leaving })
  })

  it.each<[string, Value]>([
    ['free text', text(`call ${phone}`)],
    ['text that no detector knows', text('Ana told me in confidence')],
    ['a word in another case', text('HIGH')],
    ['bytes that are no UTF-8 as text', text('\ufffd')],
  ])('makes %s _OTHER where words are listed', (_what, value) => {
    expect(leaves('automagik.error', { severity: value })).toEqual({ severity: text('_OTHER') })
  })

  it.each<[string, string, Value]>([
    ['a number out of bounds', 'duration_ms', { intValue: '5511912345678' }],
    ['a negative number', 'duration_ms', { doubleValue: -1 }],
    ['text that is no number', 'duration_ms', text('twelve, says Ana')],
    ['a number with zeros in front', 'duration_ms', text('0033334444')],
    ['a number with many digits behind the point', 'duration_ms', text('1.5511912345678')],
    ['a list', 'duration_ms', { arrayValue: { values: [text('Ana')] } }],
    ['bytes', 'success', { bytesValue: Buffer.from('Ana').toString('base64') }],
    ['a number for a boolean', 'success', { intValue: '1' }],
    ['text for a boolean', 'success', text('yes, says Ana')],
    ['a number for a word', 'os.type', { intValue: '7' }],
  ])('drops %s, and counts it', (_what, name, value) => {
    const engine = engineOf('')
    expect(leaves('automagik.cli.command', { [name]: value }, engine)).toEqual({})
    expect(engine.tally.dropped.get('not-in-schema')).toBe(1)
  })
})

describe('the context of a schema', () => {
  const word = { status: text('Ana told me in confidence') }

  it('is the records of its event, spans and logs', () => {
    expect(leaves('automagik.health', word)).toEqual({ status: text('_OTHER') })
    expect(leaves('automagik.health', word, shipped, 'log')).toMatchObject({ status: text('_OTHER') })
  })

  it('is no other event, no resource and no span event', () => {
    expect(leaves('automagik.error', word)).toEqual(word)
    expect(leaves('GET /', word)).toEqual(word)
    expect(leaves('automagik.health', word, shipped, 'resource')).toEqual(word)
    expect(leaves('automagik.health', word, shipped, 'spanevent')).toEqual(word)
  })

  it('is no key inside a value', () => {
    const said = { details: text('{"status": "as said"}') }
    expect(leaves('automagik.health', said)).toEqual(said)
    const map = { details: { kvlistValue: { values: [{ key: 'status', value: text('as said') }] } } }
    expect(leaves('automagik.health', map)).toEqual(map)
  })
})

describe('the class of a schema', () => {
  const lax = 'exceptions: [{ attr: severity, class: public, reason: a test, owner: tests }]'

  it('tightens like a rule', () => {
    const left = leaves('automagik.feature.used', { recipient_hash: text('1766c2fd8a1f4b22') })
    expect(left).toEqual({ recipient_hash: text(expect.stringMatching(/^hm:ktest:[0-9a-f]{16}$/) as string) })
    expect(leaves('GET /', { recipient_hash: text('1766c2fd8a1f4b22') })).toEqual({
      recipient_hash: text('1766c2fd8a1f4b22'),
    })
  })

  it('holds for every way to write the name', () => {
    expect(Object.values(leaves('automagik.feature.used', { recipientHash: text('1766c2fd8a1f4b22') }))).toEqual([
      text(expect.stringMatching(/^hm:ktest:/) as string),
    ])
  })

  it('can be tightened by a rule, the closed type too', () => {
    const engine = engineOf('rules: [{ id: no-severity, attr: severity, class: content }]')
    expect(leaves('automagik.error', { severity: text('high'), error_code: text('A-1') }, engine)).toEqual({
      error_code: text('A-1'),
    })
  })

  it('gives way to an exception that names the attribute: then any value stays', () => {
    const left = leaves('automagik.error', { severity: text('HIGH') }, engineOf(lax))
    expect(left).toEqual({ severity: text('HIGH') })
  })

  it('allows where the default drops', () => {
    const engine = engineOf('defaults: { attribute: content }')
    const sent = { error_code: text('A-1'), severity: text('high'), anything: text('x'), error_message: text(phone) }
    expect(leaves('automagik.error', sent, engine)).toEqual({
      error_code: text('A-1'),
      severity: text('high'),
      'exception.message': text(expect.stringMatching(/^\+55 hm:/) as string),
    })
    expect(leaves('GET /', sent, engine)).toEqual({})
  })

  it('allows no key inside a value', () => {
    const engine = engineOf('defaults: { attribute: content }')
    expect(leaves('automagik.error', { error_message: text('{"severity": "high", "x": "y"}') }, engine)).toEqual({
      'exception.message': text('{"severity": "", "x": ""}'),
    })
  })

  it('holds for the dialect, by the names it becomes', () => {
    const attributes = [
      { key: 'event.status_code', value: { stringValue: 'teapot, says Ana' } },
      { key: 'event.duration_ms', value: { doubleValue: 12 } },
    ]
    const span = { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', name: 'api_request', attributes }
    const body = { resourceSpans: [{ scopeSpans: [{ scope: { name: 'omni.telemetry' }, spans: [span] }] }] }
    const { batch } = shipped.process({ signal: 'traces', encoding: 'json', body: Buffer.from(JSON.stringify(body)) })
    expect(attributesIn('traces', batch!.bytes)).toEqual({ duration_ms: { doubleValue: 12 } })
  })

  it('is there only where a layer turns schemas on', () => {
    const bare = loadRuleset({ file: 'x.yaml', readText: () => 'version: 1\nname: x', key })
    expect(bare.program?.events.size).toBe(0)
    expect(loadRuleset({ key }).program?.events.size).toBe(shippedEvents().size)
  })
})
