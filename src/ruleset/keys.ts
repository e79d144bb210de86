// Where the keys of pseudonyms come from: files and variables that a ruleset names, or a key of the gateway's own.
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** RFC 2104: a key shorter than the hash's output weakens it. */
export const minKeyBytes = 32

export interface NamedKey {
  readonly id: string
  readonly bytes: Uint8Array
}

export interface DefaultKey extends NamedKey {
  readonly file: string
  /** Whether this call made it. */
  readonly created: boolean
}

/** Where the gateway keeps its own key. */
export function defaultKeyFile(dataDir: string): string {
  return join(dataDir, 'pseudonym.key')
}

/**
 * The gateway's own key: read from the data folder, or made there (32 random bytes, mode 0600). Two processes that start
 * at once end up with one key.
 * @param mayMake false: a key that is not there is an error
 * @throws an error of the file system, or one that says that the key is too short
 */
export function ensureDefaultKey(dataDir: string, mayMake = true): DefaultKey {
  const file = defaultKeyFile(dataDir)
  const known = readIfThere(file)
  if (known !== undefined) return { id: keyIdOf(known), bytes: known, created: false, file }
  if (!mayMake) throw Object.assign(new Error('the key is gone'), { code: 'ENOENT' })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, randomBytes(minKeyBytes), { mode: 0o600, flag: 'wx' })
  chmodSync(draft, 0o600)
  // A link, unlike a rename, fails when another process was first.
  const created = link(draft, file)
  unlinkSync(draft)
  const bytes = readIfThere(file)
  if (bytes === undefined) throw new Error('the key cannot be read back')
  return { id: keyIdOf(bytes), bytes, created, file }
}

/** An id that tells keys apart and gives nothing of them away: `k` and six hex digits of the key's SHA-256. */
export function keyIdOf(bytes: Uint8Array): string {
  return `k${createHash('sha256').update(bytes).digest('hex').slice(0, 6)}`
}

/** Key material as written in a file or variable: raw bytes, or `base64:` and base64. Undefined: not base64. */
export function decodeKey(written: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString('latin1')
  if (!text.startsWith('base64:')) return written
  const encoded = text.slice('base64:'.length).trim()
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) return undefined
  return new Uint8Array(Buffer.from(encoded, 'base64'))
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    const bytes = new Uint8Array(readFileSync(file))
    if (bytes.length < minKeyBytes) throw new Error(`${file} is shorter than ${minKeyBytes} bytes`)
    return bytes
  } catch (error) {
    if (isErrno(error) && error.code === 'ENOENT') return undefined
    throw error
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return false
    throw error
  }
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}
