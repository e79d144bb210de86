// What kind of error a program's own words tell of: one of a few words, so that nothing of the text is in it.

/** Longer texts are not looked at. */
export const mostErrorText = 2_000

/** In this order: what is more telling first. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ['connection_refused', /connection ?refused|econnrefused/i],
  ['connection_reset', /connection ?(reset|aborted)|econnreset|broken pipe|epipe|socket hang up|server disconnected/i],
  ['dns', /enotfound|eai_again|getaddrinfo|name or service not known|name resolution/i],
  ['tls', /certificate|ssl(error|:)|tls handshake/i],
  ['timeout', /time[sd]? ?-?out|etimedout/i],
  [
    'network',
    /cannot connect|all connection attempts failed|network is unreachable|ehostunreach|enetunreach|fetch failed/i,
  ],
]
/** A status code where texts name one: `failed: 502`, `returned 400`, `API 401`, `HTTP 503`, `error '502 …'`. */
const status = /\b(?:failed|returned|api|http(?:\/\d(?:\.\d)?)?|status(?: code)?|error)\b[:=]?\s+'?([45]\d\d)\b/i
/** As Python's clients begin: `502 Server Error: …` (requests), `502, message='…'` (aiohttp). */
const leadingStatus = /^([45]\d\d)(?: (?:Client|Server) Error\b|, message=)/

/** @returns `error.type`; undefined where the text says none of them */
export function errorTypeOf(text: string): string | undefined {
  const kind = kinds.find(([, pattern]) => pattern.test(text))
  return kind === undefined ? (status.exec(text) ?? leadingStatus.exec(text))?.[1] : kind[0]
}
