// Plants values in places, in every shape that a value can have there.
import type { Signal } from '../otlp/fields.ts'
import type { PlantPlace } from './places.ts'
import type { Secret } from './secret.ts'
import type { Tree } from './tree.ts'

export interface Planting<S extends Secret = Secret, P extends PlantPlace = PlantPlace> {
  readonly signal: Signal
  readonly place: P
  readonly shape: string
  readonly request: Tree
  readonly secrets: readonly S[]
  /** Where and how, for a failure's message. */
  readonly spot: string
}

/** A name that tells nothing. */
export const neutral = 'app.detail'
const python = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
/** What is promised to be found percent-encoded: addresses and numbers with a plus. */
const isEncodable = (text: string): boolean => /^(?:\+[\d ()-]+|[^@\s]+@[^@\s]+)$/.test(text)
const isNumber = (text: string): boolean => /^[1-9]\d{6,17}$/.test(text)
const string = (text: string): Tree => ({ stringValue: text })
const map = (key: string, value: Tree): Tree => ({ kvlistValue: { values: [{ key, value }] } })
const array = (...values: Tree[]): Tree => ({ arrayValue: { values } })

interface Pair {
  readonly key: string
  readonly value: Tree
}

/** A pair in each shape, by the shape's name; `undefined` where a value has no such shape. */
const shapes: Readonly<Record<string, (secret: Secret, key: string) => Pair | undefined>> = {
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

/** Shapes in which the value is a name itself. */
export const nameShapes: ReadonlySet<string> = new Set(['attribute name', 'name of a map’s key'])

/** Texts of a text field in each shape; a value that only its name tells is no secret there. */
const textShapes: Readonly<Record<string, (secret: Secret, key: string) => string | undefined>> = {
  text: ({ text, key }) => (key === undefined ? text : undefined),
  sentence: ({ text, key }) => (key === undefined ? `it said ${text} and went on` : undefined),
  'JSON text': ({ text }, key) => JSON.stringify({ a: 1, [key]: text }),
}

const wholeShapes: ReadonlySet<string> = new Set([
  'text',
  'string',
  'array element',
  'key of a map',
  'deep in maps and arrays',
  'bytes',
  ...nameShapes,
])

/** What is found only as a whole is planted in no larger text. */
function fits({ isWhole = false }: Secret, shape: string): boolean {
  return !isWhole || wholeShapes.has(shape)
}

/** Pairs that fit one record without reaching the limit of attributes. */
const perRecord = 20

function inAttributes<S extends Secret, P extends PlantPlace>(place: P, secrets: readonly S[]): Planting<S, P>[] {
  return Object.entries(shapes).flatMap(([shape, make]) => {
    const made = secrets.flatMap((secret) => {
      const pair = fits(secret, shape) ? make(secret, secret.key ?? neutral) : undefined
      return pair ? [{ secret, pair }] : []
    })
    const chunks = Array.from({ length: Math.ceil(made.length / perRecord) }, (_, at) =>
      made.slice(at * perRecord, (at + 1) * perRecord),
    )
    return chunks.map((chunk) =>
      planting(
        place,
        shape,
        place.requestWith(chunk.map(({ pair: { key, value } }) => ({ key, value }))),
        chunk.map(({ secret }) => secret),
      ),
    )
  })
}

function inValue<S extends Secret, P extends PlantPlace>(place: P, secrets: readonly S[]): Planting<S, P>[] {
  return Object.entries(shapes).flatMap(([shape, make]) =>
    secrets.flatMap((secret) => {
      const pair = fits(secret, shape) ? make(secret, secret.key ?? neutral) : undefined
      if (!pair) return []
      // What only its name tells needs a map around it; anything else is the value itself.
      const byName = secret.key !== undefined && pair.key === secret.key
      const given = byName || shape === 'attribute name' ? map(pair.key, pair.value) : pair.value
      // `message` at the top of a structured body is the log's own text; below the top it is somebody's message.
      const value = secret.key === 'message' ? map('a', given) : given
      return [planting(place, shape, place.requestWith(value), [secret])]
    }),
  )
}

function inText<S extends Secret, P extends PlantPlace>(place: P, secrets: readonly S[]): Planting<S, P>[] {
  return Object.entries(textShapes).flatMap(([shape, make]) =>
    secrets.flatMap((secret) => {
      const text = fits(secret, shape) ? make(secret, secret.key ?? neutral) : undefined
      return text === undefined ? [] : [planting(place, shape, place.requestWith(text), [secret])]
    }),
  )
}

function planting<S extends Secret, P extends PlantPlace>(
  place: P,
  shape: string,
  request: Tree,
  secrets: readonly S[],
): Planting<S, P> {
  return { signal: place.signal, place, shape, request, secrets, spot: `${place.signal} ${place.name}, ${shape}` }
}

/** Every secret in every place in every shape that fits. */
export function plant<S extends Secret, P extends PlantPlace>(
  places: readonly P[],
  secrets: readonly S[],
): Planting<S, P>[] {
  return places.flatMap((place) => {
    if (place.holds === 'attributes') return inAttributes(place, secrets)
    return place.holds === 'value' ? inValue(place, secrets) : inText(place, secrets)
  })
}
