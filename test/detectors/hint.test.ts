// What an attribute's name tells, by what it makes of values that tell nothing themselves.
import { describe, expect, it } from 'vitest'
import { hintOf } from '../../src/detectors/hint.ts'
import { findsIn } from './scan-text.ts'

const finds: readonly (readonly [name: string, value: string, find: string])[] = [
  ['sender_phone', '11912345678', 'phone: 11912345678'],
  ['recipientPhone', '020 7946 0958', 'phone: 020 7946 0958'],
  ['WHATSAPP_NUMBER', '912345678', 'phone: 912345678'],
  ['remoteJid', '123456789012345', 'phone: 123456789012345'],
  ['wa_id', '15555555555', 'phone: 15555555555'],
  ['msisdn', '4915112345679', 'phone: 4915112345679'],
  ['recipient', '14155552671', 'phone: 14155552671'],
  ['event.to', '14155552671', 'phone: 14155552671'],
  ['user.cpf', '11122233344', 'cpf: 11122233344'],
  ['ssn', '536221234', 'us-ssn: 536221234'],
  ['card_number', '4111 1111 1111 1112', 'credit-card: 4111 1111 1111 1112'],
  ['client.address', '2.5.28.4', 'ipv4: 2.5.28.4'],
  ['user.email', 'ana@intranet', 'email: ana@intranet'],
  [
    'aws_secret_access_key',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'api-key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ],
]

const stays: readonly (readonly [name: string, value: string])[] = [
  ['phone_number_id', '123456789012345'],
  ['phone_verified_at', '1766140200'],
  ['recipient', '1766140200123'],
  ['to', '2025-01-15'],
  ['number', '42'],
  ['phone', 'N/A'],
  ['service.version', '10.0.19.45'],
  ['token_count', '123456'],
  ['api_key', '[REDACTED]'],
]

describe('the name of an attribute', () => {
  it.each(finds)('%s: %s is found', (name, value, find) => {
    expect(findsIn(value, hintOf(name))).toEqual([find])
  })

  it.each(finds)('but under a neutral name (not %s) %s says nothing', (_, value) => {
    expect(findsIn(value, hintOf('note'))).toEqual([])
  })

  it.each(stays)('%s: %s stays', (name, value) => {
    expect(findsIn(value, hintOf(name))).toEqual([])
  })

  it('is neutral for most', () => {
    for (const name of ['message', 'body', 'feature_name', 'secretary', 'tokenizer', 'className', 'http.route']) {
      expect(hintOf(name)).toBe(0)
    }
  })
})
