// Pseudonyms: what stands for a person where the person was. One person is one pseudonym, however the number or the
// address was written, so values are hashed in a canonical form.
import { createHmac, hash as digest } from 'node:crypto'
import { emailOf } from '../detectors/email.ts'
import { phoneOf } from '../detectors/phone-number.ts'
import type { Hash } from './action.ts'
import type { KeyRing } from './keys.ts'
import { Recent } from './recent.ts'

export interface PhoneOptions {
  /** The region (ISO 3166) of national numbers. */
  readonly defaultRegion?: string
}

export interface Pseudonyms {
  /** The pseudonym of a text in canonical form: `hm:<key id>:<hex>`, or `sha256:<hex>` where that is asked for. */
  hash(hash: Hash, canonical: string): string
  /** Whether the whole text is a pseudonym of ours, under any key of the rings. */
  isOwn(text: string): boolean
  /** A pseudonym of ours anywhere in a text, as the source of a regular expression. */
  readonly pattern: string
  /** The ids of all keys of all rings. */
  readonly keyIds: readonly string[]
}

const generation = 8192
/** Longer texts are neither remembered nor hashed in the scratch buffer. */
const longest = 256
const block = 64

/**
 * @param rings key rings by name
 * @param hashes the hashes in use: their lengths tell a pseudonym from what only looks like one
 * @throws Error when a hash names a ring that is not there
 */
export function createPseudonyms(rings: ReadonlyMap<string, KeyRing>, hashes: Iterable<Hash>): Pseudonyms {
  const makers = new Map([...rings].map(([name, ring]) => [name, createMaker(ring)]))
  const keyIds = [...new Set([...rings.values()].flatMap((ring) => [...ring.keys.keys()]))]
  const lengths = { hmac: new Set<number>(), sha256: new Set<number>() }
  for (const hash of hashes) {
    lengths[hash.method].add(hash.chars)
    if (hash.method === 'hmac') makerOf(hash.key)
  }
  const pattern = patternOf(keyIds, lengths.hmac, lengths.sha256)
  const own = new RegExp(`^(?:${pattern})$`)

  function makerOf(name: string): (canonical: string) => Pseudonym {
    const maker = makers.get(name)
    if (maker === undefined) throw new Error(`no key ring is called "${name}"`)
    return maker
  }

  return {
    hash(hash, canonical) {
      if (hash.method === 'sha256') return `sha256:${digest('sha256', canonical).slice(0, hash.chars)}`
      const { prefix, hex } = makerOf(hash.key)(canonical)
      return prefix + hex.slice(0, hash.chars)
    },
    isOwn: (text) => own.test(text),
    pattern,
    keyIds,
  }
}

/**
 * The canonical form of a value: phone numbers, JIDs and `whatsapp:` ids are their E.164 digits, e-mail addresses are
 * in lower case, anything else is as it is, without the space around it.
 */
export function canonical(text: string, phone: PhoneOptions): string {
  const trimmed = text.trim()
  const number = phoneOf(trimmed, phone)
  if (number !== undefined) return number.digits
  const email = addressOf(trimmed)
  return email === undefined ? trimmed : `${email.local}@${email.domain}`.toLowerCase()
}

/** The parts of an e-mail address, also of one written for a URL (`ana%40example.com`) or with an escaped `@`. */
export function addressOf(text: string): { local: string; domain: string } | undefined {
  return emailOf(text) ?? (escapedAt.test(text) ? emailOf(plainAddress(text)) : undefined)
}

const escapedAt = /%40|\\u0040|\\x40|&#(?:64|x40);/i

function plainAddress(text: string): string {
  return text
    .replace(escapedAt, '@')
    .replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

interface Pseudonym {
  readonly prefix: string
  readonly hex: string
}

/**
 * HMAC-SHA-256 (RFC 2104) under the ring's active key. Two one-shot digests over prepared blocks take half the time of
 * `createHmac`, and latin1 strings between them half of what buffers take.
 */
function createMaker(ring: KeyRing): (canonical: string) => Pseudonym {
  const key = ring.keys.get(ring.active)
  if (key === undefined) throw new Error(`the key ring has no key "${ring.active}"`)
  const prefix = `hm:${ring.active}:`
  const padded = Buffer.alloc(block)
  padded.set(key.length > block ? digest('sha256', key, 'buffer') : key)
  const inner = Buffer.alloc(block + 3 * longest)
  const outer = Buffer.alloc(block + 32)
  for (let i = 0; i < block; i++) {
    inner[i] = padded[i] ^ 0x36
    outer[i] = padded[i] ^ 0x5c
  }
  const recent = new Recent<Pseudonym>(generation)
  return (canonical) => {
    if (canonical.length > longest) return { prefix, hex: createHmac('sha256', key).update(canonical).digest('hex') }
    const known = recent.get(canonical)
    if (known !== undefined) return known
    const end = block + inner.write(canonical, block)
    outer.write(digest('sha256', inner.subarray(0, end), 'latin1'), block, 'latin1')
    const made = { prefix, hex: digest('sha256', outer, 'hex') }
    recent.set(canonical, made)
    return made
  }
}

function patternOf(keyIds: readonly string[], hmac: ReadonlySet<number>, sha256: ReadonlySet<number>): string {
  const hex = (lengths: ReadonlySet<number>) =>
    `(?:${[...lengths].map((length) => `[0-9a-f]{${length}}(?![0-9a-f])`).join('|')})`
  const parts: string[] = []
  if (keyIds.length > 0 && hmac.size > 0) parts.push(`hm:(?:${keyIds.map(literal).join('|')}):${hex(hmac)}`)
  if (sha256.size > 0) parts.push(`sha256:${hex(sha256)}`)
  return parts.length === 0 ? '(?!)' : parts.join('|')
}

/** The source of a regular expression that matches the text itself. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
