// What holds for any sequence of puts, leases, ends of leases, restarts and other writers: every group gets to each of its
// readers, in order, nothing is handed out again once it was done, and the books add up after each step.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allSent, group, nothing, numbersIn, reader, storeUnderTest, type StoreUnderTest } from './store-under-test.ts'

type Step =
  | { is: 'put'; isByAnother: boolean; readers: string[]; bytes: number }
  | { is: 'lease'; reader: string; maxBytes: number }
  | { is: 'end'; isDone: boolean; reader: string; which: number }
  | { is: 'restart' }

const names = ['a', 'b', 'c']
const name = fc.constantFrom(...names)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constant('put' as const),
      isByAnother: fc.boolean(),
      readers: fc.subarray(names, { minLength: 1 }),
      bytes: fc.integer({ min: 4, max: 60 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constant('lease' as const),
      reader: name,
      maxBytes: fc.integer({ min: 1, max: 150 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ is: fc.constant('end' as const), isDone: fc.boolean(), reader: name, which: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.constant({ is: 'restart' as const }) },
)

interface Leased {
  readonly ids: number[]
  readonly numbers: number[]
}

/** What a reader should find. */
interface Model {
  waiting: number[]
  leases: Leased[]
}

describe('the queue store, whatever happens', () => {
  it('loses nothing, repeats nothing that was done, and keeps the order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const readers = names.map((each) => reader(each))
        let under: StoreUnderTest = storeUnderTest(readers)
        const models = new Map<string, Model>(names.map((each) => [each, { waiting: [], leases: [] }]))
        const ascending = (numbers: number[]): number[] => numbers.sort((one, other) => one - other)
        let last = 0
        for (const each of steps) {
          if (each.is === 'put') {
            const given = group((last += 1), each.readers, 'traces', each.bytes)
            if (!each.isByAnother) under.put(given)
            else {
              const other = storeUnderTest(readers, { file: under.file })
              other.put(given)
              other.database.close()
              under.store.refresh()
            }
            for (const to of each.readers) models.get(to)!.waiting.push(last)
          } else if (each.is === 'restart') {
            under.database.close()
            under = storeUnderTest(readers, { file: under.file })
            for (const model of models.values()) {
              model.waiting = ascending([...model.leases.flatMap(({ numbers }) => numbers), ...model.waiting])
              model.leases = []
            }
          } else {
            const model = models.get(each.reader)!
            const { id } = under.stateOf(each.reader)
            if (each.is === 'lease') {
              const groups = under.store.lease(id, each.maxBytes)
              const numbers = numbersIn(groups)
              expect(numbers).toEqual(model.waiting.slice(0, numbers.length))
              expect(numbers.length > 0).toBe(model.waiting.length > 0)
              model.waiting = model.waiting.slice(numbers.length)
              if (groups.length > 0) model.leases.push({ ids: groups.map((one) => one.id), numbers })
            } else {
              const [leased] = model.leases.splice(each.which, 1)
              if (leased === undefined) continue
              const sent = leased.numbers.reduce((sum, number) => sum + number, 0)
              if (each.isDone) {
                const settled = { reader: id, ids: leased.ids, ...allSent([]), sent }
                under.store.commit({ ...nothing, settlements: [settled] })
              } else {
                under.store.giveBack(id, leased.ids)
                model.waiting = ascending([...leased.numbers, ...model.waiting])
              }
            }
          }
          expect(under.store.check()).toEqual([])
          for (const [each, { waiting, leases }] of models) {
            const held = [...waiting, ...leases.flatMap(({ numbers }) => numbers)]
            expect(under.stateOf(each).heldRecords).toBe(held.reduce((sum, number) => sum + number, 0))
          }
        }
        under.database.close()
      }),
      { numRuns: 60 },
    )
  })
})
