// The detectors do what the committed figures say, and the goals hold on both halves of the corpus.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { corpusOf } from '../../bench/detectors/corpus.ts'
import { measure } from '../../bench/detectors/measure.ts'
import { mark, redactOurs } from '../../bench/detectors/ours.ts'
import { readResults } from '../../bench/detectors/results.ts'
import { measuredSource } from '../../scripts/generate-measured.ts'
import { measured } from '../../src/detectors/measured.ts'

const ours = { marks: new RegExp(RegExp.escape(mark), 'g'), redact: redactOurs }

describe('the corpus of bench/detectors', () => {
  it('gives what bench/detectors/results.json says: npm run bench:detectors -- --write', async () => {
    const { measured: all } = readResults()
    const { byDetector, negatives, falseAlarms, unstable } = all[0]
    expect(await measure(ours, corpusOf('held-out'))).toEqual({ byDetector, negatives, falseAlarms, unstable })
  })

  it.each(['tuning', 'held-out'] as const)('reaches the goals on the %s half', async (half) => {
    const { byDetector, negatives, falseAlarms, unstable } = await measure(ours, corpusOf(half))
    for (const [id, { positives, whole, partial }] of Object.entries(byDetector)) {
      expect(whole / positives, id).toBeGreaterThanOrEqual(0.97)
      expect(partial, id).toBe(0)
    }
    expect(falseAlarms / negatives).toBeLessThanOrEqual(0.005)
    expect(unstable).toBe(0)
  })
})

describe('src/detectors/measured.ts', () => {
  it('is what npm run generate makes', () => {
    expect(readFileSync(new URL('../../src/detectors/measured.ts', import.meta.url), 'utf8')).toBe(measuredSource())
  })

  it('says how good each detector is', () => {
    const { positives, whole, partial } = measured.detectors['us-ssn']
    expect(positives).toBeGreaterThan(100)
    expect(whole).toBeLessThanOrEqual(positives)
    expect(partial).toBe(0)
  })
})
