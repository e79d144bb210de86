import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainTaste, request } from '../arbitrary/requests.ts'
import { tidy, write } from '../arbitrary/writer.ts'
import { Malformed, Notes, read } from './read.ts'
import { fieldsOf, messageTable, requestName, signals } from './schema.ts'
import { type GeneratedType, generated } from './otlp-transformer.ts'

describe('the reference schema against the generated code of @opentelemetry/otlp-transformer', () => {
  test.each([...messageTable.keys()])('%s has the same fields', (name) => {
    // Profiles-only fields and the enums' unset members aside, a generated prototype names every field.
    const theirs = generatedFields(generated(name))
    const ours = fieldsOf(name).map((field) => field.name)
    expect(ours.filter((field) => !field.endsWith('Strindex')).toSorted()).toEqual(theirs)
  })

  test.each(signals)('%s: what the reference writes, it reads and writes back as the reference reads it', (signal) => {
    const type = generated(requestName[signal])
    fc.assert(
      fc.property(request(signal, plainTaste), (body) => {
        const bytes = write(requestName[signal], body)
        const again = type.encode(type.decode(bytes)).finish()
        expect(read(requestName[signal], again)).toEqual(body)
      }),
      { numRuns: 60 },
    )
  })
})

function generatedFields(type: GeneratedType): string[] {
  const { prototype } = type
  return Object.keys(prototype)
    .filter((name) => name !== 'toJSON' && !name.startsWith('_') && !name.endsWith('Strindex'))
    .filter((name) => !isOneof(prototype, name))
    .toSorted()
}

/** A oneof is an accessor without a value of its own. */
const isOneof = (prototype: object, name: string): boolean =>
  Object.getOwnPropertyDescriptor(prototype, name)?.get !== undefined

describe('the reference reader and the writer of unusual protobuf', () => {
  test.each(signals)('%s: a canonical body reads as it was written, with nothing to note', (signal) => {
    fc.assert(
      fc.property(request(signal, plainTaste), (body) => {
        const notes = new Notes()
        expect(read(requestName[signal], write(requestName[signal], body), notes)).toEqual(body)
        expect([...notes.counts]).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test.each(signals)('%s: shuffled, duplicated, chunked and padded, it means the same', (signal) => {
    fc.assert(
      fc.property(request(signal, plainTaste), fc.nat(), (body, seed) => {
        const mess = {
          seed,
          shuffle: true,
          duplicate: 20,
          part: 20,
          unknown: 20,
          overlong: 20,
          unpack: 50,
          decoy: 'no',
        }
        expect(read(requestName[signal], write(requestName[signal], body, mess))).toEqual(body)
      }),
      { numRuns: 60 },
    )
  })

  test('every truncation of a body is malformed or another body', () => {
    const bytes = write('ExportTraceServiceRequest', { resourceSpans: [{ schemaUrl: 'x', scopeSpans: [{}] }] }, tidy)
    const outcomes = Array.from(bytes, (_, length) => {
      try {
        return read('ExportTraceServiceRequest', bytes.subarray(0, length))
      } catch (error) {
        return error
      }
    })
    expect(outcomes.filter((outcome) => outcome instanceof Malformed)).toHaveLength(bytes.length - 1)
  })
})
