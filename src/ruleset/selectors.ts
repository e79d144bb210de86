// `attr:` and `path:` of a rule → the places it is about. The list of places comes from the field table.
import { didYouMean } from '../diagnostics/suggest.ts'
import { contexts, messages, type Context } from '../otlp/fields.ts'
import type { Selector } from './program.ts'

/** Every place of text that is no attribute and no body: `span.name`, `metric.description` … */
export const textPlaces: readonly string[] = [
  ...new Set(
    Object.values(messages)
      .flatMap(({ fields }) => fields)
      .flatMap(({ meaning, place }) =>
        place !== undefined && (meaning === 'name' || meaning === 'text') ? [place] : [],
      ),
  ),
].toSorted()

/** Every place that a ruleset can speak of, as it is written; for documentation and "did you mean". */
export const allPlaces: readonly string[] = [
  ...textPlaces,
  ...contexts.map((context) => `${context}.${attributesWord(context)}`),
  'log.body',
].toSorted()

const idPlaces = new Set(
  Object.values(messages)
    .flatMap(({ fields }) => fields)
    .flatMap(({ meaning, place }) => (place !== undefined && meaning === 'id' ? [place] : [])),
)

/** The selector of an attribute name or glob. */
export function attributeSelector(name: string, inContexts: readonly Context[] = contexts): Selector {
  const glob = name.trim().toLowerCase().replace(/\*+/g, '*')
  return { is: 'attribute', glob, contexts: new Set(inContexts) }
}

/** The selector of an OTTL path, or why there is none. */
export function pathSelector(path: string): { selector: Selector } | { error: string; help: string } {
  const parsed = parsePath(path.trim())
  if (parsed === undefined) {
    return {
      error: `"${path}" is no path`,
      help: "paths are written span.name, span.attributes['key'], log.body['key'], log.body.**",
    }
  }
  const { head, keys, deep } = parsed
  if (head === 'log.body') return { selector: { is: 'body', keys, deep } }
  const context = contexts.find((each) => head === `${each}.${attributesWord(each)}`)
  if (context !== undefined) {
    if (keys.length > 1) {
      return {
        error: `"${path}" goes into an attribute`,
        help: `a rule with attr: "${keys[keys.length - 1]}" covers this key wherever it is`,
      }
    }
    return { selector: attributeSelector(keys[0] ?? '*', [context]) }
  }
  if (idPlaces.has(head)) {
    return { error: `"${head}" is an id`, help: 'ids are checked by their length, rules do not change them' }
  }
  if (!textPlaces.includes(head)) {
    return {
      error: `no place is called "${head}"${didYouMean(head, allPlaces)}`,
      help: `the places are ${allPlaces.join(', ')}`,
    }
  }
  if (keys.length > 0 || deep) return { error: `"${head}" is text, it has nothing below it`, help: `write ${head}` }
  return { selector: { is: 'place', place: head } }
}

/** OTTL's word for the attributes of a context: metrics have metadata. */
function attributesWord(context: Context): string {
  return context === 'metric' ? 'metadata' : 'attributes'
}

function parsePath(path: string): { head: string; keys: string[]; deep: boolean } | undefined {
  const match = /^([a-z_]+(?:\.[a-z_]+)*)((?:\[(?:'[^']*'|"[^"]*")\])*)(\.\*\*)?$/.exec(path)
  if (match === null) return undefined
  const keys = [...match[2].matchAll(/\[(?:'([^']*)'|"([^"]*)")\]/g)].map(([, single, double]) => single ?? double)
  return { head: match[1], keys, deep: match[3] !== undefined }
}
