// The forms of an attribute's name that rules are held against. Producers write one name in many ways (`user_message`,
// `userMessage`, `user-message`, `event.user_message`, `messages[0]`), and what cannot be seen in a name hides nothing.

/** Only a dialect's prefix where it is one, but a name means the same with it. */
const dialectPrefix = /^(?:event\.(?!name$|domain$)(?=.))+/s
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufe00-\ufe0f]/gu
const camelHump = /([a-z0-9])(?=[A-Z])/g
const separator = /[\s-]/g
const index = /(?:\.\d+|\[\d*\])+$/
/** A name of which every form is the name itself. */
const plain = /^(?!event\.)[a-z_.]*$/

/** What is seen of a name, in lower case. */
export function seenName(name: string): string {
  return visible(name).toLowerCase()
}

function visible(name: string): string {
  return name.normalize('NFKC').replace(invisible, '').trim()
}

/** Lower case; the name itself comes first, without repetitions. */
export function nameForms(name: string): readonly string[] {
  if (plain.test(name)) return [name]
  const bare = name.replace(dialectPrefix, '')
  const seen = visible(bare)
  const words = seen.replace(camelHump, '$1_').replace(separator, '_')
  const forms = [name, bare, seen, words]
  return [...new Set([...forms, ...forms.map((form) => form.replace(index, ''))].map((form) => form.toLowerCase()))]
}
