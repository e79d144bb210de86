// What the corpus of bench/detectors showed to be missed, left in part, or taken for what it is not: one case each.
import { describe, expect, it } from 'vitest'
import { findsIn } from './scan-text.ts'

const hex = '0123456789abcdef'.repeat(16)
const alnum = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0'.repeat(8)

/** Text → finds. */
const finds: readonly (readonly [text: string, ...expected: string[]])[] = [
  // words of other languages
  ['puhelinnumero 0501234567', 'phone: 0501234567'],
  ['телефон: 0664 123456', 'phone: 0664 123456'],
  ['ТЕЛЕФОН 0664123456', 'phone: 0664123456'],
  ['お客様の携帯電話 0672123456', 'phone: 0672123456'],
  ['手机号：13912345678', 'phone: 13912345678'],
  ['فون هاتف: 0791234567', 'phone: 0791234567'],
  ['फोन नंबर 9852096251', 'phone: 9852096251'],
  ['tel. 5601234', 'phone: 5601234'],
  ['call me on 07924 123456 please', 'phone: 07924 123456'],
  ['Telefono: 0111523456789', 'phone: 0111523456789'],
  ['carte bancaire 6759391172217993574', 'credit-card: 6759391172217993574'],
  // phone numbers
  ['to +9949624763434', 'phone: +9949624763434'],
  ['WhatsApp 03344 55667, poste 077', 'phone: 03344 55667, poste 077'],
  ['Key (v)=(252-740-2749) exists', 'phone: 252-740-2749'],
  ['mobiel 011-15-2345-6789', 'phone: 011-15-2345-6789'],
  // cards
  ['8600123412341239', 'credit-card: 8600123412341239'],
  ['card 132742787223260', 'credit-card: 132742787223260'],
  // e-mail
  ['to "ana.silva"@example.com', 'email: "ana.silva"@example.com'],
  ['{"to":"\\"ana silva\\"@example.com"}', 'email: \\"ana silva\\"@example.com'],
  ['ana@localhostを確認', 'email: ana@localhost'],
  // CNPJ with letters
  ['fornecedor 12.ABC.345/01DE-35', 'cnpj: 12.ABC.345/01DE-35'],
  ['CNPJ nº YR4XU5ND000A76', 'cnpj: YR4XU5ND000A76'],
  // addresses
  ['"v":"10.30.20.138"', 'ipv4: 10.30.20.138'],
  ['sent to 86.63.142.65...', 'ipv4: 86.63.142.65'],
  ['connection from 24.54.76.216 (24 of 30)', 'ipv4: 24.54.76.216'],
  ['Value:::ffff:12.3.4.5', 'ipv6: ::ffff:12.3.4.5'],
  ['seen 4e22.ee18.ee38. Again', 'mac: 4e22.ee18.ee38'],
  ['{"mac_address": "173863b67b0f"}', 'mac: 173863b67b0f'],
  // tokens
  [
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..Q8MMAThPM0TK6XGw.JOk7Qda0ozo30tB7.8txUD1RbXa0J',
    'jwt: eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..Q8MMAThPM0TK6XGw.JOk7Qda0ozo30tB7.8txUD1RbXa0J',
  ],
  ['---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx', 'private-key: ---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx'],
  [`a pat${alnum.slice(0, 14)}.${hex.slice(0, 64)}`, `api-key: pat${alnum.slice(0, 14)}.${hex.slice(0, 64)}`],
  [`got abc8Q~${alnum.slice(0, 34)} back`, `api-key: abc8Q~${alnum.slice(0, 34)}`],
  [`key ${hex.slice(0, 32)}-us12`, `api-key: ${hex.slice(0, 32)}-us12`],
  [
    `x ${alnum.slice(0, 14)}.atlasv1.${alnum.slice(0, 64)}`,
    `api-key: ${alnum.slice(0, 14)}.atlasv1.${alnum.slice(0, 64)}`,
  ],
  [`x 1/1234567890123456:${hex.slice(0, 32)}`, `api-key: 1234567890123456:${hex.slice(0, 32)}`],
  [`lsv2_pt_${hex.slice(0, 32)}_${hex.slice(0, 10)}`, `api-key: lsv2_pt_${hex.slice(0, 32)}_${hex.slice(0, 10)}`],
  [`APP_USR-1234567890123456-${hex.slice(0, 32)}`, `api-key: APP_USR-1234567890123456-${hex.slice(0, 32)}`],
  // values behind names
  ['<password>c9UWVD9id39</password>', 'api-key: c9UWVD9id39'],
  ['{"x-api-key":["00f950ab-92a1-4603-8949"]}', 'api-key: 00f950ab-92a1-4603-8949'],
  ['PGPASSWORD=wlld-cvkkf-93 psql', 'api-key: wlld-cvkkf-93'],
  ['contraseña: gohr-laiyc-86', 'api-key: gohr-laiyc-86'],
  ['mot_de_passe=i64-PMerklHA', 'api-key: i64-PMerklHA'],
  ['a senha é: xLA9UoOCA1', 'api-key: xLA9UoOCA1'],
  ['password: g7,(NI8D', 'api-key: g7,(NI8D'],
  ['password=fSv4Njql(+JeGk', 'api-key: fSv4Njql(+JeGk'],
  ['jdbc:x://db/app?user=a&password=pKYPZNNpj._oCw&ssl=1', 'url-credentials: pKYPZNNpj._oCw'],
  // home directories
  ["open C:\\Users\\Ana O'Neil\\x.log", "home-path: C:\\Users\\Ana O'Neil"],
  ['请核对/home/hugo/app是否', 'home-path: /home/hugo'],
]

/** What tools write. */
const stays: readonly string[] = [
  'closed sessionid: 0x14ed93111f20000',
  'SCSI-WWID:01000010:6005-08b4-0001-00c6-0006-3000-003d-0000',
  'token=Token{78af589 ActivityRecord',
  'Bad activity token: android.os.BinderProxy@2bd79ce',
  'stream/token: com.apple.xpc.activity/4505: 132',
  'REPORT : 7031 5020 150604 240',
  'from=<x>, relay=#7#@localhost',
  'spark://CoarseGrainedScheduler@mesos-slave-07:48069',
  'load C:\\Users\\Default\\ntuser.dat',
  "netmask: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'",
  'a "token="\u001b[33m 301ms',
  'LISTEN :::8080',
  'password is required',
  'the token is 8 characters',
  'user=x password=****,host=db',
  'client_token=client_token,',
  'trust_password = trust_password,',
  'next_token = paginator(**kwargs)',
  'C:\\Documents and Settings\\<username>\\Local Settings\\Application Data\\x',
  'path patch pattern patient',
  '/api/webhooks/whatsapp/instance/12345678901234567',
]

describe('the corpus of bench/detectors', () => {
  it.each(finds)('finds the whole of %s', (text, ...expected) => {
    expect(findsIn(text)).toEqual(expected)
  })

  it.each(stays)('leaves %s', (text) => {
    expect(findsIn(text)).toEqual([])
  })

  it('ends a password before the next field', () => {
    expect(findsIn('password=a1b2c3,host=db')).toEqual(['api-key: a1b2c3'])
  })
})
