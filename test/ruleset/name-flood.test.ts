// A request that brings thousands of new attribute names: each costs time to judge, and no program does it.
import { describe, expect, it } from 'vitest'
import { createEngine } from '../../src/processors/engine.ts'
import { requestType } from '../../src/otlp/root.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const { program } = loadRuleset({ key: { id: 'k1', bytes: Buffer.alloc(32, 1) } })
const type = requestType('traces')

function body(first: number, spans: number): Uint8Array {
  const span = (index: number): object => ({
    traceId: Buffer.alloc(16, 1),
    spanId: Buffer.alloc(8, 1),
    attributes: Array.from({ length: 100 }, (_, i) => ({
      key: `name.${first + index * 100 + i}`,
      value: { stringValue: 'x' },
    })),
  })
  const request = { resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: spans }, (_, i) => span(i)) }] }] }
  return type.encode(type.fromObject(request)).finish()
}

describe('a flood of attribute names', () => {
  it('loses the names that come too many, counted, and the next request is none the worse', () => {
    if (program === undefined) throw new Error('the shipped ruleset does not load')
    const engine = createEngine(program)
    const flooded = engine.process({ signal: 'traces', encoding: 'protobuf', body: body(0, 200) })
    expect(flooded.records).toBe(200)
    const dropped = engine.tally.dropped.get('attribute-name') ?? 0
    expect(dropped).toBeGreaterThan(3_000)
    expect(dropped).toBeLessThan(4_000)
    const next = body(1_000_000, 10)
    const after = engine.process({ signal: 'traces', encoding: 'protobuf', body: next })
    expect(after.batch?.bytes.length).toBe(next.length)
    expect(engine.tally.dropped.get('attribute-name')).toBe(dropped)
  })
})
