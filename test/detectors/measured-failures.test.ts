// What the producers' own sanitizer was measured to get wrong, and what its tests ask for.
import { describe, expect, it } from 'vitest'
import { findsIn } from './scan-text.ts'

const finds: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['5511912345678', 'phone: 5511912345678'],
  ['5511912345678@s.whatsapp.net', 'whatsapp-jid: 5511912345678@s.whatsapp.net'],
  ['123456789012345@lid', 'whatsapp-jid: 123456789012345@lid'],
  ['4532-1234-5678-9010', 'credit-card: 4532-1234-5678-9010'],
  ['4532123456789010', 'credit-card: 4532123456789010'],
  ['usuário@exemplo.com.br', 'email: usuário@exemplo.com.br'],
  ['/home/ana.silva/x', 'home-path: /home/ana.silva'],
  ['/home/joão', 'home-path: /home/joão'],
  [`${'x'.repeat(985)} ana.silva@example.com`, 'email: ana.silva@example.com'],
  ['+33 1 70 18 99 00', 'phone: +33 1 70 18 99 00'],
  ['2001:db8::8a2e:370:7334', 'ipv6: 2001:db8::8a2e:370:7334'],
  [
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P',
    'jwt: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P',
  ],
  ['sk-ant-api03-FAKEfakeFAKEfake0123', 'api-key: sk-ant-api03-FAKEfakeFAKEfake0123'],
  ['ghp_FAKEfakeFAKEfakeFAKEfakeFAKEfake0123', 'api-key: ghp_FAKEfakeFAKEfakeFAKEfakeFAKEfake0123'],
  ['AKIAFAKEFAKEFAKE0123', 'api-key: AKIAFAKEFAKEFAKE0123'],
  ['api_key=FAKEfake0123', 'api-key: FAKEfake0123'],
  ['Bearer a.b.c', 'api-key: a.b.c'],
  ['529.982.247-25', 'cpf: 529.982.247-25'],
  ['123-45-6789', 'us-ssn: 123-45-6789'],
  ['user@localhost', 'email: user@localhost'],
  ['/root/.ssh/id_rsa', 'home-path: /root'],
  ['+1-555-555-5555', 'phone: +1-555-555-5555'],
  ['(555) 555-5555', 'phone: (555) 555-5555'],
  ['555.555.5555', 'phone: 555.555.5555'],
  ['555-555-5555', 'phone: 555-555-5555'],
  ['Call me at (555) 555-5555 anytime', 'phone: (555) 555-5555'],
  ['+44 20 7946 0958', 'phone: +44 20 7946 0958'],
  ['+44 1234 567890', 'phone: +44 1234 567890'],
  ['test.user+tag@subdomain.example.com', 'email: test.user+tag@subdomain.example.com'],
  ['sk_test_FAKE_KEY_NOT_REAL_12345678r', 'api-key: sk_test_FAKE_KEY_NOT_REAL_12345678r'],
  ['Bearer abcdefghijklmnopqrstuvwxyz123456', 'api-key: abcdefghijklmnopqrstuvwxyz123456'],
  ['api_key_abc123def456ghi789jkl012mno345pqr', 'api-key: api_key_abc123def456ghi789jkl012mno345pqr'],
  ['4111-1111-1111-1111', 'credit-card: 4111-1111-1111-1111'],
  ['4111 1111 1111 1111', 'credit-card: 4111 1111 1111 1111'],
  ['CC:6011000000000004', 'credit-card: 6011000000000004'],
  ['Server at 192.168.1.1', 'ipv4: 192.168.1.1'],
  ['8.8.8.8', 'ipv4: 8.8.8.8'],
  ['10.0.0.255', 'ipv4: 10.0.0.255'],
  ['é192.168.1.1', 'ipv4: 192.168.1.1'],
  ['/Users/janedoe/Documents', 'home-path: /Users/janedoe'],
  ['C:\\Users\\johndoe\\Documents\\file.txt', 'home-path: C:\\Users\\johndoe'],
]

const stays: readonly string[] = [
  '550e8400-e29b-41d4-a716-446655440000',
  '1766140200123',
  '3.14159265358979',
  'order 2025-1234-5678',
  '2.5.28.4',
  '/users/42',
  'sha256:1234567890123456',
  'Hello world',
  'Error code 404',
  'Mozilla/5.0',
  'feature_name:"user_login"',
  'token_count: 1500',
  'input_tokens=4096',
  'tokenizer: cl100k_base',
  'secretary=maria.souza',
  'className=Header',
]

describe('the measured failures of the producers', () => {
  it.each(finds)('finds the whole of %s', (text, ...expected) => {
    expect(findsIn(text)).toEqual(expected)
  })

  it.each(stays)('leaves %s', (text) => {
    expect(findsIn(text)).toEqual([])
  })
})
