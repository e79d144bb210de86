// What texts written by hand (bench/detectors/positives/written) showed to be missed or left in part: one case each.
import { describe, expect, it } from 'vitest'
import { findsIn } from './scan-text.ts'

const alnum = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0'.repeat(5)
const hex = '27fc14bda74d84a8a089a7a47ac7a7b2'

/** Text → finds. */
const finds: readonly (readonly [text: string, ...expected: string[]])[] = [
  // e-mail
  ['export_ana@acme.com_2025-01-15.csv', 'email: export_ana@acme.com'],
  ['mail to "john\\"doe"@example.com', 'email: "john\\"doe"@example.com'],
  ['{"m":"\\"john\\\\\\"doe\\"@example.com"}', 'email: \\"john\\\\\\"doe\\"@example.com'],
  ['from \\"ana silva"@example.com', 'email: \\"ana silva"@example.com'],
  ['{"m":"ana silva\\"@example.com"}', 'email: ana silva\\"@example.com'],
  // phone numbers
  ['{"wa_id":"998912343147"}', 'phone: 998912343147'],
  ['{"recipient_id":"5511912345678"}', 'phone: 5511912345678'],
  ['Mob: 081234 56765', 'phone: 081234 56765'],
  ['Ruf mich an unter 01512 3452572', 'phone: 01512 3452572'],
  ['手机号码是13123457663', 'phone: 13123457663'],
  ['мій номер 050 123 8687', 'phone: 050 123 8687'],
  ['meu contato: 11961237594', 'phone: 11961237594'],
  ['phone-12015556233', 'phone: 12015556233'],
  ['435-217-5584x22', 'phone: 435-217-5584x22'],
  ['WhatsApp 0805766 3635', 'phone: 0805766 3635'],
  ['v="+47 984 19 32 8125"', 'phone: +47 984 19 32 8125'],
  // ids of WhatsApp in names of files
  ['5511912345678@s.whatsapp.net.json', 'whatsapp-jid: 5511912345678@s.whatsapp.net'],
  ['12036312345678901@g.us--0.json', 'whatsapp-jid: 12036312345678901@g.us'],
  // fields of CSV
  ['7,968.666.065-86,ativo', 'cpf: 968.666.065-86'],
  ['7,4111111111111111,VISA', 'credit-card: 4111111111111111'],
  // bank accounts with few digits, or behind the word
  ['PK37 GDUX KVNP RCXO JCIG KAGS', 'iban: PK37 GDUX KVNP RCXO JCIG KAGS'],
  ['IBANSE8086264247969644221953', 'iban: SE8086264247969644221953'],
  ['iban:ro08hqkk625wbvlakphoy4pp', 'iban: ro08hqkk625wbvlakphoy4pp'],
  // addresses
  ['connect ECONNREFUSED fd00:1234:7f:e6::f:c0:1:5432', 'ipv6: fd00:1234:7f:e6::f:c0:1'],
  ['ECONNREFUSED 2001:db8:1:2:3:4:5:6:54321', 'ipv6: 2001:db8:1:2:3:4:5:6'],
  ['MAC=aa:bb:cc:dd:ee:f1:a1:b2:c3:d4:e5:f6:08:00 SRC', 'mac: aa:bb:cc:dd:ee:f1:a1:b2:c3:d4:e5:f6:08:00'],
  ['dev_A0_B1_C2_D3_E4_F5', 'mac: A0_B1_C2_D3_E4_F5'],
  ['device_9f_3c_31_72_6b_46', 'mac: 9f_3c_31_72_6b_46'],
  // home directories
  ['cd ~ana/x', 'home-path: ~ana'],
  ['cd ~tom/x', 'home-path: ~tom'],
  ['/run/media/ana/USB', 'home-path: /run/media/ana'],
  ['/cygdrive/c/Users/ana/x', 'home-path: /cygdrive/c/Users/ana'],
  ['vscode://file/Users/ana/x.ts:3', 'home-path: /Users/ana'],
  ['GET /home/ana/x', 'home-path: /home/ana'],
  ['-I/home/ana/include', 'home-path: /home/ana'],
  // tokens of issuers
  [`whsec_${alnum.slice(0, 30)}++Rt/O07`, `api-key: whsec_${alnum.slice(0, 30)}++Rt/O07`],
  ['rzp_live_89YmLd2tc9u3NE', 'api-key: rzp_live_89YmLd2tc9u3NE'],
  [`AAAAabcdefg:APA91b${alnum.slice(0, 134)}`, `api-key: AAAAabcdefg:APA91b${alnum.slice(0, 134)}`],
  [`vault s.${alnum.slice(0, 24)} token`, `api-key: s.${alnum.slice(0, 24)}`],
  // names of secrets
  [`ALGOLIA_ADMIN_KEY=${hex}`, `api-key: ${hex}`],
  [`Twilio AuthToken ${hex}`, `api-key: ${hex}`],
  [`invalid token "${alnum.slice(0, 32)}"`, `api-key: ${alnum.slice(0, 32)}`],
  [`SECRET_KEY_BASE=${hex}${hex}`, `api-key: ${hex}${hex}`],
  [`{"auth": "${alnum.slice(0, 40)}"}`, `api-key: ${alnum.slice(0, 40)}`],
  [`APP_KEY=base64:${alnum.slice(0, 43)}=`, `api-key: ${alnum.slice(0, 43)}=`],
  [`Cookie: _app_id=${hex}; theme=dark`, `api-key: ${hex}`],
  [`{"name":"DB_PASSWORD","value":"s3cretWord"}`, 'api-key: s3cretWord'],
  ['<add key="password" value="s3cretWord"/>', 'api-key: s3cretWord'],
  ['setPassword("s3cretWord")', 'api-key: s3cretWord'],
  ['ansible_ssh_pass: ember-lake-65', 'api-key: ember-lake-65'],
  ['password_confirmation=blue-north-58', 'api-key: blue-north-58'],
  ["IDENTIFIED BY 's3cretWord'", 'api-key: s3cretWord'],
  ['login with password s3cret21x failed', 'api-key: s3cret21x'],
  ['{"name":"DB_PASSWORD","value":":12345678:"}', 'api-key: :12345678:'],
  ['setPassword(",12345678,")', 'api-key: ,12345678,'],
  ['login --password ":12345678:"', 'api-key: :12345678:'],
  ['password=",s3cretWord"', 'api-key: ,s3cretWord'],
  ['password="]12345]"', 'api-key: ]12345]'],
  ['пароль: s3cretWord', 'api-key: s3cretWord'],
  ['密码：s3cretWord', 'api-key: s3cretWord'],
  ['şifre: s3cretWord', 'api-key: s3cretWord'],
  // command lines and connection strings
  ['curl -u app:s3cretWord1 https://x.example', 'url-credentials: s3cretWord1'],
  ['sshpass -p s3cretWord1 ssh a', 'url-credentials: s3cretWord1'],
  ['jdbc:oracle:thin:app/ember-76@//db:1521/x', 'url-credentials: ember-76'],
]

