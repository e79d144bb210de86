import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { authorization } from '../../src/exporters/auth.ts'

function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'secret-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'token')
  writeFileSync(path, content)
  return path
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('authorization', () => {
  it('is what the configuration says', () => {
    expect(authorization('x', undefined)).toBeUndefined()
    expect(authorization('x', { token: 't0ken' })?.()).toBe('Bearer t0ken')
    expect(authorization('x', { basic: { username: '1234', password: 'päss:word' } })?.()).toBe(basic('1234:päss:word'))
  })

  it('comes from a file, without the newline at its end', () => {
    expect(authorization('x', { tokenFile: file('t0ken\n') })?.()).toBe('Bearer t0ken')
    expect(authorization('x', { basic: { username: 'u', passwordFile: file('p\r\n') } })?.()).toBe(basic('u:p'))
  })

  it('is not possible with a file that is missing or empty, or a token that no header can hold', () => {
    expect(() => authorization('otlp_http/x', { tokenFile: '/nowhere/token' })).toThrow(
      'otlp_http/x: the secret file "/nowhere/token" cannot be read (ENOENT)',
    )
    expect(() => authorization('otlp_http/x', { tokenFile: file('\n') })).toThrow('is empty')
    expect(() => authorization('otlp_http/x', { token: 'secret\nx' })).toThrow(/^otlp_http\/x: (?!.*secret\n)/)
  })
})

describe('a file that changes', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('holds from then on, also when it is a link that is swapped', () => {
    const path = file('first')
    const link = `${path}-link`
    symlinkSync(path, link)
    const current = authorization('x', { tokenFile: link })!
    writeFileSync(`${path}-2`, 'second!')
    symlinkSync(`${path}-2`, `${link}-2`)
    renameSync(`${link}-2`, link)
    vi.advanceTimersByTime(1_001)
    expect(current()).toBe('Bearer second!')
  })

  it('and is gone or empty leaves the former secret in force', () => {
    const path = file('first')
    const current = authorization('x', { tokenFile: path })!
    for (const unusable of ['', 'two\nlines']) {
      writeFileSync(path, unusable)
      vi.advanceTimersByTime(1_001)
      expect(current()).toBe('Bearer first')
    }
    rmSync(path)
    vi.advanceTimersByTime(1_001)
    expect(current()).toBe('Bearer first')
    writeFileSync(path, 'third one')
    vi.advanceTimersByTime(1_001)
    expect(current()).toBe('Bearer third one')
  })
})
