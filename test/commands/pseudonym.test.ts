import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const [older, newer] = [1, 2].map((byte) => `base64:${Buffer.alloc(32, byte).toString('base64')}`)
const ringOf = (active: string): string => `version: 1
name: mine
extends: [builtin:automagik]
keys: { pseudonym: { active: ${active}, ring: { k1: { file: one }, k2: { file: two } } } }
`

/** A folder with two keys and a ruleset for each of them being active. */
function folder(): string {
  const cwd = temporaryFolder()
  const files = { one: older, two: newer, 'first.yaml': ringOf('k1'), 'second.yaml': ringOf('k2') }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return cwd
}

interface Row {
  readonly key: string
  readonly active: boolean
  readonly class: string
  readonly text: string
  readonly ofDomain: boolean
}

async function rowsOf(cwd: string, stdin: string, ruleset = 'second.yaml'): Promise<readonly Row[]> {
  const { stdout } = await cli(['pseudonym', '--ruleset', ruleset, '--format', 'json'], { cwd, stdin })
  return (JSON.parse(stdout) as { pseudonyms: Row[] }).pseudonyms
}

/** What the engine makes of an attribute under a ruleset. */
async function sanitized(cwd: string, ruleset: string, name: string, value: string): Promise<string> {
  const attributes = [{ key: name, value: { stringValue: value } }]
  const stdin = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: '1', attributes }] }] }] })
  const { stdout } = await cli(['sanitize', '--format', 'otlp-json', '--ruleset', ruleset], { cwd, stdin })
  return /"stringValue":"([^"]*)"/.exec(stdout)?.[1] ?? ''
}

describe('pseudonym', () => {
  it('prints what the engine writes, under every key of the ring', async () => {
    const cwd = folder()
    for (const [value, name, className] of [
      ['+55 (11) 91234-5678', 'phone', 'phone'],
      ['Ana.Silva@example.com', 'user.id', 'user.id'],
      ['user-4711', 'user.id', 'user.id'],
    ]) {
      const rows = (await rowsOf(cwd, `${value}\n`)).filter((row) => row.class === className)
      expect(rows.map(({ key, active }) => [key, active])).toEqual([
        ['k1', false],
        ['k2', true],
      ])
      expect(rows[0].text).toBe(await sanitized(cwd, 'first.yaml', name, value))
      expect(rows[1].text).toBe(await sanitized(cwd, 'second.yaml', name, value))
      expect(rows[1].text).not.toBe(rows[0].text)
    }
  })

  it('is the same however a number is written', async () => {
    const cwd = folder()
    const own = async (subject: string) => (await rowsOf(cwd, subject)).filter((row) => row.class !== 'email')
    expect(await own('5511912345678@s.whatsapp.net')).toEqual(await own('+55 11 91234-5678'))
  })

  it('marks what stands for everyone at a domain', async () => {
    const rows = await rowsOf(folder(), 'ana@example.com')
    expect(rows.filter(({ ofDomain }) => ofDomain).map((row) => row.class)).toEqual(['email', 'email'])
  })

  it('says as what it reads the subject, and does not repeat it', async () => {
    const { code, stdout } = await cli(['pseudonym', '--ruleset', 'second.yaml'], {
      cwd: folder(),
      stdin: 'ana@example.com',
    })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Read as an e-mail address\.\n\nk1 +user\.id +hm:k1:[0-9a-f]{16}\nk2 {2}active {2}user\.id/)
    expect(stdout).not.toContain('ana@')
  })

  it('uses the key in the data folder, or says that there is none', async () => {
    const cwd = temporaryFolder()
    const args = ['pseudonym', '--data-dir', '.']
    const without = await cli(args, { cwd, stdin: 'ana' })
    expect([without.code, without.stdout]).toEqual([1, ''])
    expect(without.stderr).toContain('there is no key in .')
    writeFileSync(join(cwd, 'pseudonym.key'), Buffer.alloc(32, 3))
    const { code, stdout } = await cli(args, { cwd, stdin: 'ana' })
    expect(code).toBe(0)
    expect(stdout).toMatch(/hm:k[0-9a-f]+:[0-9a-f]{16}/)
  })

  it('does not take the subject from the command line, which every user of the machine can see', async () => {
    const { code, stdout, stderr } = await cli(['pseudonym', 'ana'], { cwd: folder(), stdin: 'ana' })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('standard input')
    expect(stderr).not.toContain('ana')
  })

  it.each(['', ' \n', 'ana\nbob\n'])('wants one subject, not %j', async (stdin) => {
    const { code, stderr } = await cli(['pseudonym', '--ruleset', 'first.yaml'], { cwd: folder(), stdin })
    expect(code).toBe(2)
    expect(stderr).toContain('one subject')
  })
})
