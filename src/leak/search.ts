// Looks for planted values in any bytes, in every form in which they could have got out.
import type { Secret } from './secret.ts'

export interface Hit {
  readonly kind: string
  readonly form: string
  /** What was found: made-up data, safe to print in a test. */
  readonly trace: string
  /** Offset in the haystack in the form's own normalization. */
  readonly offset: number
}

/** Base64 of the text at each of the three alignments, without the characters that its neighbours would change. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8')
  return [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
    const from = Math.ceil((shift * 8) / 6)
    const to = Math.floor((shifted.length * 8) / 6)
    return shifted.toString('base64').replaceAll('=', '').slice(from, to)
  })
}

const formUrl = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2)
const everyByte = (text: string): string =>
  [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const jsonEscaped = (text: string): string => JSON.stringify(text).slice(1, -1)
const unicodeEscaped = (text: string): string =>
  [...text].map((char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('')

/** A form, and the view of the haystack that it is looked for in. */
type View = 'raw' | 'lower' | 'digits'
const forms: readonly (readonly [name: string, view: View, of: (trace: string) => readonly string[]])[] = [
  ['raw', 'raw', (trace) => [trace]],
  ['lower-cased', 'lower', (trace) => [trace.toLowerCase()]],
  ['JSON-escaped', 'raw', (trace) => [jsonEscaped(trace)]],
  ['\\u-escaped', 'lower', (trace) => [unicodeEscaped(trace)]],
  ['URL-encoded', 'lower', (trace) => [encodeURIComponent(trace).toLowerCase(), formUrl(trace).toLowerCase()]],
  ['URL-encoded throughout', 'lower', (trace) => [everyByte(trace)]],
  ['base64', 'raw', base64Forms],
  ['base64url', 'raw', (trace) => base64Forms(trace).map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))],
  ['hex', 'lower', (trace) => [Buffer.from(trace, 'utf8').toString('hex')]],
]

interface Needle {
  readonly secret: Secret
  readonly form: string
  readonly view: View
  readonly bytes: Buffer
  readonly trace: string
}

const known = new WeakMap<Secret, readonly Needle[]>()

function needlesOf(secret: Secret): readonly Needle[] {
  const found = known.get(secret)
  if (found) return found
  const { traces, digits } = secret
  const needle = (form: string, view: View, text: string, trace: string): Needle => {
    const bytes = Buffer.from(text, 'utf8')
    if (bytes.length < prefix) throw new Error(`too short to be looked for: ${text}`)
    return { secret, form, view, bytes, trace }
  }
  const all = traces.flatMap((trace) =>
    forms.flatMap(([form, view, of]) => of(trace).map((text) => needle(form, view, text, trace))),
  )
  if (digits !== undefined) all.push(needle('digits without separators', 'digits', digits, digits))
  known.set(secret, all)
  return all
}

/** Bytes that a needle is found by, before it is compared. */
const prefix = 4
const slots = 1 << 16
const slotOf = (bytes: Buffer, at: number): number => Math.imul(bytes.readInt32LE(at), 0x9e3779b1) >>> 16

/** The first place of each needle in a view: one walk over the bytes for all needles. */
function walk(haystack: Buffer, needles: readonly Needle[]): Hit[] {
  const bySlot = new Map<number, Needle[]>()
  const filled = new Uint8Array(slots)
  for (const needle of needles) {
    const slot = slotOf(needle.bytes, 0)
    filled[slot] = 1
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), needle])
  }
  const hits = new Map<Needle, Hit>()
  for (let at = 0; at + prefix <= haystack.length; at++) {
    const slot = slotOf(haystack, at)
    if (filled[slot] === 0) continue
    for (const needle of bySlot.get(slot) ?? []) {
      const { bytes, form, trace, secret } = needle
      if (
        hits.has(needle) ||
        haystack.compare(bytes, 0, bytes.length, at, Math.min(at + bytes.length, haystack.length))
      )
        continue
      hits.set(needle, { kind: secret.kind, form, trace, offset: at })
    }
  }
  return [...hits.values()]
}

/** ASCII in lower case; other bytes as they are. */
function lowered(haystack: Buffer): Buffer {
  const lower = Buffer.from(haystack)
  for (let at = 0; at < lower.length; at++) if (lower[at] >= 0x41 && lower[at] <= 0x5a) lower[at] |= 0x20
  return lower
}

const separators = new Set(Buffer.from(' ().+-/\t\n'))
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** Without the separators, at most three, between digits. */
function joined(haystack: Buffer): Buffer {
  const out = Buffer.alloc(haystack.length)
  let length = 0
  for (let at = 0; at < haystack.length; at++) {
    out[length++] = haystack[at]
    if (!isDigit(haystack[at])) continue
    let next = at + 1
    while (next - at <= 3 && separators.has(haystack[next])) next++
    if (next > at + 1 && isDigit(haystack[next])) at = next - 1
  }
  return out.subarray(0, length)
}

/** Every form of every value that is in the haystack, at the first place of each. */
export function search(haystack: Buffer, secrets: readonly Secret[]): Hit[] {
  const needles = secrets.flatMap(needlesOf)
  const of = (view: View): Needle[] => needles.filter((needle) => needle.view === view)
  return [
    ...walk(haystack, of('raw')),
    ...walk(lowered(haystack), of('lower')),
    ...walk(joined(haystack), of('digits')),
  ]
}

/** Looks for single values in a short haystack: the first form of each that is there. */
export function finder(haystack: Buffer): (secret: Secret) => string | undefined {
  const views: Partial<Record<View, Buffer>> = { raw: haystack }
  const viewOf = (view: View): Buffer => (views[view] ??= view === 'lower' ? lowered(haystack) : joined(haystack))
  return (secret) => needlesOf(secret).find(({ view, bytes }) => viewOf(view).includes(bytes))?.form
}
