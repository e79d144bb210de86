// What `start` says first: what it listens on, which rules hold, where the data goes, how to send a first event.
import { join, relative, resolve } from 'node:path'
import type { Config, ExporterConfig } from '../../config/config.ts'
import { defaultReceiver } from '../../config/to-receivers.ts'
import type { Door } from '../../doors.ts'
import type { Gateway } from '../../gateway.ts'
import { formatEndpoint } from '../../receivers/listen.ts'
import type { Endpoint } from '../../receivers/listen.ts'
import type { Program } from '../../ruleset/program.ts'
import type { LogFields } from '../../telemetry/log.ts'

export interface Started {
  readonly config: Config
  readonly gateway: Gateway
  readonly program: Program
  readonly notes: readonly string[]
  readonly version: string
}

export function greeting({ config, gateway, program, notes, version }: Started): string {
  const { admin } = gateway.endpoints
  const first = doorToTry(gateway.doors)
  const wanted = takenAdminPort({ config, gateway })
  const moved = wanted === undefined ? '' : `  (${wanted} is taken)`
  const rows = [
    ...gateway.doors.map((door) => [protocolNames[door.protocol], describe(door, config)]),
    ['health', `${urlOf(admin, 'http')}/health and /metrics${moved}`],
    ['rules', `${program.name}, ${program.rules.length} rules, digest ${program.digest.slice(0, 12)}`],
    ...destinations(config).map(([name, to]) => ['sends to', `${name}: ${to}`]),
  ]
  return [
    `Automagik Telemetry Gateway ${version}`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`),
    '',
    ...notes.map((note) => `Note: ${note}.`),
    ...(first === undefined ? [] : ['Send a first event:', '', `  ${firstEvent(first, config)}`, '']),
    ...lookAt(config),
  ].join('\n')
}

/** The port of the gateway's own HTTP that it could not have; undefined: it has what it wanted. */
export function takenAdminPort({ config, gateway }: Pick<Started, 'config' | 'gateway'>): number | undefined {
  const { port } = config.admin
  return port === 0 || port === gateway.endpoints.admin.port ? undefined : port
}

/** The same for the log. */
export function greetingFields({ config, gateway, program, version }: Started): LogFields {
  const { http, grpc, admin } = gateway.endpoints
  return {
    version,
    ...(http === undefined ? {} : { http: formatEndpoint(http) }),
    ...(grpc === undefined ? {} : { grpc: formatEndpoint(grpc) }),
    admin: formatEndpoint(admin),
    receivers: gateway.doors.map(({ receiver, protocol, endpoint, security }) => ({
      receiver,
      protocol,
      endpoint: formatEndpoint(endpoint),
      security,
    })),
    ruleset: program.name,
    rules: program.rules.length,
    digest: program.digest,
    exporters: Object.fromEntries(destinations(config)),
  }
}

function destinations({ exporters }: Config): (readonly [name: string, to: string])[] {
  return exporters.map((exporter) => [exporter.name, destinationOf(exporter)])
}

function destinationOf(exporter: ExporterConfig): string {
  if (exporter.type === 'debug') return 'this output'
  if (exporter.type === 'file') return `${resolve(exporter.file.directory)} (OTLP JSON lines, a file for each signal)`
  return hostsOf([exporter.endpoint, ...Object.values(exporter.endpoints ?? {})])
}

/** How to look at the first event, where a file has it. */
function lookAt({ exporters, pipelines }: Config): string[] {
  const file = exporters.find(({ type, name }) => type === 'file' && pipelines.traces?.includes(name))
  if (file?.type !== 'file') return []
  const path = join(resolve(file.file.directory), 'traces.jsonl')
  const near = relative('.', path)
  return ['Look at what is left of it:', '', `  tail -n 1 ${near.startsWith('..') ? path : near}`, '']
}

const hostsOf = (urls: readonly (string | undefined)[]): string =>
  [...new Set(urls.filter((url) => url !== undefined).map(hostOf))].join(', ')

/** Without user, password, path and query, where tokens may be. */
function hostOf(url = ''): string {
  return URL.canParse(url) && new URL(url).origin !== 'null' ? new URL(url).origin : url
}

const protocolNames: Readonly<Record<Door['protocol'], string>> = { http: 'OTLP/HTTP', grpc: 'OTLP/gRPC' }

/** Where it is, whether it has TLS, and whose it is where it is not that of `otlp`. */
function describe({ receiver, protocol, endpoint, security }: Door, { receivers }: Config): string {
  const isSecure = security !== 'plaintext'
  const auth = receivers.find(({ name }) => name === receiver)?.[protocol]?.auth
  const asksWho = auth !== undefined || security === 'mtls'
  const notes = [
    ...(everywhere.has(endpoint.host) ? ['on all addresses'] : []),
    ...(everywhere.has(endpoint.host) && !asksWho ? ['without a token'] : []),
    ...(protocol === 'grpc' && isSecure ? ['TLS'] : []),
    ...(security === 'mtls' ? ['client certificate needed'] : []),
    ...(receiver === defaultReceiver ? [] : [receiver]),
  ]
  const where = protocol === 'http' ? urlOf(endpoint, isSecure ? 'https' : 'http') : formatEndpoint(reachable(endpoint))
  return notes.length === 0 ? where : `${where}  (${notes.join(', ')})`
}

/** Hosts that stand for all addresses of the machine. */
const everywhere: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** An address to connect to: one that listens everywhere is reached on this host. */
const reachable = ({ host, port }: Endpoint): Endpoint => ({ host: everywhere.has(host) ? 'localhost' : host, port })

const urlOf = (endpoint: Endpoint, scheme: 'http' | 'https'): string =>
  `${scheme}://${formatEndpoint(reachable(endpoint))}`

/** The HTTP door that asks for least. */
function doorToTry(doors: readonly Door[]): Door | undefined {
  const http = doors.filter(({ protocol }) => protocol === 'http')
  const [easiest] = ['plaintext', 'tls', 'mtls'].flatMap((security) =>
    http.filter((door) => door.security === security),
  )
  return easiest
}

const curlOptions: Readonly<Record<Door['security'], string>> = {
  plaintext: '',
  tls: ' --cacert CA.pem',
  mtls: ' --cacert CA.pem --cert CLIENT.pem --key CLIENT-KEY.pem',
}

/** A command that sends one span with made-up personal data in it. */
function firstEvent({ receiver, endpoint, security }: Door, config: Config): string {
  const atMs = Date.now()
  const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'first-event')] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name: 'hello',
                startTimeUnixNano: `${atMs - 25}000000`,
                endTimeUnixNano: `${atMs}000000`,
                attributes: [text('reason', 'no answer from +55 11 91234-5678 or ana@example.com')],
              },
            ],
          },
        ],
      },
    ],
  }
  const { auth } = config.receivers.find(({ name }) => name === receiver)?.http ?? {}
  const token = auth?.bearerToken === undefined ? '' : ` -H "authorization: Bearer $TOKEN"`
  const url = `${urlOf(endpoint, security === 'plaintext' ? 'http' : 'https')}/v1/traces`
  const options = `${curlOptions[security]} -H 'content-type: application/json'${token}`
  return `curl -sS ${url}${options} -d '${JSON.stringify(body)}'`
}
