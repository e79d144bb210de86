import { describe, expect, it } from 'vitest'
import { requestType } from '../../src/otlp/root.ts'
import { createEngine, type Engine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { SourceSets } from '../../src/ruleset/sources.ts'
import { decidedBy, Tally } from '../../src/telemetry/tally.ts'

const key = { id: 'k1a2b3', bytes: new Uint8Array(32).fill(7) }

const rules = `version: 1
name: mine
extends: [builtin:events]
rules:
  - { id: users, attr: [user, 'user.*'], class: user.id }
  - { id: owners, attr: [user.owner], class: user.id }
  - { id: plain, attr: [colour], class: internal }
  - { id: names, path: span.name, class: internal }
  - { id: never, attr: [never], class: content }
exceptions:
  - { attr: [user.kind, kind], class: public, reason: a word of ours, owner: shop }
`

function engineOf(text: string): Engine {
  const { program } = loadRuleset({ file: 'r.yaml', readText: () => text, key })
  return createEngine(program!)
}

type Attributes = Readonly<Record<string, object>>
const attributesOf = (attributes: Attributes) => Object.entries(attributes).map(([key, value]) => ({ key, value }))
const text = (stringValue: string) => ({ stringValue })

function span(name: string, attributes: Attributes) {
  const ids = { traceId: 'AQEBAQEBAQEBAQEBAQEBAQ==', spanId: 'AQEBAQEBAQE=' }
  return { ...ids, name, attributes: attributesOf(attributes) }
}

function send(engine: Engine, ...spans: readonly object[]): void {
  const type = requestType('traces')
  const body = type.encode(type.fromObject({ resourceSpans: [{ scopeSpans: [{ spans }] }] })).finish()
  engine.process({ signal: 'traces', encoding: 'protobuf', body })
}

/** What has decided on anything. */
function decided(engine: Engine): Record<string, number> {
  const all = [...engine.tally.decided.values()].map(
    ({ source, name, fields }) => [`${source} ${name}`, fields] as const,
  )
  return Object.fromEntries(all.filter(([, fields]) => fields > 0))
}

describe('fields by what decided on them', () => {
  it('count for a rule, an exception, a schema and the defaults, changed or not', () => {
    const engine = engineOf(rules)
    send(
      engine,
      span('GET /', { 'user.id': text('ana'), colour: text('red'), 'user.kind': text('admin'), other: text('x') }),
      span('automagik.health', { status: text('healthy'), uptime: text('x') }),
    )
    expect(decided(engine)).toEqual({
      'rule users': 1,
      'rule plain': 1,
      'rule names': 2,
      'exception user.kind, kind': 1,
      'schema automagik.health': 1,
      'default attribute': 2,
    })
  })

  it('count for each of several that say the same', () => {
    const engine = engineOf(rules)
    send(engine, span('a', { 'user.owner': text('ana') }))
    expect(decided(engine)).toEqual({ 'rule users': 1, 'rule owners': 1, 'rule names': 1 })
  })

  it('are there from the start, at 0', () => {
    const counters = [...engineOf(rules).tally.decided.values()]
    expect(counters).toContainEqual({ source: 'rule', name: 'never', fields: 0 })
    expect(counters).toContainEqual({ source: 'schema', name: 'automagik.error', fields: 0 })
  })

  it('count for keys in maps and in text that is JSON, where a rule says more of them than of the whole', () => {
    const engine = engineOf(rules)
    const map = { kvlistValue: { values: attributesOf({ user: text('ana'), x: text('y') }) } }
    send(engine, span('a', { map, json: text('{"user": "ana", "x": 1}') }))
    expect(decided(engine)).toEqual({ 'rule users': 2, 'rule names': 1, 'default attribute': 2 })
  })

  it('count once where a request is read twice, and not at all where it is no OTLP', () => {
    const engine = engineOf(rules)
    const type = requestType('traces')
    const spans = [span('a', { user: text('ana') })]
    const body = type.encode(type.fromObject({ resourceSpans: [{ scopeSpans: [{ spans }] }] })).finish()
    // A field that OTLP does not have makes the engine bring the request to its canonical form first.
    engine.process({ signal: 'traces', encoding: 'protobuf', body: Buffer.concat([body, Buffer.from([0x7a, 1, 120])]) })
    expect(() =>
      engine.process({ signal: 'traces', encoding: 'protobuf', body: Buffer.concat([body, Buffer.from([0x0a, 9])]) }),
    ).toThrow()
    expect(decided(engine)).toEqual({ 'rule users': 1, 'rule names': 1 })
  })
})

describe('counters of sources', () => {
  it('go on by kind and name, whatever program they are in', () => {
    const tally = new Tally()
    decidedBy(tally, 'rule', 'phones').fields += 2
    decidedBy(tally, 'exception', 'phones').fields += 5
    expect(decidedBy(tally, 'rule', 'phones').fields).toBe(2)
    expect(tally.decided.size).toBe(2)
  })
})

describe('sets of sources', () => {
  const ruleOf = (id: string) => ({ id, class: 'c', selectors: [], services: undefined })
  const rules = Array.from({ length: 64 }, (_, index) => ruleOf(`r${index}`))

  it('are the same set in whatever order they are joined', () => {
    const sets = new SourceSets({ rules, exceptions: [] })
    const [a, b, c] = [sets.rule(0), sets.rule(1), sets.rule(2)]
    expect(sets.union(sets.union(a, b), c)).toBe(sets.union(c, sets.union(b, a)))
    expect(sets.union(a, a)).toBe(a)
    expect(sets.members(sets.union(b, a)).map((index) => sets.sources[index].name)).toEqual(['r0', 'r1'])
  })

  it('are bounded: of too many the first counts', () => {
    const sets = new SourceSets({ rules, exceptions: [] })
    for (const one of rules.keys()) for (const other of rules.keys()) sets.union(one, other)
    expect(sets.size).toBeLessThan(64 + 3 + 257)
    expect(sets.union(62, 63)).toBe(62)
  })
})
