import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeKey, ensureDefaultKey, keyIdOf } from '../../src/ruleset/keys.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe("the gateway's own key", () => {
  it('is made once: 32 bytes that only the owner can read, and nothing beside it', () => {
    const dataDir = join(folder, 'new', 'data')
    const first = ensureDefaultKey(dataDir)
    expect(first).toMatchObject({ created: true, file: join(dataDir, 'pseudonym.key') })
    expect(first.bytes).toHaveLength(32)
    expect(statSync(first.file).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['pseudonym.key'])
    expect(ensureDefaultKey(dataDir)).toEqual({ ...first, created: false })
  })

  it('is another one in another folder, and its id says so', () => {
    const [one, other] = [ensureDefaultKey(join(folder, 'a')), ensureDefaultKey(join(folder, 'b'))]
    expect(one.id).toMatch(/^k[0-9a-f]{6}$/)
    expect(one.id).not.toBe(other.id)
    expect(one.id).toBe(keyIdOf(one.bytes))
  })

  it('is never replaced when it is too short: pseudonyms would change without a word', () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'pseudonym.key'), 'short')
    expect(() => ensureDefaultKey(folder)).toThrow('shorter than 32 bytes')
  })
})

describe('key material', () => {
  it.each([
    ['raw bytes', Uint8Array.of(1, 2, 255), Uint8Array.of(1, 2, 255)],
    ['base64', Buffer.from('base64:AQL/'), Uint8Array.of(1, 2, 255)],
    ['base64 with a newline', Buffer.from('base64:AQL/\n'), Uint8Array.of(1, 2, 255)],
    ['base64 for URLs', Buffer.from('base64:AQL_'), Uint8Array.of(1, 2, 255)],
    ['no base64', Buffer.from('base64:A*'), undefined],
  ])('%s', (_, written, bytes) => {
    const decoded = decodeKey(written)
    expect(decoded === undefined ? undefined : Uint8Array.from(decoded)).toEqual(bytes)
  })
})
