import { describe, expect, test } from 'vitest'
import { bench, hash } from './treatment.ts'

const digits = '5511912345678'
const plain = bench()
const hm = (text: string) => plain.pseudonyms.hash(hash, text)
const phone = `+55 ${hm(digits)}`
const email = `[email]@${hm('example.com')}`

describe('cutting', () => {
  const cutTo = (bytes: number, text: string) => {
    const own = bench({ limits: { valueBytes: bytes } })
    return own.text(text)
  }

  test('is at the end of a character', () => {
    expect(cutTo(4, 'abcdef')).toBe('abcd')
    expect(cutTo(4, 'abcéf')).toBe('abc')
    expect(cutTo(6, 'abc😀')).toBe('abc')
    expect(cutTo(7, 'abc😀')).toBe('abc😀')
  })

  test('takes the shorter of truncate and the limit, and counts', () => {
    const own = bench({ limits: { valueBytes: 6 } })
    expect(own.text('abcdefgh', own.cell('short', { action: { is: 'truncate', bytes: 3 } }))).toBe('abc')
    expect(own.text('abcdefgh', own.cell('long', { action: { is: 'truncate', bytes: 30 } }))).toBe('abcdef')
    expect(own.text('abc', own.cell('none', { action: { is: 'truncate', bytes: 3 } }))).toBe('abc')
    expect(Object.fromEntries(own.tally.changed)).toEqual({ short: 1, long: 1 })
  })

  test('never leaves half of what a detector finds, nor half of a replacement', () => {
    const text = `call +55 11 91234-5678 or ana.silva@example.com, ${digits}@s.whatsapp.net 10.1.2.3 /home/ana.silva/x`
    const whole = plain.text(text)!
    const tokens = [phone, email, `${phone}@s.whatsapp.net`, '[ip]']
    for (let limit = 0; limit <= whole.length; limit++) {
      const short = cutTo(limit, text)!
      expect(whole.startsWith(short)).toBe(true)
      expect(short.length).toBeLessThanOrEqual(limit)
      const rest = whole.slice(short.length)
      for (const token of tokens) {
        for (let at = whole.indexOf(token); at !== -1; at = whole.indexOf(token, at + 1)) {
          expect(short.length <= at || short.length >= at + token.length, `${short}|${rest}`).toBe(true)
        }
      }
      expect(cutTo(limit, short)).toBe(short)
    }
  })

  test('never goes through pseudonyms that were there', () => {
    const text = `id ${hm('a')} and {phone}`
    expect(cutTo(20, text)).toBe('id ')
    expect(cutTo(26, text)).toBe(`id ${hm('a')} `.slice(0, 26))
    expect(cutTo(34, text)).toBe(`id ${hm('a')} and `)
  })
})
