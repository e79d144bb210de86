// An exporter and its backend: is it there, does it know the gateway, does it take what the gateway sends.
import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { profiles, signalUrl } from '../../backends/profiles.ts'
import { compress } from '../../exporters/compress.ts'
import { createHttpGetter } from '../../exporters/http-get.ts'
import { defaultTimeoutMs, type OtlpGrpcOptions, type OtlpHttpOptions } from '../../exporters/options.ts'
import { createOtlpGrpcTransport } from '../../exporters/otlp-grpc.ts'
import { createOtlpHttpTransport } from '../../exporters/otlp-http.ts'
import { type Env, proxyFor } from '../../exporters/proxy.ts'
import type { Attempt, Transport } from '../../exporters/transport.ts'
import type { Signal } from '../../pipeline/batch.ts'
import type { RenewalLog } from '../../tls/renewal.ts'
import type { Notes } from './finding.ts'
import { probeOf, probeService } from './probe.ts'
import { type Asked, saidOf } from './said.ts'
import { lokiSettings, prometheusSettings } from './settings.ts'

type OtlpOptions = OtlpHttpOptions | OtlpGrpcOptions

export interface Examination {
  /** The signals whose pipelines name the exporter. */
  readonly signals: readonly Signal[]
  readonly sendsProbe: boolean
  readonly env: Env
  readonly nowMs: number
}

const never = new AbortController().signal
const silent: RenewalLog = { info() {}, warn() {} }
const recordOf: Readonly<Record<Signal, string>> = { traces: 'a span', metrics: 'a data point', logs: 'a log record' }
/** Beyond it times in the stores are wrong, and Prometheus and Loki refuse what is too far in the future. */
const maxSkewMs = 60_000

/** Notes what is so; never throws. */
export async function examineBackend(options: OtlpOptions, examination: Examination, notes: Notes): Promise<void> {
  const { signals, env } = examination
  if (signals.length === 0) {
    notes.warn(
      'pipeline',
      'no pipeline names it, so nothing is sent there',
      'name it under service.pipelines, or take it out',
    )
    return
  }
  try {
    const urls = new Map(signals.map((signal) => [signal, urlOf(options, signal)]))
    const origins = new Map([...urls.values()].map((url) => [url.origin, url]))
    for (const url of origins.values()) if (!(await isReached(options, url, env, notes))) return
    warnOfPlaintext(options, [...origins.values()], notes)
    const transport = transportOf(options, env)
    try {
      for (const [signal, url] of urls) await isTaken(transport, options, { signal, url }, examination, notes)
    } finally {
      await transport.close()
    }
    if (options.type === 'otlp_http') await lookAround(options, urls, examination, notes)
  } catch (error) {
    // What it could not start with: files, headers, proxies. The message names the exporter and no secret.
    notes.fail(
      'configuration',
      (error as Error).message.replace(`${options.name}: `, ''),
      'mend that in the configuration',
    )
  }
}

/** For gRPC an URL with the scheme that the transport will use. */
function urlOf(options: OtlpOptions, signal: Signal): URL {
  if (options.type === 'otlp_http') {
    const own = options.endpoints?.[signal]
    return own === undefined ? signalUrl(new URL(options.endpoint ?? ''), signal, options.profile) : new URL(own)
  }
  const { endpoint = '', tls } = options
  if (endpoint.includes('://')) return new URL(endpoint)
  return new URL(`${tls !== undefined && tls.insecure !== true ? 'https' : 'http'}://${endpoint}`)
}

function transportOf(options: OtlpOptions, env: Env): Transport {
  return options.type === 'otlp_http'
    ? createOtlpHttpTransport(options, silent, env)
    : createOtlpGrpcTransport(options, silent, env)
}

async function isReached(options: OtlpOptions, url: URL, env: Env, notes: Notes): Promise<boolean> {
  const asGrpc = options.type === 'otlp_grpc'
  const proxy = proxyFor(asGrpc ? new URL(`https://${url.host}`) : url, options.proxyUrl, env)
  const to = proxy?.url ?? url
  const host = to.hostname.replace(/^\[|\]$/g, '')
  const port = Number(to.port) || (to.protocol === 'https:' ? 443 : 80)
  const what = proxy === undefined ? '' : ' (the proxy)'
  try {
    await lookup(host)
  } catch {
    const change = `write a name that this machine can look up, in ${proxy ? 'the proxy' : '`endpoint`'}`
    notes.fail('reach', `there is no host called ${host}${what}`, change)
    return false
  }
  const fault = await connectionFault(host, port, options.timeoutMs ?? defaultTimeoutMs)
  if (fault !== undefined) {
    notes.fail('reach', `${host}:${port}${what} ${fault}`, `start it, or mend ${proxy ? 'the proxy' : '`endpoint`'}`)
    return false
  }
  notes.ok('reach', proxy === undefined ? `${host}:${port} is there` : `the proxy ${host}:${port} is there`)
  return true
}

