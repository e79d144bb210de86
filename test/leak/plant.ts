// Plants values in every place of every signal, in every shape that a value can have.
import type { AnyValue, KeyValue, Message } from '../reference/model.ts'
import type { Signal } from '../reference/schema.ts'
import { type Place, placesOf, requestWith } from './places.ts'
import type { Secret } from './values.ts'

export interface Planting {
  readonly signal: Signal
  readonly request: Message
  readonly secrets: readonly Secret[]
  /** Where and how, for a failure's message. */
  readonly spot: string
}

/** A name that tells nothing. */
const neutral = 'app.detail'
const python = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
/** What is promised to be found percent-encoded: addresses and numbers with a plus. */
const isEncodable = (text: string): boolean => /^(?:\+[\d ()-]+|[^@\s]+@[^@\s]+)$/.test(text)
const isNumber = (text: string): boolean => /^[1-9]\d{6,17}$/.test(text)
const string = (text: string): AnyValue => ({ stringValue: text })
const map = (key: string, value: AnyValue): AnyValue => ({ kvlistValue: { values: [{ key, value }] } })
const array = (...values: AnyValue[]): AnyValue => ({ arrayValue: { values } })

/** A pair in each shape, by the shape's name; `undefined` where a value has no such shape. */
const shapes: Readonly<Record<string, (secret: Secret, key: string) => KeyValue | undefined>> = {
  string: ({ text }, key) => ({ key, value: string(text) }),
  sentence: ({ text }, key) => ({ key, value: string(`it said ${text} and went on`) }),
  'array element': ({ text }, key) => ({ key, value: array(string('x'), string(text)) }),
  'key of a map': ({ text }, key) => ({ key: neutral, value: map(key, string(text)) }),
  'deep in maps and arrays': ({ text }, key) => ({
    key: neutral,
    value: array(map('a', array(map(key, map('c', string(text)))))),
  }),
  bytes: ({ text }, key) => ({ key, value: { bytesValue: Buffer.from(text) } }),
  'int number': ({ text }, key) => (isNumber(text) ? { key, value: { intValue: BigInt(text) } } : undefined),
  'double number': ({ text }, key) =>
    isNumber(text) && Number.isSafeInteger(Number(text)) ? { key, value: { doubleValue: Number(text) } } : undefined,
  'JSON text': ({ text }, key) => ({ key: neutral, value: string(JSON.stringify({ a: 1, [key]: text, z: [true] })) }),
  'array in JSON text': ({ text }, key) => ({ key: neutral, value: string(JSON.stringify({ [key]: ['x', text] })) }),
  'JSON text inside JSON text': ({ text }, key) => ({
    key: neutral,
    value: string(JSON.stringify({ outer: JSON.stringify({ [key]: text }) })),
  }),
  'number in JSON text': ({ text }, key) =>
    isNumber(text) ? { key: neutral, value: string(`{"a": 1, "${key}": ${text}}`) } : undefined,
  'Python dict text': ({ text }, key) => ({ key: neutral, value: string(`{'a': None, '${key}': ${python(text)}}`) }),
  'truncated JSON text': ({ text }, key) => ({
    key: neutral,
    value: string(JSON.stringify({ a: 'b', [key]: text }).slice(0, -2)),
  }),
  'percent-encoded in a URL': ({ text }, key) =>
    isEncodable(text) ? { key, value: string(`https://example.com/a?b=${encodeURIComponent(text)}&c=1`) } : undefined,
  'attribute name': ({ text, key }) => (key === undefined ? { key: text, value: string('x') } : undefined),
  'name of a map’s key': ({ text, key }) =>
    key === undefined ? { key: neutral, value: map(text, string('x')) } : undefined,
}

/** Texts of a text field in each shape; a value that only its name tells is no secret there. */
const textShapes: Readonly<Record<string, (secret: Secret, key: string) => string | undefined>> = {
  text: ({ text, key }) => (key === undefined ? text : undefined),
  sentence: ({ text, key }) => (key === undefined ? `it said ${text} and went on` : undefined),
  'JSON text': ({ text }, key) => JSON.stringify({ a: 1, [key]: text }),
}

/** Pairs that fit one record without reaching the limit of attributes. */
const perRecord = 20

function inAttributes(place: Place, secrets: readonly Secret[]): Planting[] {
  return Object.entries(shapes).flatMap(([shape, make]) => {
    const made = secrets.flatMap((secret) => {
      const pair = make(secret, secret.key ?? neutral)
      return pair ? [{ secret, pair }] : []
    })
    const chunks = Array.from({ length: Math.ceil(made.length / perRecord) }, (_, at) =>
      made.slice(at * perRecord, (at + 1) * perRecord),
    )
    return chunks.map((chunk) => ({
      signal: place.signal,
      request: requestWith(place, chunk.map(({ pair }) => pair) as Message[]),
      secrets: chunk.map(({ secret }) => secret),
      spot: `${place.signal} ${place.name}, ${shape}`,
    }))
  })
}

function inValue(place: Place, secrets: readonly Secret[]): Planting[] {
  return Object.entries(shapes).flatMap(([shape, make]) =>
    secrets.flatMap((secret) => {
      const pair = make(secret, secret.key ?? neutral)
      if (!pair) return []
      // What only its name tells needs a map around it; anything else is the value itself.
      const byName = secret.key !== undefined && pair.key === secret.key
      // What only its name tells needs a map around it; anything else is the value itself.
      const given =
        byName || shape === 'attribute name' ? map(pair.key as string, pair.value ?? {}) : (pair.value ?? {})
      // `message` at the top of a structured body is the log's own text; below the top it is somebody's message.
      const value = secret.key === 'message' ? map('a', given) : given
      const spot = `${place.signal} ${place.name}, ${shape}`
      return [{ signal: place.signal, request: requestWith(place, value as Message), secrets: [secret], spot }]
    }),
  )
}

function inText(place: Place, secrets: readonly Secret[]): Planting[] {
  return Object.entries(textShapes).flatMap(([shape, make]) =>
    secrets.flatMap((secret) => {
      const text = make(secret, secret.key ?? neutral)
      if (text === undefined) return []
      const spot = `${place.signal} ${place.name}, ${shape}`
      return [{ signal: place.signal, request: requestWith(place, text), secrets: [secret], spot }]
    }),
  )
}

/** Every secret in every place of a signal in every shape that fits. */
export function plant(signal: Signal, secrets: readonly Secret[]): Planting[] {
  return placesOf(signal).flatMap((place) => {
    if (place.holds === 'attributes') return inAttributes(place, secrets)
    return place.holds === 'value' ? inValue(place, secrets) : inText(place, secrets)
  })
}
