// Connections to a backend over HTTP: TLS with what its files hold now, directly or through a proxy.
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici'
import type { TlsReason } from './exporter.ts'
import type { Proxy } from './proxy.ts'
import { type ClientTls, tlsReason } from './tls.ts'

export interface HttpConnections {
  /** What to send with now. */
  dispatcher(): Dispatcher
  /** Why TLS ended a connection that was there already, once. */
  takeReason(): TlsReason | undefined
  close(): Promise<void>
}

/** Time limits are those of the requests: theirs covers connecting, sending and the whole answer. */
const untimed = { headersTimeout: 0, bodyTimeout: 0 }

/** @param tls undefined where no target has https:// */
export function httpConnections(
  tls: ClientTls | undefined,
  proxy: Proxy | undefined,
  timeoutMs: number,
): HttpConnections {
  return proxy === undefined ? directly(tls, timeoutMs) : throughProxy(tls, proxy, timeoutMs)
}

function directly(tls: ClientTls | undefined, timeoutMs: number): HttpConnections {
  const secure = tls && secureConnector(tls, timeoutMs)
  const agent = new Agent({ connect: secure?.connect ?? { timeout: timeoutMs }, ...untimed })
  return {
    dispatcher: () => agent,
    takeReason: () => secure?.takeReason(),
    close: () => agent.destroy(),
  }
}

function throughProxy(tls: ClientTls | undefined, { url, credentials }: Proxy, timeout: number): HttpConnections {
  const connect = (): ProxyAgent =>
    new ProxyAgent({
      uri: url.href,
      ...(credentials === undefined ? {} : { token: `Basic ${Buffer.from(credentials).toString('base64')}` }),
      ...(tls && {
        requestTls: { ...tls.options(), timeout, ...(tls.serverName && { servername: tls.serverName }) },
        // The own certificate is for the backend, not for the proxy; the CAs are for both.
        ...(url.protocol === 'https:' && { proxyTls: { ca: tls.options().ca, timeout } }),
      }),
      ...untimed,
    })
  let agent = connect()
  tls?.onRenewal(() => {
    const former = agent
    agent = connect()
    // Its requests are over by then.
    setTimeout(() => void former.destroy(), timeout).unref()
  })
  return { dispatcher: () => agent, takeReason: () => undefined, close: () => agent.destroy() }
}

interface SecureConnector {
  readonly connect: buildConnector.connector
  takeReason(): TlsReason | undefined
}

/** Connects with what the files hold now; a connection that is there stays as it is. */
function secureConnector(tls: ClientTls, timeout: number): SecureConnector {
  const build = (): buildConnector.connector => buildConnector({ ...tls.options(), timeout })
  let connector = build()
  tls.onRenewal(() => (connector = build()))
  let reason: TlsReason | undefined
  return {
    connect(to, done) {
      connector(tls.serverName === undefined ? to : { ...to, servername: tls.serverName }, (...result) => {
        // With TLS 1.3 a backend refuses a client's certificate only after the handshake; undici says that it closed.
        result[1]?.on('error', (error) => (reason = tlsReason(error) ?? reason))
        done(...result)
      })
    },
    takeReason() {
      const taken = reason
      reason = undefined
      return taken
    },
  }
}
