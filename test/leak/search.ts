// Looks for planted values in any bytes, in every form in which they could have got out.
import type { Secret } from './values.ts'

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
  readonly form: string
  readonly view: View
  /** Its bytes as latin1, as the views are. */
  readonly bytes: string
  readonly trace: string
}

const known = new WeakMap<Secret, readonly Needle[]>()

function needlesOf(secret: Secret): readonly Needle[] {
  const found = known.get(secret)
  if (found) return found
  const needle = (form: string, view: View, text: string, trace: string): Needle => ({
    form,
    view,
    bytes: Buffer.from(text, 'utf8').toString('latin1'),
    trace,
  })
  const { traces, digits } = secret
  const all = traces.flatMap((trace) =>
    forms.flatMap(([form, view, of]) => of(trace).map((text) => needle(form, view, text, trace))),
  )
  if (digits !== undefined) all.push(needle('digits without separators', 'digits', digits, digits))
  const seen = new Set<string>()
  const needles = all.filter(({ view, bytes }) => !seen.has(`${view} ${bytes}`) && seen.add(`${view} ${bytes}`))
  known.set(secret, needles)
  return needles
}

/** Every form of every value that is in the haystack. */
export function search(haystack: Buffer, secrets: readonly Secret[]): Hit[] {
  const text = haystack.toString('latin1')
  const views: Record<View, string> = {
    raw: text,
    // Bytes above 0x7f are compared as they are.
    lower: text.replaceAll(/[A-Z]/g, (char) => char.toLowerCase()),
    digits: text.replaceAll(/(?<=\d)[\s().+/-]{1,3}(?=\d)/g, ''),
  }
  return secrets.flatMap((secret) =>
    needlesOf(secret).flatMap(({ form, view, bytes, trace }): Hit[] => {
      const offset = views[view].indexOf(bytes)
      return offset < 0 ? [] : [{ kind: secret.kind, form, trace, offset }]
    }),
  )
}
