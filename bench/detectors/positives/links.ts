// Credentials in URLs and in the connection strings of databases.
import { alphabets, type Random } from '../random.ts'
import type { Value } from '../sample.ts'

const schemes = (
  'https http postgres postgresql mysql mongodb mongodb+srv redis rediss amqp amqps ftp sftp ssh smtp ldap nats kafka ' +
  'clickhouse mssql mariadb cockroachdb git+https socks5'
).split(' ')
const hosts = [
  'db.internal:5432',
  'localhost',
  'cache-1.example.net:6379',
  'api.example.com/v1',
  'h/x',
  '[2001:db8::1]:443',
]
const signed = ['X-Amz-Signature', 'sig', 'signature', 'X-Goog-Signature']
const keys = [
  'access_token',
  'api_key',
  'apikey',
  'token',
  'key',
  'client_secret',
  'refresh_token',
  'auth_token',
  'id_token',
  'jwt',
  'password',
]

/** What passwords are made of that stand in a URL as they are. */
const unreserved = `${alphabets.alnum}-._~!*`

export function urlCredentials(random: Random, count: number): Value[] {
  const user = (): string => random.of(alphabets.lower, random.between(3, 8))
  const password = (): string => random.alnum(1) + random.of(unreserved, random.between(6, 18)) + random.alnum(1)
  const forms: Readonly<Record<string, () => readonly [string, string]>> = {
    'user and password': () => {
      const secret = password()
      return [`${random.pick(schemes)}://${user()}:${secret}@${random.pick(hosts)}`, secret]
    },
    'password alone': () => {
      const secret = password()
      return [`${random.pick(['redis', 'rediss', 'amqp'])}://:${secret}@${random.pick(hosts)}/0`, secret]
    },
    'percent escapes': () => {
      const secret = `${random.alnum(5)}%40${random.alnum(3)}%2F${random.alnum(4)}%23${random.alnum(2)}`
      return [`postgres://${user()}:${secret}@${random.pick(hosts)}`, secret]
    },
    'a slash or @ as it is': () => {
      const secret = `${random.alnum(4)}${random.pick(['@', '/', '#', '$', '&', '='])}${random.alnum(6)}`
      return [`mysql://${user()}:${secret}@db.example.net:3306/app`, secret]
    },
    'token as user': () => {
      const secret = random.alnum(random.between(24, 40))
      return [
        `https://${secret}@${random.pick(['github.com/acme/app.git', 'npm.example.com/', 'o4501.ingest.sentry.io/7'])}`,
        secret,
      ]
    },
    'token as password': () => {
      const secret = random.alnum(40)
      return [
        `https://${random.pick(['x-access-token', 'oauth2', 'x-token-auth', 'ci'])}:${secret}@git.example.com/a/b.git`,
        secret,
      ]
    },
    'query, key': () => {
      const secret = random.alnum(random.between(20, 40))
      const name = random.pick(keys)
      return [
        `https://api.example.com/v1/items?${random.pick(['', 'page=2&'])}${name}=${secret}${random.pick(['', '&x=1', '#top'])}`,
        secret,
      ]
    },
    'query, signature': () => {
      const secret = random.pick([random.hex(64), `${random.alnum(43)}%3D`])
      return [
        `https://files.example.com/b/o.txt?X-Amz-Date=20250115T103000Z&${random.pick(signed)}=${secret}&x=1`,
        secret,
      ]
    },
    'query, code': () => {
      const secret = `4/0A${random.of(alphabets.base64url, 60)}x`
      return [`https://app.example.com/callback?state=abc&code=${secret}`, secret]
    },
    JDBC: () => {
      const secret = password()
      return [`jdbc:postgresql://db:5432/app?user=${user()}&password=${secret}&ssl=true`, secret]
    },
    'MySQL DSN': () => {
      const secret = random.alnum(14)
      return [`${user()}:${secret}@tcp(db:3306)/app?parseTime=true`, secret]
    },
    'ADO connection string': () => {
      const secret = random.alnum(14)
      return [`Server=tcp:db.example.net,1433;Database=app;User ID=${user()};Password=${secret};Encrypt=True;`, secret]
    },
    'libpq connection string': () => {
      const secret = random.alnum(14)
      return [`host=db port=5432 user=${user()} password=${secret} dbname=app`, secret]
    },
  }
  return Object.entries(forms).flatMap(([form, one]) =>
    Array.from({ length: count }, (): Value => {
      const [link, secret] = one()
      return { detector: 'url-credentials', form, written: around(random, link), secret, frames: 'whole' }
    }),
  )
}

/** A link stands in text unescaped: escaping is what the frames of other values are for. */
function around(random: Random, link: string): string {
  return random.pick([
    link,
    `connecting to ${link} failed`,
    `DATABASE_URL=${link}`,
    `{"url":"${link}","n":1}`,
    `{'url': '${link}'}`,
    `url: ${link}`,
    `dial "${link}": connection refused`,
    `conectado a ${link}`,
    `Verbindung mit ${link} getrennt`,
    `2025-01-15T10:30:00Z ERROR db: ${link} timed out`,
    `<${link}>`,
    `see (${link})`,
    `fatal: unable to access '${link}'`,
  ])
}
