// Hostile text costs little a byte, however long it is: counted as reads of the text, not as time.
import { describe, expect, it } from 'vitest'
import { createScanner } from '../../src/detectors/scanner.ts'
import { defaultOptions } from './scan-text.ts'

const scanner = createScanner(defaultOptions)

/** How often a byte of the text is read, on average. */
function readsPerByte(unit: string, length: number): number {
  const piece = Buffer.from(unit)
  const text = new Uint8Array(length)
  for (let i = 0; i < length; i++) text[i] = piece[i % piece.length]
  let reads = 0
  const counted = new Proxy(text, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  scanner.scan(counted, 0, length, 0)
  return reads / length
}

/** What a search for slow texts came to, and what was once quadratic. */
const units = [
  ['1-', '1 ', '(1', '00 ', '0  00 00 ', '1231-', '+1', '1.', '1.2.3.4', '1.2.3.4.', '1-1-1.2.3.4@a.1 ', '/0001-95'],
  ['pj1q~', 'sk-', 'ghp_', 'api/webhooks/', 's.', 'TEST-', ':APA91b', 'eyJa', 'SG.', 'v1.0-', '~a', '/media/'],
  ['token=', 'token: ', 'token ', 'sig=', 'secret=secret=\0', 'password "', 'identified by ', 'auth"', 'pat='],
  ['@tcp(', ':thin:a/', ' -u a:', 'a://b:', '://', 'a@', '@a.b_', 'cookie:a=', 'cookie: a=1;', 'Cookie: '],
  ['mac=', 'aa_bb_', 'aa:bb:', '::1', 'cnpj 1', 'ibanDE12', '-----BEGIN PRIVATE KEY', '/home/', 'GET /home/'],
].flat()

describe('reads of the text', () => {
  it.each(units)('of %j a byte do not grow with its length', (unit) => {
    const short = readsPerByte(unit, 4096)
    const long = readsPerByte(unit, 16_384)
    expect(long).toBeLessThan(short * 1.2 + 1)
    expect(long).toBeLessThan(160)
  })

  it('are one a byte where there is nothing to look at', () => {
    expect(readsPerByte('nothing here to look at, ', 4096)).toBeLessThan(1.1)
  })
})
