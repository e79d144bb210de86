// The compiled numbering plans are those of libphonenumber.
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { phoneMetadataSource } from '../../scripts/generate-phone-metadata.ts'
import { isPossible, isValid } from '../../src/detectors/phone-plan.ts'

const bytesOf = (digits: string) => Uint8Array.from(digits, (digit) => digit.charCodeAt(0))

describe('phone plans', () => {
  it('the generated file is up to date', () => {
    expect(readFileSync(new URL('../../src/detectors/phone-metadata.ts', import.meta.url), 'utf8')).toBe(
      phoneMetadataSource(),
    )
  })

  it('agree with libphonenumber about any digits', () => {
    const code = fc.constantFrom(
      '1',
      '7',
      '20',
      '39',
      '44',
      '49',
      '52',
      '54',
      '55',
      '86',
      '91',
      '225',
      '247',
      '351',
      '595',
      '800',
      '972',
    )
    const rest = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 13 })
    fc.assert(
      fc.property(code, rest, (callingCode, national) => {
        const digits = callingCode + national.join('')
        const judge = parsePhoneNumberFromString(`+${digits}`)
        // It strips trunk prefixes; only what it read as it stands can be compared.
        fc.pre(judge !== undefined && judge.number === `+${digits}` && !/^55\d{10}$/.test(digits))
        if (judge === undefined) return
        const bytes = bytesOf(digits)
        expect(isValid(bytes, 0, bytes.length)).toBe(judge.isValid())
        if (judge.isPossible()) expect(isPossible(bytes, 0, bytes.length)).toBe(true)
      }),
      { numRuns: 2000, examples: [['49', [4, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]] },
    )
  })
})
