// Headers that users give to an exporter: checked once at the start, since a bad one would fail every request.
import { validateHeaderName, validateHeaderValue } from 'node:http'

/** The name that the gateway goes by. */
export const userAgent = 'automagik-gateway'

/** The headers with lower-case names. Throws an error that names the header, never its value, which may be a token. */
export function checkHeaders(exporter: string, headers: Readonly<Record<string, string>> = {}): [string, string][] {
  return Object.entries(headers).map(([name, value]) => {
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      throw new Error(`${exporter}: the header ${JSON.stringify(name)} cannot be sent: its name or value is not valid`)
    }
    return [name.toLowerCase(), value]
  })
}
