import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliver, type Delivery, type Outcome, type Settled } from '../../src/exporters/bisect.ts'
import { SizeLimit } from '../../src/exporters/size-limit.ts'
import { signals, type Signal } from '../../src/otlp/fields.ts'
import { splitAtMost, splitInHalves, type Piece } from '../../src/otlp/split.ts'
import { batchOf, namesIn } from './batches.ts'

const taken: Settled = { is: 'sent', rejected: 0 }
const refused: Settled = { is: 'refused', reason: 'http-400' }

interface Request extends Piece {
  readonly size: number
}

const toRequest = (piece: Piece): Request => ({ ...piece, size: piece.bytes.length })

interface Run {
  readonly outcomes: readonly Outcome<Request>[]
  /** The names in what the backend took, in order. */
  readonly arrived: readonly string[]
  readonly requests: number
  readonly limit: SizeLimit
}

type Answer = (names: readonly string[], bytes: number, request: number) => Settled | undefined

async function delivered(
  signal: Signal,
  names: readonly string[],
  answer: Answer,
  options: Partial<Delivery<Request>> = {},
): Promise<Run> {
  const { bytes, records } = batchOf(signal, names)
  const arrived: string[] = []
  const limit = options.limit ?? new SizeLimit()
  let requests = 0
  const outcomes = await deliver(toRequest({ bytes, records }), {
    send: async (piece) => {
      const inside = namesIn(signal, piece.bytes)
      const settled = answer(inside, piece.bytes.length, (requests += 1))
      if (settled?.is === 'sent') arrived.push(...inside)
      return settled
    },
    halves: (all) => (splitInHalves(signal, all.bytes) ?? []).map(toRequest),
    atMost: (all, maxBytes) => splitAtMost(signal, all.bytes, maxBytes).map(toRequest),
    limit,
    ...options,
  })
  return { outcomes, arrived, requests, limit }
}

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`)
const recordsIn = (outcomes: readonly Outcome<Request>[], is: Outcome<Request>['is']): number =>
  outcomes
    .filter((outcome) => outcome.is === is)
    .reduce((sum, outcome) => sum + (outcome.is === 'sent' ? outcome.records : outcome.parcel.records), 0)
const deadOf = (signal: Signal, outcomes: readonly Outcome<Request>[]): string[] =>
  outcomes.flatMap((outcome) => (outcome.is === 'dead' ? namesIn(signal, outcome.parcel.bytes) : []))

describe.each(signals)('what is refused of %s', (signal) => {
  it('is found, however many there are: the others arrive once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            guilty: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: 6 }),
          }),
        ),
        async ({ count, guilty }) => {
          const names = named(count)
          const bad = new Set(guilty.map((index) => names[index]))
          const { outcomes, arrived, requests } = await delivered(signal, names, (inside) =>
            inside.some((name) => bad.has(name)) ? refused : taken,
          )
          expect(arrived).toEqual(names.filter((name) => !bad.has(name)))
          expect(deadOf(signal, outcomes)).toEqual(names.filter((name) => bad.has(name)))
          for (const outcome of outcomes) if (outcome.is === 'dead') expect(outcome.isAlone).toBe(true)
          expect(requests).toBeLessThanOrEqual(1 + 2 * bad.size * Math.ceil(Math.log2(count) + 1))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a search', () => {
  it('accounts for every record, and is bounded, whatever is answered', async () => {
    const answers = fc.constantFrom<Settled>(
      taken,
      refused,
      { is: 'sent', rejected: 3 },
      { is: 'too-large', reason: 'http-413' },
      { is: 'too-large', reason: 'grpc-resource-exhausted', maxBytes: 1 },
      { is: 'refused', reason: 'invalid-request', ofAll: true },
      { is: 'failed', reason: 'retry-exhausted' },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.option(answers, { nil: undefined, freq: 40 }), { minLength: 1, maxLength: 300 }),
        async (count, script) => {
          const { outcomes } = await delivered(
            'logs',
            named(count),
            (_names, _bytes, request) => script[request % script.length],
          )
          const all = (['sent', 'dead', 'left'] as const).reduce((sum, is) => sum + recordsIn(outcomes, is), 0)
          expect(all).toBe(count)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('ends where everything is refused, after a bounded number of requests', async () => {
    const { outcomes, requests } = await delivered('metrics', named(5_000), () => refused)
    expect(requests).toBeLessThan(80)
    expect(recordsIn(outcomes, 'dead')).toBe(5_000)
    expect(outcomes).toContainEqual(expect.objectContaining({ is: 'dead', isAlone: false }))
  })

  it('still sends what it had taken apart when it has had its requests', async () => {
    const names = named(64)
    const { outcomes, arrived, requests } = await delivered(
      'logs',
      names,
      (inside) => (inside.includes('n0') ? refused : taken),
      { maxRequests: 3 },
    )
    expect(requests).toBeLessThanOrEqual(3 + 6)
    expect(arrived).toEqual(names.slice(16))
    expect(outcomes[0]).toMatchObject({ is: 'dead', isAlone: false, parcel: { records: 16 } })
  })

  it('does not take apart what would fare no better in parts', async () => {
    const { outcomes, requests } = await delivered('logs', named(10), () => ({ ...refused, ofAll: true }))
    expect(requests).toBe(1)
    expect(outcomes).toMatchObject([{ is: 'dead', reason: 'http-400', parcel: { records: 10 } }])
  })

  it('says what is left when there is no more time: nothing of it is lost or sent twice', async () => {
    const names = named(16)
    const { outcomes, arrived } = await delivered('logs', names, (inside, _bytes, request) =>
      request > 3 ? undefined : inside.length > 4 ? refused : taken,
    )
    const left = outcomes.flatMap((outcome) => (outcome.is === 'left' ? namesIn('logs', outcome.parcel.bytes) : []))
    expect([...arrived, ...left]).toEqual(names)
  })
})

describe('what is too large', () => {
  const long = Array.from({ length: 400 }, (_, index) => `${index}-${'x'.repeat(1_000)}`)

  it('goes in smaller parts, and the next request is not too large any more', async () => {
    const largest = 150_000
    const answer: Answer = (_names, bytes) => (bytes > largest ? { is: 'too-large', reason: 'http-413' } : taken)
    const first = await delivered('traces', long, answer)
    expect(first.arrived).toEqual(long)
    expect(first.limit.bytes).toBeLessThanOrEqual(largest)
    const second = await delivered('traces', long, answer, { limit: first.limit })
    expect(second.arrived).toEqual(long)
    expect(second.requests).toBe(Math.ceil(second.requests))
    expect(recordsIn(second.outcomes, 'sent')).toBe(400)
    expect(second.requests).toBeLessThan(first.requests)
  })

  it('goes in parts as large as the server says that it takes', async () => {
    const answer: Answer = (_names, bytes) =>
      bytes > 100_000 ? { is: 'too-large', reason: 'grpc-resource-exhausted', maxBytes: 100_000 } : taken
    const { requests, limit } = await delivered('traces', long, answer)
    expect(limit.bytes).toBe(100_000)
    expect(requests).toBeLessThanOrEqual(1 + 6)
  })

  it('is given up when it is one record, and takes no others along', async () => {
    const names = ['a', 'x'.repeat(200_000), 'b']
    const { outcomes, arrived } = await delivered('logs', names, (_names, bytes) =>
      bytes > 100_000 ? { is: 'too-large', reason: 'http-413' } : taken,
    )
    expect(arrived).toEqual(['a', 'b'])
    expect(outcomes).toContainEqual(expect.objectContaining({ is: 'dead', reason: 'http-413', isAlone: true }))
  })
})
