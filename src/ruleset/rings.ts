// `keys:` of the layers → key rings, with the gateway's own key where a ruleset brings none.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { KeyRing } from '../actions/keys.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { defaultRing } from './action-of.ts'
import { decodeKey, ensureDefaultKey, minKeyBytes, type NamedKey } from './keys.ts'
import { placeOf, placeOfKey, type Layer } from './layers.ts'

/**
 * Where the gateway's own key comes from: given, or kept in the data folder (and made there at the first start, unless
 * `mayMake` is false). With `forAll` the given one stands for every key, and none is read: for looking at rulesets where
 * the secrets are not.
 */
export type OwnKey =
  | { readonly key: NamedKey; readonly forAll?: boolean }
  | { readonly dataDir: string; readonly mayMake?: boolean }

export interface Rings {
  readonly rings: ReadonlyMap<string, KeyRing>
  readonly diagnostics: readonly Diagnostic[]
  readonly notes: readonly string[]
}

type Env = Readonly<Record<string, string | undefined>>
type RingForm = NonNullable<Layer['content']['keys']>[string]

/**
 * Reads every ring; a later layer's ring replaces an earlier one of the same name.
 * @param today ISO date: old keys that are past their last day are warned of
 */
export function readRings(layers: readonly Layer[], own: OwnKey, env: Env, today: string): Rings {
  const diagnostics: Diagnostic[] = []
  const notes: string[] = []
  const rings = new Map<string, KeyRing>()
  const written = new Map<string, { layer: Layer; form: RingForm }>()
  for (const layer of layers) {
    for (const [name, form] of Object.entries(layer.content.keys ?? {})) written.set(name, { layer, form })
  }
  for (const [name, { layer, form }] of written) {
    const keys = new Map<string, Uint8Array>()
    for (const id of Object.keys(form.ring)) {
      const bytes = 'key' in own && own.forAll === true ? own.key.bytes : readKey(layer, name, id, form.ring[id], env)
      if (bytes instanceof Uint8Array) keys.set(id, bytes)
      else diagnostics.push(bytes)
    }
    diagnostics.push(...oldKeyFaults(layer, name, form, today))
    if (!Object.hasOwn(form.ring, form.active)) {
      const message = `the ring "${name}" has no key "${form.active}"${didYouMean(form.active, Object.keys(form.ring))}`
      diagnostics.push({
        code: 'ruleset/unknown-key-id',
        severity: 'error',
        message,
        ...placeOf(layer, ['keys', name, 'active']),
      })
    }
    rings.set(name, { active: form.active, keys })
  }
  if (!rings.has(defaultRing)) {
    const found = ownKey(own, notes)
    if ('code' in found) diagnostics.push(found)
    else rings.set(defaultRing, { active: found.id, keys: new Map([[found.id, found.bytes]]) })
  }
  return { rings, diagnostics, notes }
}

/** The files that the keys of the layers are in. */
export function keyFilesOf(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ folder, content }) =>
    Object.values(content.keys ?? {}).flatMap(({ ring }) =>
      Object.values(ring).flatMap(({ file }) => (file === undefined ? [] : [resolve(folder, file)])),
    ),
  )
}

/** An old key that is active, and those that are past their last day. */
function oldKeyFaults(layer: Layer, ring: string, { active, ring: sources }: RingForm, today: string): Diagnostic[] {
  return Object.entries(sources).flatMap(([id, { lookup_only: isOld = false, until }]) => {
    const found: Diagnostic[] = []
    if (isOld && id === active) {
      const message = `the key "${id}" of the ring "${ring}" is active and says lookup_only`
      const help = 'make another key active, or take lookup_only off'
      const place = placeOf(layer, ['keys', ring, 'active'])
      found.push({ code: 'ruleset/old-key-active', severity: 'error', message, ...place, help })
    }
    if (until !== undefined && until < today) {
      const message = `the key "${id}" of the ring "${ring}" was needed until ${until}; its pseudonyms are still left alone`
      const help = 'take it out of the ring, or give it a later day'
      const place = placeOf(layer, ['keys', ring, 'ring', id, 'until'])
      found.push({ code: 'ruleset/old-key', severity: 'warning', message, ...place, help })
    }
    return found
  })
}

function ownKey(own: OwnKey, notes: string[]): NamedKey | Diagnostic {
  if ('key' in own) return own.key
  try {
    const key = ensureDefaultKey(own.dataDir, own.mayMake)
    if (key.created) {
      notes.push(
        `made a key for pseudonyms, ${key.file} (id ${key.id}): keep a copy, without it old and new pseudonyms differ`,
      )
    }
    return key
  } catch (error) {
    const message = `cannot read or make the key of pseudonyms in ${own.dataDir} (${reasonOf(error)})`
    const help =
      own.mayMake === false
        ? 'put the key back: another one is made at a start only, since old and new pseudonyms would differ'
        : 'make the folder writable, or name a key under `keys:` of the ruleset'
    return { code: 'ruleset/key-unreadable', severity: 'error', message, file: own.dataDir, help }
  }
}

function readKey(
  layer: Layer,
  ring: string,
  id: string,
  source: RingForm['ring'][string],
  env: Env,
): Uint8Array | Diagnostic {
  const fault = (code: string, message: string, help?: string): Diagnostic => ({
    code: `ruleset/${code}`,
    severity: 'error',
    message: `key "${id}" of the ring "${ring}" ${message}`,
    ...placeOfKey(layer, ['keys', ring, 'ring', id]),
    ...(help === undefined ? {} : { help }),
  })
  const written =
    source.file === undefined ? readVariable(source.env ?? '', env) : readFile(resolve(layer.folder, source.file))
  if (typeof written === 'string') {
    const help =
      source.file === undefined
        ? 'set it to 32 random bytes: export NAME="base64:$(openssl rand -base64 32)"'
        : 'name a file that may be read, or make one: openssl rand -out FILE 32'
    return fault('key-unreadable', `cannot be read: ${written}`, help)
  }
  const bytes = decodeKey(written)
  if (bytes === undefined)
    return fault(
      'key-unreadable',
      'is not valid base64 after "base64:"',
      'echo "base64:$(openssl rand -base64 32)" makes one',
    )
  if (bytes.length >= minKeyBytes) return bytes
  return fault(
    'key-too-short',
    `has ${bytes.length} bytes, want at least ${minKeyBytes}`,
    'openssl rand -out pseudonym.key 32',
  )
}

function readVariable(name: string, env: Env): Uint8Array | string {
  const value = env[name]
  return value === undefined || value === '' ? `the variable ${name} is not set` : new TextEncoder().encode(value)
}

function readFile(path: string): Uint8Array | string {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    return `${path} (${reasonOf(error)})`
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code)
  return error instanceof Error ? error.message : 'unknown error'
}
