// Which proxy stands between here and a backend: `proxy_url`, or what the environment says, by the rules that Go programs
// and with them the Collector have: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and none for the machine itself.
import { BlockList, isIP } from 'node:net'

export type Env = Readonly<Record<string, string | undefined>>

export interface Proxy {
  /** Without user and password. */
  readonly url: URL
  /** `user:password`, where there are any. */
  readonly credentials: string | undefined
}

/**
 * The proxy for a URL; undefined for a direct connection.
 * @param given `proxy_url`: holds for every host
 * @throws for a proxy that is no URL with http:// or https://; the message does not show it
 */
export function proxyFor(target: URL, given: string | undefined, env: Env): Proxy | undefined {
  if (given !== undefined) return parse(given, 'proxy_url')
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const found = env[name] || env[name.toLowerCase()]
  if (!found || isExempt(target, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined
  return parse(/^[a-z]+:\/\//i.test(found) ? found : `http://${found}`, name)
}

function parse(text: string, name: string): Proxy {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`the proxy in ${name} is not a URL with http:// or https://`)
  }
  const { username, password } = url
  url.username = url.password = ''
  const credentials = username ? `${decodeURIComponent(username)}:${decodeURIComponent(password)}` : undefined
  return { url, credentials }
}

function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || isLoopback(host)) return true
  const ownPort = port || (protocol === 'https:' ? '443' : '80')
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && covers(entry, host, ownPort))
}

/** `*`, an address, a range of addresses, `host`, `.domain`, each but ranges with or without a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isInRange(entry, host)
  const [, name = '', entryPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) ? `[${entry}]` : entry) ?? []
  if (entryPort !== undefined && entryPort !== port) return false
  const domain = name.replace(/^\*?\./, '')
  if (domain !== name) return host.endsWith(`.${domain}`)
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`))
}

function isInRange(range: string, host: string): boolean {
  const [address, bits] = range.split('/')
  const [family, own] = [isIP(address), isIP(host)]
  if (family === 0 || own !== family) return false
  const list = new BlockList()
  try {
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  } catch {
    return false
  }
  return list.check(host, own === 4 ? 'ipv4' : 'ipv6')
}

function isLoopback(host: string): boolean {
  return isInRange('127.0.0.0/8', host) || host === '::1'
}
