// What each detector finds, exactly, and what looks like it and stays.
import { describe, expect, it } from 'vitest'
import { type DetectorId, detectorIds } from '../../src/detectors/detector.ts'
import { findsIn } from './scan-text.ts'

const pseudonym = 'hm:k1:0123456789abcdef'

/** Text → what is found in it, whole. */
const finds: Record<DetectorId, Record<string, string | string[]>> = {
  email: {
    'ana@x.com.': 'ana@x.com',
    'ana@x.com,bob@y.org': ['ana@x.com', 'bob@y.org'],
    '"Ana" <ana.silva+tag@sub.example.co.uk>': 'ana.silva+tag@sub.example.co.uk',
    'user=ana@x.com&b=1': 'ana@x.com',
    'josé.álvarez@correo.es': 'josé.álvarez@correo.es',
    "o'brien@x.ie wrote": "o'brien@x.ie",
    "b'ana@x.com'": 'ana@x.com',
    'ana%40x.com': 'ana%40x.com',
    'ana\\u0040x.com': 'ana\\u0040x.com',
    'ana&#64;x.com': 'ana&#64;x.com',
    'ana\u200b@x.com': 'ana\u200b@x.com',
    'ａｎａ＠ｘ．ｃｏｍ': 'ａｎａ＠ｘ．ｃｏｍ',
    'to: “ana@x.com”': 'ana@x.com',
    'line\\nana@x.com\\n': 'ana@x.com',
    'ana@x.com_backup': 'ana@x.com',
    'bounces+ana=gmail.com@mailer.example.com': 'bounces+ana=gmail.com@mailer.example.com',
    'ana@[10.0.0.1]': 'ana@[10.0.0.1]',
    'ana\0@x.com': 'ana\0@x.com',
  },
  phone: {
    '+55 (11) 98765-4321': '+55 (11) 98765-4321',
    '(11) 98765-4321 e (11) 3456-7890': ['(11) 98765-4321', '(11) 3456-7890'],
    '11 98765-4321': '11 98765-4321',
    '55 11 9 8765-4321': '55 11 9 8765-4321',
    '0055 11 91234-5678': '0055 11 91234-5678',
    '005511912345678': '005511912345678',
    'tel: 11912345678': '11912345678',
    'fone 3123-4567': '3123-4567',
    'mobile=020 7946 0958': '020 7946 0958',
    '/api/v1/traces/phone/5511912345678': '5511912345678',
    'ana-bot_5511912345678': '5511912345678',
    'whatsapp:+15555555555': '+15555555555',
    'https://wa.me/14155552671?text=x': '14155552671',
    '1-800-555-0199': '1-800-555-0199',
    '+1 (555) 123-4567 x123': '+1 (555) 123-4567 x123',
    '+44 (0)20 7946 0958': '+44 (0)20 7946 0958',
    '+55 (011) 98765-4321': '+55 (011) 98765-4321',
    '(55) 11 98765-4321': '(55) 11 98765-4321',
    '11 98765 4321': '11 98765 4321',
    '+5511987654321x': '+5511987654321',
    '%2B55%2011%2091234-5678': '%2B55%2011%2091234-5678',
    '%252B5511912345678': '%252B5511912345678',
    'q=%2B55+11+91234+5678': '%2B55+11+91234+5678',
    '５５１１９１２３４５６７８': '５５１１９１２３４５６７８',
    '+٥٥ ١١ ٩١٢٣٤ ٥٦٧٨': '+٥٥ ١١ ٩١٢٣٤ ٥٦٧٨',
    '5511\u200d912345678': '5511\u200d912345678',
    '5511\x00912345678': '5511\x00912345678',
    '+55 11 91234\u20115678': '+55 11 91234\u20115678',
  },
  'whatsapp-jid': {
    '5511912345678:12@s.whatsapp.net': '5511912345678:12@s.whatsapp.net',
    'chat 120363012345678901@g.us left': '120363012345678901@g.us',
    '5511912345678-1612345678@g.us': '5511912345678-1612345678@g.us',
    '+5511912345678@c.us': '+5511912345678@c.us',
    '/chats/5511912345678%40s.whatsapp.net/messages': '5511912345678%40s.whatsapp.net',
    'ana-bot_5511912345678@s.whatsapp.net': '5511912345678@s.whatsapp.net',
  },
  'credit-card': {
    'paid 4111111111111111, exp 12/27': '4111111111111111',
    '3782 822463 10005': '3782 822463 10005',
    '5500-0000-0000-0004': '5500-0000-0000-0004',
    'card 4111 1111 1111 1112': '4111 1111 1111 1112',
    '٤١١١١١١١١١١١١١١١': '٤١١١١١١١١١١١١١١١',
  },
  iban: {
    'GB29 NWBK 6016 1331 9268 19': 'GB29 NWBK 6016 1331 9268 19',
    DE89370400440532013000: 'DE89370400440532013000',
    BR1800360305000010009795493C1: 'BR1800360305000010009795493C1',
  },
  cpf: { '529.982.247-25': '529.982.247-25', 'id 52998224725.': '52998224725', 'CPF 111.222.333-44': '111.222.333-44' },
  cnpj: {
    '11.222.333/0001-81': '11.222.333/0001-81',
    '11222333000181': '11222333000181',
    'CNPJ 12.ABC.345/01DE-35': '12.ABC.345/01DE-35',
  },
  'us-ssn': { '536-22-1234': '536-22-1234', 'SSN: 536221234': '536221234' },
  ipv4: {
    '10.0.0.5:8080': '10.0.0.5',
    'http://203.0.113.9/x': '203.0.113.9',
    'X-Forwarded-For: 1.2.3.4, 5.6.7.8': ['1.2.3.4', '5.6.7.8'],
    'peer=2.5.28.4': '2.5.28.4',
    '10.1.2.0/24': '10.1.2.0',
  },
  ipv6: {
    '[2001:db8::1]:443': '2001:db8::1',
    'fe80::1%eth0': 'fe80::1%eth0',
    '::ffff:192.168.1.1': '::ffff:192.168.1.1',
    'id:bdcd:8cdd:f26a:bc5e:8b4a:24e6:db0b:1c0e': 'bdcd:8cdd:f26a:bc5e:8b4a:24e6:db0b:1c0e',
  },
  mac: {
    'ether 3c:22:fb:7a:9d:01 brd': '3c:22:fb:7a:9d:01',
    '3C-22-FB-7A-9D-01': '3C-22-FB-7A-9D-01',
    '3c22.fb7a.9d01': '3c22.fb7a.9d01',
  },
  jwt: {
    'token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
    'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
  },
  'api-key': {
    'key=api_key_FAKEkeyfakekey0123456': 'api_key_FAKEkeyfakekey0123456',
    '"password":"hunter2"': 'hunter2',
    "{'client_secret': 'x1y2z3w4'}": 'x1y2z3w4',
    '{"api_key": "abc123def"}': 'abc123def',
    '{\\"apiKey\\":\\"abc123def\\"}': 'abc123def',
    'API key = abc123def456': 'abc123def456',
    'password={hunter2}': '{hunter2}',
    'secret=/abc+DEFghi123==': '/abc+DEFghi123==',
    'password=secret!2024': 'secret!2024',
    'apikey: 429683C4C977415CAAFCCE10F7D57E11': '429683C4C977415CAAFCCE10F7D57E11',
    'Authorization: Basic dXNlcjpwYXNz': 'dXNlcjpwYXNz',
    'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY': 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'AccountName=x;AccountKey=abcdEFGH12345678==;Suffix=y': 'abcdEFGH12345678==',
    '--token abc123def456 --verbose': 'abc123def456',
    '/bot123456789:AAFakefakefakefakefakefakefake_fake12/send': '123456789:AAFakefakefakefakefakefakefake_fake12',
    SK0123456789abcdef0123456789abcdef: 'SK0123456789abcdef0123456789abcdef',
    'https://hooks.slack.com/services/T0FAKE/B0FAKE/fakeFAKEfake':
      'hooks.slack.com/services/T0FAKE/B0FAKE/fakeFAKEfake',
    'key=xoxb-123456789012-abcDEF': 'xoxb-123456789012-abcDEF',
  },
  'private-key': {
    'a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b':
      '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl cut': '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl cut',
  },
  'url-credentials': {
    'https://user:pass@example.com/x': 'user:pass',
    'postgres://u:p%40ss@db/x': 'u:p%40ss',
    'redis://:passw0rd@host:6379': 'passw0rd',
    'app:pw123@tcp(db:3306)/x': 'app:pw123',
    'https://x.com/?token=abcDEF123456&x=1': 'abcDEF123456',
    'https://x.com/cb?code=4%2F0AX4XfWh_abcDEF12345': '4%2F0AX4XfWh_abcDEF12345',
    'https://b.s3.amazonaws.com/k?X-Amz-Signature=abcdef0123456789&y=1': 'abcdef0123456789',
  },
  'home-path': {
    'at f (/home/ana/x.js:10:5)': '/home/ana',
    'file:///home/ana/x': '/home/ana',
    '/Users/Ana Maria/Documents': '/Users/Ana Maria',
    'C:\\Users\\Ana Silva\\docs': 'C:\\Users\\Ana Silva',
    'C:\\\\Users\\\\ana\\\\x': 'C:\\\\Users\\\\ana',
    '\\\\?\\C:\\Users\\ana\\x': '\\\\?\\C:\\Users\\ana',
    'C:\\Users\\nina\\x': 'C:\\Users\\nina',
    '"C:\\Users\\Ana Maria"': 'C:\\Users\\Ana Maria',
    'c:/Users/ana/x': 'c:/Users/ana',
    '/mnt/c/Users/ana/x': '/mnt/c/Users/ana',
    'cd /root/app': '/root',
    'see /home/ana and /opt/x': '/home/ana',
  },
}

