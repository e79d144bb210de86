// Laws of the JSON transcoder, for arbitrary requests and for broken ones.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messages, requestOf, signals, type Signal } from '../../src/otlp/fields.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { requestType, root } from '../../src/otlp/root.ts'
import { protobufToJson } from '../../src/otlp/to-json.ts'
import { WireError } from '../../src/otlp/wire-error.ts'
import { arbitraryRequest, type Json } from './arbitrary-request.ts'

const judge = createRequire(import.meta.url)('@opentelemetry/otlp-transformer-0.214/build/src/generated/root.js')
const judges: Readonly<Record<Signal, any>> = {
  traces: judge.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest,
  metrics: judge.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest,
  logs: judge.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest,
}
/** protobufjs in the form of protobuf's own JSON mapping, which differs from OTLP's in the ids only. */
const asJson = { longs: String, bytes: String, json: true }

/** The same request with its ids in base64, as protobuf's own mapping has them. */
function idsInBase64(value: Json, message: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([key, member]): [string, Json] => {
    const field = messages[message].fields.find(({ name }) => name === key)
    if (field?.hex && typeof member === 'string') return [key, Buffer.from(member, 'hex').toString('base64')]
    const type = field?.kind === 'message' ? (field.type ?? '') : undefined
    if (type === undefined) return [key, member]
    return [
      key,
      Array.isArray(member) ? member.map((element) => idsInBase64(element, type)) : idsInBase64(member, type),
    ]
  })
  return Object.fromEntries(entries)
}

const transcode = (signal: Signal, text: string): Uint8Array => {
  const { bytes, refused, repaired, dropped } = jsonToProtobuf(signal, Buffer.from(text))
  expect({ refused, repaired: repaired.size, dropped: dropped.size }).toEqual({ refused: [], repaired: 0, dropped: 0 })
  return bytes
}

describe.each(signals)('for arbitrary %s', (signal) => {
  it('an independent decoder reads what the JSON says', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        const bytes = transcode(signal, JSON.stringify(request))
        const type = judges[signal]
        expect(type.toObject(type.decode(bytes), asJson)).toEqual(idsInBase64(request, requestOf[signal]))
      }),
      { numRuns: 150 },
    )
  })

  it('the Root of the field table reads the same, and writes the same bytes', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        const bytes = transcode(signal, JSON.stringify(request))
        const type = requestType(signal)
        const decoded = type.decode(bytes)
        expect(type.toObject(decoded, asJson)).toEqual(idsInBase64(request, requestOf[signal]))
        expect(Buffer.compare(type.encode(decoded).finish(), bytes)).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it('to JSON and back is the identity, on the text and on the bytes', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        const text = JSON.stringify(request)
        const bytes = transcode(signal, text)
        expect(protobufToJson(signal, bytes)).toBe(text)
        expect(Buffer.compare(transcode(signal, protobufToJson(signal, bytes)), bytes)).toBe(0)
      }),
      { numRuns: 150 },
    )
  })

  it('white space and the order of keys mean nothing', () => {
    fc.assert(
      fc.property(arbitraryRequest(signal), (request) => {
        const plain = protobufToJson(signal, transcode(signal, JSON.stringify(request)))
        expect(protobufToJson(signal, transcode(signal, JSON.stringify(request, null, '\t')))).toBe(plain)
        expect(protobufToJson(signal, transcode(signal, JSON.stringify(backwards(request), null, ' \r\n')))).toBe(plain)
        expect(protobufToJson(signal, transcode(signal, likePython(request)))).toBe(plain)
      }),
      { numRuns: 60 },
    )
  })
})

/** The spelling of Python's json.dumps: a space behind commas and colons. */
function likePython(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(likePython).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}: ${likePython(member)}`)
    .join(', ')}}`
}

function backwards(value: Json): Json {
  if (Array.isArray(value)) return value.map(backwards)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]): [string, Json] => [key, backwards(member)])
      .toReversed(),
  )
}

const sample = (file: string): Buffer => readFileSync(new URL(`../samples/${file}`, import.meta.url))
const bodies: readonly (readonly [Signal, Buffer])[] = [
  ['traces', sample('01-npm-sdk-0.1.3-trace-feature-used.json')],
  ['metrics', sample('08-python-sdk-0.1.4-metric-dict-as-value.json')],
  ['metrics', sample('07-python-sdk-0.1.4-metrics-batch.json')],
  ['logs', sample('05-npm-sdk-0.1.3-log.json')],
]

