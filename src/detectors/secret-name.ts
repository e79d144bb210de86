// Whether a name says that its value is secret: `client_secret`, `apiKey`, `X-Auth-Token`; not `token_count`, `secretary`.
import { isUpper } from './bytes.ts'

/** What kind of value is expected: a `key` or a `code` is secret only when it looks random. */
export type SecretName = 'password' | 'secret' | 'key' | 'code'

const passwords = new Set([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'senha',
  'pass',
  'passwort',
  // As its bytes are read, one by one.
  'contraseÃ±a',
  'contrasena',
  'passe',
  'mdp',
  'wachtwoord',
  'kennwort',
  'heslo',
  'parola',
  'lozinka',
  'salasana',
  'adgangskode',
])
const secrets = new Set(
  `secret token apikey authorization credential credentials accesstoken refreshtoken idtoken authtoken sessiontoken bearertoken csrftoken
  clientsecret secretkey accesskey privatekey accountkey authkey signingkey encryptionkey sharedaccesskey secretaccesskey appsecret
  apitoken apisecret xapikey xauthtoken proxyauthorization securitytoken usertoken bottoken webhooksecret jwtsecret jwttoken
  masterkey licensekey sharedkey hmackey storagekey instancekey servicekey passkey apikeys sessionkey deploykey
  consumersecret tokensecret oauthtoken personalaccesstoken accesskeyid`.split(/\s+/),
)
/** Two last words that together are one of the above. */
const lastWords = new Set(['key', 'token', 'secret'])
/** Names of query parameters. */
const queryOnly = new Map<string, SecretName>([
  ['sig', 'secret'],
  ['signature', 'secret'],
  ['auth', 'secret'],
  ['jwt', 'secret'],
  ['session', 'secret'],
  ['sessionid', 'secret'],
  ['sid', 'secret'],
  ['key', 'key'],
  ['code', 'code'],
])

/** Secret if they look random, wherever they stand. */
const sessions = new Set(['session', 'sessionid', 'sid', 'jsessionid', 'phpsessid', 'signature', 'sig', 'auth', 'jwt'])

/** `query`: the name of a parameter of a URL. */
export function secretNameOf(bytes: Uint8Array, start: number, end: number, query: boolean): SecretName | undefined {
  const words = wordsOf(bytes, start, end)
  const last = words.at(-1)
  if (last === undefined) return undefined
  if (passwords.has(last)) return last === 'pass' && words.length > 2 ? undefined : 'password'
  if (last.endsWith('password') || last.endsWith('passwd')) return 'password'
  if (secrets.has(last)) return 'secret'
  const previous = words.at(-2) ?? ''
  if (lastWords.has(last) && secrets.has(previous + last)) return 'secret'
  if (query) return queryOnly.get(last)
  return sessions.has(last) ? 'key' : undefined
}

/** Lower-case words of a snake_case, kebab-case or camelCase name. */
function wordsOf(bytes: Uint8Array, start: number, end: number): string[] {
  const words: string[] = []
  let word = ''
  let before = 0
  for (let i = start; i <= end; i++) {
    const b = i < end ? bytes[i] : 0x2e
    const separator = b === 0x5f || b === 0x2d || b === 0x2e || b === 0x20
    if (separator || (isUpper(b) && !isUpper(before) && word !== '')) {
      if (word !== '') words.push(word)
      word = ''
    }
    if (!separator) word += String.fromCharCode(isUpper(b) ? b | 32 : b)
    before = b
  }
  return words
}