/** What is nobody's. */
const stays: readonly string[] = [
  'docker run -u 1000:1000 x',
  'chown -u www-data:www-data x',
  'cache_key=27fc14bda74d84a8a089a7a47ac7a7b2',
  'secret 550e8400-e29b-41d4-a716-446655440000 not found',
  'a senha é obrigatória',
  'password base64-encoded',
  'GET /home/dashboard HTTP/1.1',
  '@import "~bootstrap/scss/x"',
  '{"after":"~t"}',
  'phone_number_id 106540352242922',
  'serial 76:79:72:CC:1F:08:1F:2E:47',
  'CEP 01150-704',
  'Cookie: theme=dark; lang=pt-BR',
  '0,52998224725 x',
  // the quote behind the sign closes the text
  '{"top":{"summary":[{"a":"password="}]}}',
  '{"top":[[{"a":"password="}]],"b":["c"]}',
  '{"b": [["password=", NaN, "x"]], "c": -Infinity}',
  '{"user":"@ana.silva","b":["@ana.silva", "@ana.silva"]}',
  '[["password=",12345,null,"b"]]',
  "[('password=', None), ('secret=', 1234567, 'b')]",
  '{"a":"{\\"top\\":{\\"s\\":[{\\"a\\":\\"password=\\"}]}}"}',
]

describe('texts written by hand', () => {
  it.each(finds)('%j is found whole', (text, ...expected) => {
    expect(findsIn(text)).toEqual(expected)
  })

  it.each(stays)('%j stays', (text) => {
    expect(findsIn(text)).toEqual([])
  })
})
