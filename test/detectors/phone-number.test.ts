// Whole values as phone numbers, held against libphonenumber-js.
import examples from 'libphonenumber-js/mobile/examples'
import { type CountryCode, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { emailOf } from '../../src/detectors/email.ts'
import { phoneOf } from '../../src/detectors/phone-number.ts'

const regions = Object.keys(examples) as CountryCode[]
const numbers = regions.map((region) => ({ region, number: getExampleNumber(region, examples) }))

describe('phoneOf', () => {
  it('reads the numbers of every region in every international form', () => {
    for (const { number } of numbers) {
      if (number === undefined) continue
      const expected = { digits: number.number.slice(1), country: number.countryCallingCode }
      const spaced = number.formatInternational()
      const forms = [
        number.number,
        spaced,
        spaced.replaceAll(' ', '-'),
        ` ${spaced} `,
        number.getURI(),
        number.number.replace('+', '00'),
      ]
      forms.push(
        `whatsapp:${number.number}`,
        `${number.number.slice(1)}@s.whatsapp.net`,
        `${number.number.slice(1)}:3@c.us`,
      )
      forms.push(number.number.slice(1), encodeURIComponent(spaced))
      for (const form of forms) expect([form, phoneOf(form, {})]).toEqual([form, expected])
    }
  })

  it('reads national numbers of the default region, as libphonenumber does', () => {
    for (const { region, number } of numbers) {
      if (number === undefined) continue
      const national = number.formatNational()
      const judge = parsePhoneNumberFromString(national, region)?.number.slice(1)
      expect([national, phoneOf(national, { defaultRegion: region })?.digits]).toEqual([national, judge])
    }
  })

  it.each([
    ['+1-555-555-5555', '15555555555', '1'],
    ['(+55) 11 91234-5678', '5511912345678', '55'],
    ['+44 (0)20 7946 0958', '442079460958', '44'],
    ['+1 555 555 5555 ext. 12', '15555555555', '1'],
    ['５５１１９１２３４５６７８', '5511912345678', '55'],
    ['+٥٥ ١١ ٩١٢٣٤ ٥٦٧٨', '5511912345678', '55'],
    ['5511\u200d912345678', '5511912345678', '55'],
    ['%2B55%2011%2091234-5678', '5511912345678', '55'],
    ['tel:15555555555', '15555555555', '1'],
    ['553188123456', '553188123456', '55'],
  ])('reads %s', (text, digits, country) => {
    expect(phoneOf(text, {})).toEqual({ digits, country })
  })

  it.each([
    '11 91234-5678',
    '(11) 91234-5678',
    'ana-bot_5511912345678',
    'ana',
    '',
    '42',
    '1766140200123',
    '+999123',
    '123456789012345@lid',
    '120363012345678901@g.us',
    '5511912345678 x y',
  ])('reads no number in %j', (text) => {
    expect(phoneOf(text, {})).toBeUndefined()
  })

  it('one person is one number, whatever the form', () => {
    const forms = [
      '+55 11 91234-5678',
      '5511912345678',
      '011 91234-5678',
      '(11) 91234-5678',
      '11912345678',
      'whatsapp:+5511912345678',
    ]
    expect(new Set(forms.map((form) => phoneOf(form, { defaultRegion: 'BR' })?.digits))).toEqual(
      new Set(['5511912345678']),
    )
  })
})

describe('emailOf', () => {
  it.each([
    ['Ana.Silva+x@Example.com', { local: 'Ana.Silva+x', domain: 'Example.com' }],
    [' usuário@exemplo.com.br ', { local: 'usuário', domain: 'exemplo.com.br' }],
    ['mailto:ana@x.com', { local: 'ana', domain: 'x.com' }],
    ['user@localhost', { local: 'user', domain: 'localhost' }],
  ])('reads %s', (text, expected) => {
    expect(emailOf(text)).toEqual(expected)
  })

  it.each([
    'ana',
    'ana@',
    '@x.com',
    'write to ana@x.com',
    'a@b@c.com',
    'x@1.2.3',
    '[email]@hm:k1:0123456789abcdef',
    'pkg@latest',
  ])('reads no address in %s', (text) => {
    expect(emailOf(text)).toBeUndefined()
  })
})