function connectionFault(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (fault?: string): void => {
      socket.destroy()
      resolve(fault)
    }
    socket.once('connect', () => end())
    socket.once('timeout', () => end('does not answer: a firewall, or another network'))
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      end(
        code === 'ECONNREFUSED'
          ? 'refuses the connection: nobody listens there'
          : `cannot be reached (${code ?? 'unknown'})`,
      ),
    )
  })
}

function warnOfPlaintext(options: OtlpOptions, urls: readonly URL[], notes: Notes): void {
  const isOpen = urls.some(
    ({ protocol, hostname }) => protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(hostname),
  )
  if (!isOpen || !isAuthorized(options)) return
  const change = 'use https://, unless nobody else is on that network'
  notes.warn('plaintext', 'the token or password goes there without TLS', change)
}

interface Target {
  readonly signal: Signal
  readonly url: URL
}

/** First a request with nothing in it, which leaves no trace; then, if that may be, one record. */
async function isTaken(
  transport: Transport,
  options: OtlpOptions,
  { signal, url }: Target,
  { sendsProbe, nowMs }: Examination,
  notes: Notes,
): Promise<void> {
  const asked: Asked = {
    protocol: options.type,
    profile: options.profile,
    isAuthorized: isAuthorized(options),
    hasTenant: Object.keys(options.headers ?? {}).some((name) => name.toLowerCase() === 'x-scope-orgid'),
  }
  const where = options.type === 'otlp_http' ? shown(url) : url.host
  const send = async (bytes: Uint8Array): Promise<Attempt> =>
    transport.send(signal, transport.gzipped ? await compress(bytes) : bytes, never)
  const fail = (attempt: Exclude<Attempt, { is: 'sent' }>): void => {
    const { message, change } = saidOf(attempt, asked)
    notes.fail('accepts', `${signal} (${where}): ${message}`, change)
  }
  const empty = await send(new Uint8Array())
  // Some refuse a request with nothing in it, Loki with 422: that is no fault, and a record tells more.
  const isAnswered = empty.is === 'sent' || empty.is === 'refused'
  if (!isAnswered) return fail(empty)
  if (!sendsProbe) return notes.ok('accepts', `${signal} (${where}): it answers; no record was sent`)
  const probe = await send(probeOf(signal, nowMs))
  if (probe.is !== 'sent') return fail(probe)
  if (probe.rejected === 0) {
    return notes.ok('accepts', `${signal} (${where}): it took ${recordOf[signal]} of service.name ${probeService}`)
  }
  return notes.fail(
    'accepts',
    `${signal} (${where}): it answers, and rejected ${recordOf[signal]}`,
    'its own log says why',
  )
}

/** Without what may be a secret: parameters, and the token in the path of another gateway. */
function shown({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/t\/[^/]+\//, '/t/…/')}`
}

function isAuthorized({ auth, headers = {} }: OtlpOptions): boolean {
  return auth !== undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
}

/** The clock and the settings of what answers over HTTP. */
async function lookAround(
  options: OtlpHttpOptions,
  urls: ReadonlyMap<Signal, URL>,
  { env }: Examination,
  notes: Notes,
): Promise<void> {
  const [url] = urls.values()
  const getter = createHttpGetter(options, url, silent, env)
  try {
    const before = Date.now()
    const answer = await getter.get(new URL('/', url))
    if (answer?.date !== undefined) {
      // The header has whole seconds.
      const skewMs = answer.date.getTime() + 500 - (before + Date.now()) / 2
      if (Math.abs(skewMs) > maxSkewMs) {
        const [seconds, which] = [Math.round(Math.abs(skewMs) / 1000), skewMs > 0 ? 'ahead of' : 'behind']
        notes.warn('clock', `its clock is ${seconds} s ${which} this machine's`, 'set both by NTP')
      } else notes.ok('clock', "its clock agrees with this machine's")
    }
    const { profile } = options
    if (profile === undefined) return
    const base = new URL(url)
    const suffix = `${profiles[profile].basePath}/v1/`
    base.pathname = base.pathname.slice(0, Math.max(0, base.pathname.lastIndexOf(suffix))) + '/'
    base.search = ''
    if (profile === 'prometheus') await prometheusSettings(getter, base, notes)
    if (profile === 'loki') await lokiSettings(getter, base, notes)
  } finally {
    await getter.close()
  }
}
