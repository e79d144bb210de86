// What the conventions make of the values of one attribute: their words for what programs call otherwise, and a type.
import { delimitedValue, ValueTag } from '../otlp/any-value.ts'
import type { Coerce, Conventions, EventConventions } from './program.ts'

/** Characters that a word has at most. */
export const longestWord = 64

/** Text as programs send it → the convention's, as an AnyValue. */
export type Words = ReadonlyMap<string, Uint8Array>

export interface ValueForm {
  readonly words: Words | undefined
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

function compileWords(words: ReadonlyMap<string, string>): Words {
  return new Map([...words].map(([text, word]) => [text, delimitedValue(ValueTag.string, Buffer.from(word))]))
}
