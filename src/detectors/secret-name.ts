// Whether a name says that its value is secret: `client_secret`, `apiKey`, `X-Auth-Token`; not `token_count`, `secretary`.
import { isDigit, isUpper, matches } from './bytes.ts'

/** What kind of value is expected: a `key` or a `code` is secret only when it looks random, an `opaque` one when it is also long. */
export type SecretName = 'password' | 'secret' | 'key' | 'code' | 'opaque'

const passwords = new Set([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'senha',
  'pass',
  'passwort',
  'ifre',
  'senord',
  'clave',
  'requirepass',
  'passcode',
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
  secretkeybase honeycombteam consumersecret tokensecret oauthtoken personalaccesstoken accesskeyid`.split(/\s+/),
)
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

const seed = 0x811c9dc5
const hashed = (names: Iterable<string>): Set<number> => new Set([...names].map(hashOf))
const passwordHashes = hashed(passwords)
const secretHashes = hashed(secrets)
const sessionHashes = hashed(sessions)
const queryHashes = new Map([...queryOnly].map(([name, kind]) => [hashOf(name), kind]))
/** Last words that are one of the above together with those before them. */
const lastWords = hashed(['key', 'token', 'secret', 'base', 'team'])
const key = hashOf('key')
/** A personal access token. */
const pat = hashOf('pat')
/** Keys that open nothing. */
const plainKeys = hashed(
  `primary foreign cache partition sort object routing idempotency public message group dedup deduplication unique lookup index hash range
  row map s3 file path config translation i18n event record shard bucket redis natural surrogate composite candidate parent child host
  react list item node entity order data state query request job task trace span metric label tag resource etag search storage
  sequence correlation tenant dictionary memo stream topic blob upload asset image`.split(/\s+/),
)
const pass = hashOf('pass')
/** Before `pass` in longer names, which otherwise count what passed. */
const ofAccounts = hashed(
  'ssh db database user root admin smtp ftp sftp become sudo mail email login auth redis mysql pg postgres mongo proxy ldap wifi'.split(
    ' ',
  ),
)
/** Behind `password`: which one it is. */
const whichPassword = hashed(['confirm', 'confirmation', 'repeat', 'again', 'new', 'old', 'current'])

function hashOf(name: string): number {
  let hash = seed
  for (let i = 0; i < name.length; i++) hash = step(hash, name.charCodeAt(i))
  return hash
}

function step(hash: number, b: number): number {
  return Math.imul(hash ^ (isUpper(b) ? b | 32 : b), 0x01000193)
}

/** `query`: the name of a parameter of a URL. */
export function secretNameOf(bytes: Uint8Array, start: number, end: number, query: boolean): SecretName | undefined {
  let to = end
  while (to > start && (isSeparator(bytes[to - 1]) || isDigit(bytes[to - 1]))) to--
  if (to === start) return undefined
  const from = wordStart(bytes, start, to)
  const last = hashRange(bytes, from, to)
  const previous = wordStart(bytes, start, from)
  if (passwordHashes.has(last)) {
    const isLong = last === pass && previous > start && wordStart(bytes, start, previous) < previous
    return isLong && !ofAccounts.has(hashRange(bytes, previous, from)) ? undefined : 'password'
  }
  if (endsWith(bytes, from, to, 'password') || endsWith(bytes, from, to, 'passwd')) return 'password'
  if (secretHashes.has(last)) return 'secret'
  if (endsWith(bytes, from, to, 'token') || endsWith(bytes, from, to, 'secret')) return 'secret'
  if (whichPassword.has(last) && previous < from && passwordHashes.has(hashRange(bytes, previous, from)))
    return 'password'
  if (lastWords.has(last) && previous < from) {
    if (secretHashes.has(hashRange(bytes, previous, to))) return 'secret'
    const first = wordStart(bytes, start, previous)
    if (first < previous && secretHashes.has(hashRange(bytes, first, to))) return 'secret'
  }
  if (last === pat) return 'opaque'
  if (last === key && previous < from && !plainKeys.has(hashRange(bytes, previous, from))) return 'opaque'
  if (query) return queryHashes.get(last)
  return sessionHashes.has(last) ? 'key' : undefined
}

const isSeparator = (b: number): boolean => b === 0x5f || b === 0x2d || b === 0x2e || b === 0x20

/** Where the word that ends before `to` (separators between aside) begins: snake_case, kebab-case or camelCase. */
function wordStart(bytes: Uint8Array, start: number, to: number): number {
  let i = to
  while (i > start && isSeparator(bytes[i - 1])) i--
  for (; i > start && !isSeparator(bytes[i - 1]); i--) {
    if (i < to && isUpper(bytes[i]) && !isUpper(bytes[i - 1])) return i
  }
  return i
}

/** Of the words without what separates them. */
function hashRange(bytes: Uint8Array, from: number, to: number): number {
  let hash = seed
  for (let i = from; i < to; i++) if (!isSeparator(bytes[i])) hash = step(hash, bytes[i])
  return hash
}

const endsWith = (bytes: Uint8Array, from: number, to: number, word: string): boolean =>
  to - from > word.length && matches(bytes, to - word.length, to, word, true)