/** Transcodes a body that may be broken: the answer is protobuf, or the error is a WireError that quotes nothing. */
function survive(signal: Signal, body: Uint8Array): boolean {
  try {
    const { bytes } = jsonToProtobuf(signal, body)
    JSON.parse(protobufToJson(signal, bytes))
    return true
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    expect(['bad-json', 'too-deep', 'snake-case-key', 'profiles-field']).toContain(error.code)
    return false
  }
}

describe('a broken body', () => {
  it.each(bodies)('cut off anywhere is a typed error (%s)', (signal, body) => {
    for (let length = 0; length < body.length; length++) {
      if (survive(signal, body.subarray(0, length))) throw new Error(`taken when cut at ${length}`)
    }
  })

  it.each(bodies)('with bytes changed is an answer or a typed error (%s)', (signal, body) => {
    const telling = fc.constantFrom(...Buffer.from('{}[]":,\\u0-1e.tfnNI '), 0, 0xff)
    const change = fc.tuple(fc.nat({ max: body.length - 1 }), fc.oneof(telling, fc.nat({ max: 255 })))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Buffer.from(body)
        for (const [at, value] of changes) changed[at] = value
        survive(signal, changed)
      }),
      { numRuns: 1500 },
    )
  })

  it.each(bodies)('with parts taken out or repeated is an answer or a typed error (%s)', (signal, body) => {
    const place = fc.nat({ max: body.length })
    fc.assert(
      fc.property(place, place, place, (from, until, to) => {
        const part = body.subarray(Math.min(from, until), Math.max(from, until))
        survive(signal, Buffer.concat([body.subarray(0, to), part, body.subarray(to)]))
        survive(signal, Buffer.concat([body.subarray(0, Math.min(from, until)), body.subarray(Math.max(from, until))]))
      }),
      { numRuns: 500 },
    )
  })

  it('of random JSON is an answer or a typed error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...signals), fc.jsonValue(), (signal, value) => {
        survive(signal, Buffer.from(JSON.stringify(value)))
        survive(signal, Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${JSON.stringify(value)}]}]}]}`))
      }),
      { numRuns: 500 },
    )
  })

  it('of random bytes is a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => !survive('traces', bytes)),
      { numRuns: 500 },
    )
  })
})

describe('every value of every field', () => {
  const junk = [
    'null',
    'true',
    '1',
    '-1',
    '1.5',
    '1e400',
    '"x"',
    '""',
    '[]',
    '[[]]',
    '[null]',
    '[1]',
    '["x"]',
    '{}',
    '[{}]',
    '{"a":1}',
    'NaN',
    '[NaN]',
  ]
  const fields = Object.values(messages).flatMap(({ name, fields: all }) =>
    all.map((field) => [name, field.name] as const),
  )
  it.each(fields)('%s.%s takes junk as a value, a refusal or a typed error', (message, field) => {
    // The shortest way from a request down to the message.
    for (const [signal, path] of waysTo(message)) {
      for (const value of junk) {
        let body = `{"${field}":${value}}`
        for (const step of path) body = step.repeated ? `{"${step.name}":[${body}]}` : `{"${step.name}":${body}}`
        survive(signal, Buffer.from(body))
      }
    }
  })

  it('covers every message of the Root', () => {
    for (const [message] of fields) expect(root.lookupType(message).name).toBe(message)
    expect(fields.every(([message]) => waysTo(message).length > 0)).toBe(true)
  })
})

interface StepUp {
  readonly name: string
  readonly repeated: boolean
}

/** For each signal that holds a message: the fields from the message up to the request. */
function waysTo(message: string): [Signal, StepUp[]][] {
  return signals.flatMap((signal): [Signal, StepUp[]][] => {
    const ways = new Map<string, StepUp[]>([[requestOf[signal], []]])
    for (const [name, way] of ways) {
      for (const { name: field, kind, type, repeated } of messages[name].fields) {
        if (kind === 'message' && type !== undefined && !ways.has(type)) {
          ways.set(type, [{ name: field, repeated: repeated === true }, ...way])
        }
      }
    }
    const way = ways.get(message)
    return way === undefined ? [] : [[signal, way]]
  })
}
