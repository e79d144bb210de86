// What the conventions make of the values of one attribute: their words for what programs call otherwise, and a type.
import { delimitedValue, ValueTag } from '../otlp/any-value.ts'
import { BytesMap } from './bytes-map.ts'
import type { Coerce, Conventions, EventConventions } from './program.ts'

export interface ValueForm {
  /** Text as it comes → the convention's, as an AnyValue. */
  readonly words: BytesMap<Uint8Array> | undefined
  readonly coerce: Coerce | undefined
}

/** The form of a canonical name's values in the records of an event; undefined: they stay as they are. */
export type FormOf = (name: string, event: EventConventions | undefined) => ValueForm | undefined

export function compileForms({ values, coerce: types }: Conventions): FormOf {
  const wordsOf = new Map([...values].map(([name, words]) => [name, compileWords(words)]))
  return (name, event) => {
    const words = wordsOf.get(name)
    const coerce = event?.coerce.get(name) ?? types.get(name)
    return words === undefined && coerce === undefined ? undefined : { words, coerce }
  }
}

function compileWords(words: ReadonlyMap<string, string>): BytesMap<Uint8Array> {
  const compiled = new BytesMap<Uint8Array>()
  for (const [text, word] of words) {
    const bytes = Buffer.from(text)
    compiled.set(bytes, 0, bytes.length, delimitedValue(ValueTag.string, Buffer.from(word)))
  }
  return compiled
}
