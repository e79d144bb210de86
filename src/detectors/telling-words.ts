// What the words of a name, or the words just before a value, tell about the value.
import { hints, vocabulary } from './vocabulary.ts'

export { hints } from './vocabulary.ts'

/** Words by a hash of their bytes from last to first, as they are met walking back. */
const words = new Map<number, number>()
/** Those that begin with no ASCII letter, which also end longer words: scripts without spaces and with prefixes. */
const endings = new Map<number, number>()
for (const [hint, list] of Object.entries(vocabulary)) {
  for (const word of list.split(/\s+/).filter((text) => text !== '')) {
    // Only ASCII is case-folded as it is read, and accents may stand apart.
    for (const form of [word, word[0].toUpperCase() + word.slice(1), word.toUpperCase(), ...withParticles(word)]) {
      for (const normal of [form.normalize('NFC'), form.normalize('NFD')]) {
        const bytes = new TextEncoder().encode(normal)
        const hash = hashOf(bytes)
        for (const list of bytes[0] < 0x80 ? [words] : [words, endings])
          list.set(hash, (list.get(hash) ?? 0) | hints[hint as keyof typeof hints])
      }
    }
  }
}

/** Scripts without spaces write what follows a noun with it: 电话是, 電話は, 전화는. */
function withParticles(word: string): string[] {
  if (!/\p{Script=Han}|\p{Script=Hangul}|\p{Script=Katakana}/u.test(word)) return []
  return [...'是为為は가는은이'].map((particle) => word + particle)
}

function hashOf(bytes: Uint8Array): number {
  let hash = 0
  for (let i = bytes.length - 1; i >= 0; i--) hash = step(hash, bytes[i])
  return hash
}

/** Case-folded for ASCII. */
function step(hash: number, b: number): number {
  return (Math.imul(hash, 0x01000193) + (b >= 0x41 && b <= 0x5a ? b | 32 : b) + 1) | 0
}

const isNumeral = (b: number): boolean => b >= 0x30 && b <= 0x39
const isPart = (b: number): boolean => b >= 0x80 || ((b | 32) >= 0x61 && (b | 32) <= 0x7a)
const isLower = (b: number): boolean => b >= 0x61 && b <= 0x7a
const isCapital = (b: number): boolean => b >= 0x41 && b <= 0x5a

/** How far back and how many words are read. */
const reach = 48
const maxWords = 5

/** Hints that end the walk: what they say holds, whatever comes before. */
const decisive = ~(hints.contact | hints.direction | hints.address | hints.calling | hints.person)
const callsSomeone = hints.calling | hints.person

/**
 * What the words before `at` tell, nearest first; at most a few words of the same sentence, none before `start`.
 * camelCase and snake_case parts are words too.
 */
export function tellingBefore(bytes: Uint8Array, start: number, at: number): number {
  const floor = Math.max(start, at - reach)
  let found = 0
  let count = 0
  let digits = 0
  for (let i = at - 1; i >= floor && count < maxWords;) {
    const b = bytes[i]
    if (isPart(b)) {
      let from = i
      let hash = 0
      let ending: number | undefined
      for (; from >= floor && isPart(bytes[from]); from--) {
        hash = step(hash, bytes[from])
        if (bytes[from] >= 0xc0) ending = endings.get(hash) ?? ending
      }
      const whole = idHint(bytes, floor, from, i) ?? words.get(hash) ?? ending
      if (isReplacement(bytes, from, i + 1)) {
        // `{phone}` stands for a number that was there, and tells nothing of the next.
      } else if (whole !== undefined) {
        // "Version" is said of what follows at once; the v of `/v1/` of its own number, and that of `v=…` is a value.
        const apart = i - from === 1 ? i + 1 < at : count > 0 || (i + 1 < at && isNumeral(bytes[i + 1]))
        found |= apart ? whole & ~hints.version : whole
        count++
      } else {
        // The parts of a camelCase name, last first.
        for (let k = i; k > from && count < maxWords && (found & decisive) === 0; count++) {
          hash = 0
          const low = isLower(bytes[k])
          for (; k > from; k--) {
            hash = step(hash, bytes[k])
            if (isCapital(bytes[k]) && (k - 1 === from || !isCapital(bytes[k - 1]) || low)) break
          }
          if (k > from) k--
          found |= (words.get(hash) ?? 0) & (count > 0 ? ~hints.version : -1)
        }
      }
      if ((found & callsSomeone) === callsSomeone) found |= hints.phone
      if ((found & decisive) !== 0) return found
      digits = 0
      i = from
      continue
    }
    if (isNumeral(b)) {
      // Another number in between: what is said before it is said of it, unless the two are a list.
      if (++digits > 4 && count > 0) return found
    } else if (ends(bytes, i, at, count)) return found
    else digits = 0
    i--
  }
  return found
}

/** `wa_id`, `recipientId`: an id that is a number of a phone. */
const phoneIds = ['wa', 'waid', 'recipient', 'sender', 'chat', 'remote'].map((word) => new TextEncoder().encode(word))

/** Of an `id` that ends at `last`, before which `from` is: what the word that it is joined to says of it. */
function idHint(bytes: Uint8Array, floor: number, from: number, last: number): number | undefined {
  if (last - from !== 2 || (bytes[last] | 32) !== 0x64 || (bytes[last - 1] | 32) !== 0x69) return undefined
  if (from < floor || (bytes[from] !== 0x5f && bytes[from] !== 0x2d)) return undefined
  const isNamed = phoneIds.some(
    (word) =>
      from - word.length >= floor - 1 &&
      word.every((b, k) => (bytes[from - word.length + k] | 32) === b) &&
      !isPart(bytes[from - word.length - 1]),
  )
  return isNamed ? (bytes[from - 1] === 0x61 ? hints.phone : hints.contact) : undefined
}

const isReplacement = (bytes: Uint8Array, before: number, after: number): boolean =>
  (bytes[before] === 0x7b && bytes[after] === 0x7d) ||
  (bytes[before] === 0x5b && bytes[after] === 0x5d && bytes[after + 1] !== 0x3d)

/** A line break, a semicolon, or a full stop before a space; not that of `tel. 123`. */
function ends(bytes: Uint8Array, i: number, at: number, words: number): boolean {
  const b = bytes[i]
  if (b === 0x0a || b === 0x3b || b === 0x7c) return true
  // The last part of a path tells, what stands before it does not.
  if (b === 0x2f && words > 0) return true
  return ((b === 0x2e && words > 0) || b === 0x21 || b === 0x3f) && i + 1 < at && bytes[i + 1] === 0x20
}
