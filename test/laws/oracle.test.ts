// The fast engine against the slow one: the same request, the same program, the same answer.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { program, telling } from '../arbitrary/programs.ts'
import { type Mess, write } from '../arbitrary/writer.ts'
import { type Signal, requestName, signals } from '../reference/schema.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { createEngine, createReference, fast, slow, withDerivedIds } from './harness.ts'
import { runs } from './runs.ts'

const mess: fc.Arbitrary<Mess> = fc.record({
  seed: fc.nat(),
  shuffle: fc.boolean(),
  duplicate: fc.constantFrom(0, 20),
  part: fc.constantFrom(0, 20),
  unknown: fc.constantFrom(0, 15),
  overlong: fc.constantFrom(0, 15),
  unpack: fc.constantFrom(0, 50),
  decoy: fc.constantFrom('decoy', '5511912345678', 'ana.silva@example.com', ''),
})

/** One engine for all the bodies: nothing of one request may show in the next. */
function agree(rules: Program, signal: Signal, bodies: readonly Buffer[]): void {
  const engine = createEngine(rules)
  const reference = createReference(rules)
  for (const body of bodies) {
    const got = fast(engine, signal, body)
    const expected = slow(reference, signal, body)
    if (expected !== 'malformed' && got !== 'malformed') withDerivedIds(expected.request, got.request)
    expect(got).toEqual(expected)
  }
}

describe.each(signals)('%s: the fast engine does what the object-level reference does', (signal) => {
  const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 4 })

  test('to canonical requests, under any program', () => {
    fc.assert(
      fc.property(program, some(telling(signal)), (rules, requests) =>
        agree(
          rules,
          signal,
          requests.map((body) => write(requestName[signal], body)),
        ),
      ),
      runs(80),
    )
  })

  test('to shuffled, duplicated, padded, chunked requests with unknown fields, under any program', () => {
    fc.assert(
      fc.property(program, some(fc.tuple(telling(signal), mess)), (rules, requests) =>
        agree(
          rules,
          signal,
          requests.map(([body, how]) => write(requestName[signal], body, how)),
        ),
      ),
      runs(80),
    )
  })
})
