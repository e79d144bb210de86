// Laws of the walk: identity without rules, one meaning for every encoding, twice is once, and nothing but an answer or
// a WireError for any bytes.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { speakingCanonically } from '../arbitrary/canonical-programs.ts'
import { idle, program, telling, watchful } from '../arbitrary/programs.ts'
import { plainTaste, request } from '../arbitrary/requests.ts'
import { writeJson } from '../arbitrary/json.ts'
import { tidy, write } from '../arbitrary/writer.ts'
import { type Field, type Message, isMessage } from '../reference/model.ts'
import { requestName, signals } from '../reference/schema.ts'
import { createEngine, fast, protobuf } from './harness.ts'
import { runs } from './runs.ts'

const goodIds = { ...plainTaste, goodIds: true }

describe.each(signals)('%s', (signal) => {
  const name = requestName[signal]

  test('without rules, a canonical request goes out byte for byte as it came', () => {
    const engine = createEngine(idle)
    fc.assert(
      fc.property(request(signal, goodIds), (body) => {
        const bytes = write(name, body)
        const { batch, refused } = protobuf(engine, signal, bytes)
        expect(refused).toEqual([])
        if (batch) expect(Buffer.from(batch.bytes)).toEqual(bytes)
        else expect(countRecords(body)).toBe(0)
      }),
      runs(80),
    )
  })

  test('JSON in is protobuf in, whether 64-bit integers come as strings or bare', () => {
    fc.assert(
      fc.property(
        program,
        telling(signal),
        fc.boolean(),
        fc.constantFrom(0, 2),
        (rules, body, bareIntegers, indent) => {
          // An id of a wrong length is repaired on the way in, before the engine sees it.
          const clean = withGoodIds(body)
          const json = Buffer.from(writeJson(name, clean, { bareIntegers, indent }))
          const engine = createEngine(rules)
          expect(fast(engine, signal, json, 'json')).toEqual(fast(engine, signal, write(name, clean)))
        },
      ),
      runs(80),
    )
  })

  test('what is clean stays as it is: twice is once', () => {
    fc.assert(
      fc.property(program.map(speakingCanonically), telling(signal), (rules, body) => {
        const engine = createEngine(rules)
        const once = protobuf(engine, signal, write(name, body)).batch
        if (!once) return
        const twice = protobuf(engine, signal, Buffer.from(once.bytes)).batch
        expect(twice && fast(engine, signal, twice.bytes)).toEqual(fast(engine, signal, once.bytes))
        expect(twice && Buffer.from(twice.bytes)).toEqual(Buffer.from(once.bytes))
      }),
      runs(80),
    )
  })

  test('two requests one after the other in one body are one request', () => {
    const engine = createEngine(watchful)
    fc.assert(
      fc.property(telling(signal), telling(signal), (first, second) => {
        const [a, b] = [first, second].map((body) => write(name, body))
        const both = protobuf(engine, signal, Buffer.concat([a, b])).batch?.bytes ?? Buffer.alloc(0)
        const apart = [a, b].map((body) => protobuf(engine, signal, body).batch?.bytes ?? Buffer.alloc(0))
        // A request without a record leaves no batch, but its empty groups stay beside another's records.
        if (apart.every((bytes) => bytes.length > 0)) expect(Buffer.from(both)).toEqual(Buffer.concat(apart))
      }),
      runs(80),
    )
  })

  test('truncated, mutated and random bytes get an answer or a WireError', () => {
    const engine = createEngine(watchful)
    fc.assert(
      fc.property(
        telling(signal),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        (body, cut, changes) => {
          const bytes = write(name, body, { ...tidy, seed: cut, shuffle: true, unknown: 5 })
          fast(engine, signal, bytes.subarray(0, cut % (bytes.length + 1)))
          const mutated = Buffer.from(bytes)
          for (const [at, value] of changes) if (mutated.length) mutated[at % mutated.length] = value
          fast(engine, signal, mutated)
        },
      ),
      runs(80),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        fast(engine, signal, bytes)
        fast(engine, signal, bytes, 'json')
      }),
      runs(80),
    )
  })

  test('truncated and mutated JSON gets an answer or a WireError', () => {
    const engine = createEngine(watchful)
    fc.assert(
      fc.property(telling(signal), fc.nat(), fc.nat({ max: 255 }), (body, at, value) => {
        const bytes = Buffer.from(writeJson(name, withGoodIds(body)))
        fast(engine, signal, bytes.subarray(0, at % (bytes.length + 1)), 'json')
        bytes[at % bytes.length] = value
        fast(engine, signal, bytes, 'json')
      }),
      runs(80),
    )
  })
})

const recordFields = new Set(['spans', 'logRecords', 'dataPoints'])

function countRecords(message: Message): number {
  return Object.entries(message).reduce((sum, [name, value]) => {
    const below = (Array.isArray(value) ? [...value] : [value]).filter((one) => isMessage(one))
    return (
      sum + (recordFields.has(name) ? below.length : 0) + below.reduce((inner, one) => inner + countRecords(one), 0)
    )
  }, 0)
}

const lengths: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 }

/** The message without ids that repair would have to judge. */
function withGoodIds(message: Message): Message {
  return Object.fromEntries(
    Object.entries(message).flatMap(([name, value]): [string, Field | undefined][] => {
      if (Buffer.isBuffer(value) && name in lengths && value.length !== lengths[name]) return []
      if (isMessage(value)) return [[name, withGoodIds(value)]]
      if (Array.isArray(value))
        return [[name, value.map((one: Field) => (isMessage(one) ? withGoodIds(one) : one)) as Message[]]]
      return [[name, value]]
    }),
  )
}