/** What stays as it is. */
const stays: Record<string, string[]> = {
  'versions, units and files with an @': ['npm i pkg@1.2.3', '@types/node@^20', 'logo@2x.png', 'getty@tty1.service'],
  'accounts of git servers': ['git@github.com:org/x.git'],
  times: ['1766140200', '1766140200123', '1766140200123456', '1766140200123456789', '2025-01-15 10:30:00.123456789'],
  'compact times': ['20250115103000', '20280320001636', '2025-01-15T10:30:00+00:00', '15/01/2025 10:30'],
  'ids and hashes': [
    '550e8400-e29b-41d4-a716-551191234567',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'api-7d9f8b6c5-x2k4p',
    '16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48',
  ],
  numbers: ['5511912345678.5', 'x5511912345678', '1,234,567,890', 'R$ 1.234.567,89', '12345-6789', '-0.5511912345678'],
  versions: ['Chrome/120.0.0.0', 'v1.2.3.4', 'nginx/1.2.3.4', 'version 10.20.30.40', '1.3.6.1.4.1.311.21', '2.5.29.17'],
  'loopback and masks': ['127.0.0.1:3000', '0.0.0.0', '::1', '::', '::ffff:127.0.0.1', '255.255.255.0'],
  'colons of code': ['std::vector<int>', 'dead::beef', 'a[1::2]', '10:30:45', 'file.ts:10:5'],
  'no hardware': ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff'],
  'no secrets': [
    'password: required',
    'token: missing or invalid',
    'const token = process.env.TOKEN',
    'password: options.password',
    'if (token === "export")',
    'PWD=/srv/gateway',
    'PASSWORD=$DB_PASSWORD',
    'client_secret=${SECRET}',
    'max_tokens=123456',
    'secretName: my-tls-secret',
    'API_KEY_ROTATION_INTERVAL_SECONDS=30',
    'Basic authentication failed',
    'bearer tokens are accepted',
    'disk-1234567890123456789012',
    'npm_lifecycle_event_something_else_long',
  ],
  'paths that are nobody’s': [
    '/homepage',
    'src/home/index.ts',
    'https://x.com/home/ana',
    '/api/users/ana',
    '/rootfs',
    '~/x',
  ],
  SQL: ["SELECT * FROM t WHERE id = 12345678 AND at > '2025-01-15' LIMIT 100"],
  'what the gateway wrote': [
    pseudonym,
    `+55 ${pseudonym}`,
    `[email]@${pseudonym}`,
    `${pseudonym}@s.whatsapp.net`,
    'hm:k1:5511912345678901',
    'sha256:5511912345678901',
    'password=[REDACTED]',
    'token={secret}',
    'Bearer [REDACTED]',
    'https://[REDACTED]@host.com/x',
    '{phone} {email} [ip] [card] ****',
    `"phone": "+55 ${pseudonym}"`,
  ],
}

describe.each(detectorIds)('%s', (id) => {
  it.each(Object.entries(finds[id]))('finds %s', (text, expected) => {
    expect(findsIn(text)).toEqual([expected].flat().map((find) => `${id}: ${find}`))
  })
})

describe.each(Object.entries(stays))('%s stay', (_, texts) => {
  it.each(texts)('%s', (text) => {
    expect(findsIn(text)).toEqual([])
  })
})
