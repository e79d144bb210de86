// Words of the conventions (`conventions.values`) through the engine: where they hold, and beside types and old names.
import { describe, expect, it } from 'vitest'
import { decodeRequest } from '../../src/otlp/to-json.ts'
import { createEngine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

type Value = Readonly<Record<string, unknown>>
type Signal = 'traces' | 'metrics' | 'logs'

const pairs = (values: Readonly<Record<string, Value>>) =>
  Object.entries(values).map(([name, value]) => ({ key: name, value }))
const text = (stringValue: string): Value => ({ stringValue })

/** What is left of a request under rules; sent twice, it must be the same. */
function leftOf(conventions: string, signal: Signal, request: object): string {
  const readText = () => `version: 1\nname: t\nextends: builtin:automagik\nconventions: ${conventions}\n`
  const { program, diagnostics } = loadRuleset({ file: '/t.yaml', readText, key })
  expect(diagnostics).toEqual([])
  const engine = createEngine(program!)
  const once = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) }).batch!
  const twice = engine.process({ signal, encoding: 'protobuf', body: once.bytes }).batch!
  expect(Buffer.from(twice.bytes).equals(Buffer.from(once.bytes))).toBe(true)
  return JSON.stringify(decodeRequest(signal, once.bytes))
}

function spanWith(attributes: Readonly<Record<string, Value>>, name = 'GET /'): object {
  const span = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), name, attributes: pairs(attributes) }
  return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
}

describe('words', () => {
  const resource = { attributes: pairs({ 'os.type': text('Linux') }) }
  const points = [{ asInt: 1, attributes: pairs({ 'host.arch': text('x64') }) }]
  it.each<[string, Signal, object]>([
    ['a resource', 'logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ body: text('hi') }] }] }] }],
    ['a span', 'traces', spanWith({ 'os.type': text('Linux') })],
    [
      'a point',
      'metrics',
      { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: points } }] }] }] },
    ],
  ])('of %s are those of the conventions', (_where, signal, request) => {
    const left = leftOf('{}', signal, request)
    expect(left).toMatch(/"linux"|"amd64"/)
    expect(left).not.toMatch(/Linux|x64/)
  })

  it('are whole texts of attributes, capitals counting', () => {
    const nested = { kvlistValue: { values: pairs({ 'os.type': text('Linux') }) } }
    const left = leftOf(
      '{}',
      'traces',
      spanWith({ 'os.type': text('Linux x'), 'host.arch': text('X64'), other: nested }),
    )
    for (const stays of ['"Linux x"', '"X64"', '"os.type","value":{"stringValue":"Linux"}'])
      expect(left).toContain(stays)
  })

  it.each([
    ['{values: {n: {one: "1"}}, coerce: {n: int}}', text('one'), '"intValue":"1"'],
    ['{values: {n: {"1": one}}, coerce: {n: string}}', { intValue: '1' }, '"stringValue":"one"'],
    ['{values: {n: {yes: "true"}}, coerce: {n: bool}}', text('yes'), '"boolValue":true'],
    ['{values: {n: {one: uno}}, coerce: {n: int}}', text('one'), '"stringValue":"uno"'],
    ['{values: {n: {one: uno}}, coerce: {n: int}}', text('7'), '"intValue":"7"'],
  ])('go together with types: %s', (conventions, value, wanted) => {
    expect(leftOf(conventions, 'traces', spanWith({ n: value }))).toContain(wanted)
  })

  it('leave nothing personal under the old name', () => {
    const rules = '{keep_old_names: true, rename: {m: n}, values: {n: {ana@example.com: one}}}'
    const left = leftOf(rules, 'traces', spanWith({ m: text('ana@example.com') }))
    expect(left).toContain('{"key":"n","value":{"stringValue":"one"}}')
    expect(left).not.toContain('ana@')
  })

  it('leave the old name its old word, where the new one may stay', () => {
    const sent = spanWith(
      { 'system.os': text('Linux'), 'system.architecture': text('sparc') },
      'automagik.feature.used',
    )
    const left = leftOf('{keep_old_names: true}', 'traces', sent)
    expect(left).toContain('{"key":"system.os","value":{"stringValue":"Linux"}}')
    expect(left).toContain('{"key":"os.type","value":{"stringValue":"linux"}}')
    expect(left).toContain('{"key":"system.architecture","value":{"stringValue":"_OTHER"}}')
  })
})
