// What only the whole file can tell: names without an owner, exporters without work, addresses that collide or lead back.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import { writtenAt, type YamlFile } from '../diagnostics/yaml.ts'
import { signals, type Signal } from '../otlp/fields.ts'
import type { Config } from './config.ts'
import type { ReceiverForm } from './receiver-schema.ts'
import { reporter } from './reporter.ts'
import type { ConfigFile } from './schema.ts'
import { defaultReceiver } from './to-receivers.ts'
import { parseEndpoint, type Endpoint } from './units.ts'

/** Checks a file whose parts are right each for itself. */
export function checkNames(config: Config, file: ConfigFile, yaml: YamlFile): Diagnostic[] {
  return [
    ...entrances(config, file, yaml),
    ...connections(config, file, yaml),
    ...addresses(config, file, yaml),
    ...folders(config, yaml),
  ]
}

function entrances({ receivers, pipelines }: Config, file: ConfigFile, yaml: YamlFile): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = reporter(yaml, found)
  const names = new Set(receivers.map(({ name }) => name))
  for (const signal of signals) {
    for (const [index, name] of (file.service?.pipelines[signal]?.receivers ?? []).entries()) {
      if (names.has(name)) continue
      const path = ['service', 'pipelines', signal, 'receivers', index]
      const written = writtenAt(yaml, path) ?? ''
      const known = names.size === 1 ? `the receiver is ${[...names][0]}` : `the receivers are ${list(names)}`
      report('unknown-receiver', `no receiver is called "${written}"${didYouMean(written, names)}`, path, known)
    }
  }
  for (const receiver of receivers) {
    const { name } = receiver
    for (const protocol of ['http', 'grpc'] as const) {
      if (receiver[protocol] === undefined || hasAddress(file, name, protocol)) continue
      const message = `receivers.${name}.protocols.${protocol} needs the key "endpoint"`
      const help = `only the receiver ${defaultReceiver} has an address unless given`
      report('missing-key', message, ['receivers', name, 'protocols', protocol], help, 'key')
    }
    if (receiver.signals.length > 0 || file.receivers === undefined || Object.keys(pipelines).length === 0) continue
    const named = Object.values(file.service?.pipelines ?? {}).flatMap((pipeline) => pipeline?.receivers ?? [])
    const help = `name it under service.pipelines, or take it out`
    const meant = didYouMean(
      name,
      named.filter((each) => !names.has(each)),
    )
    report('unused-receiver', `no pipeline uses the receiver "${name}"${meant}`, ['receivers', name], help, 'key')
  }
  return found
}

/** Whether an endpoint is given, or known without. */
function hasAddress({ receivers }: ConfigFile, name: string, protocol: 'http' | 'grpc'): boolean {
  if (name === defaultReceiver) return true
  const form = receivers?.[name] as ReceiverForm | undefined
  return form?.protocols[protocol]?.endpoint !== undefined
}

function connections({ exporters, pipelines }: Config, file: ConfigFile, yaml: YamlFile): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = reporter(yaml, found)
  const names = new Set(exporters.map(({ name }) => name))
  if (file.exporters !== undefined && names.size > 0 && file.service === undefined) {
    const help = `service: {pipelines: {traces: {receivers: [otlp], exporters: [${[...names][0]}]}}}`
    report(
      'missing-key',
      'exporters are there, but "service" does not say what goes to them',
      ['exporters'],
      help,
      'key',
    )
    return found
  }
  if (Object.keys(pipelines).length === 0) {
    report('no-pipeline', 'there is no pipeline, so nothing is taken', ['service', 'pipelines'], undefined, 'key')
  }
  const used = new Set<string>()
  for (const signal of signals) {
    for (const [index, name] of (file.service?.pipelines[signal]?.exporters ?? []).entries()) {
      const path = ['service', 'pipelines', signal, 'exporters', index]
      used.add(name)
      const exporter = exporters.find((each) => each.name === name)
      if (exporter === undefined) {
        const written = writtenAt(yaml, path) ?? ''
        const known = names.size === 0 ? 'there are no exporters' : `the exporters are ${list(names)}`
        report('unknown-exporter', `no exporter is called "${written}"${didYouMean(written, names)}`, path, known)
      } else if (
        exporter.type === 'otlp_http' &&
        exporter.endpoint === undefined &&
        exporter.endpoints?.[signal] === undefined
      ) {
        report(
          'no-endpoint',
          `"${name}" has no endpoint for ${signal}`,
          path,
          `give it "endpoint" or "${signal}_endpoint"`,
        )
      }
    }
  }
  for (const name of names) {
    if (used.has(name) || file.service === undefined) continue
    const help = `name it under service.pipelines, or take it out`
    report('unused-exporter', `no pipeline uses the exporter "${name}"`, ['exporters', name], help, 'key', 'warning')
  }
  return found
}

function addresses({ receivers, admin, exporters }: Config, file: ConfigFile, yaml: YamlFile): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = reporter(yaml, found)
  const doors = receivers.flatMap((receiver) =>
    (['http', 'grpc'] as const).flatMap((protocol) => {
      const endpoint = receiver[protocol]?.endpoint
      if (endpoint === undefined || !hasAddress(file, receiver.name, protocol)) return []
      const what = `OTLP/${protocol}${receiver.name === defaultReceiver ? '' : ` of ${receiver.name}`}`
      return [{ what, endpoint, path: ['receivers', receiver.name, 'protocols', protocol, 'endpoint'] }]
    }),
  )
  const all = [...doors, { what: 'admin', endpoint: admin, path: ['admin', 'endpoint'] }]
  for (const [index, one] of all.entries()) {
    for (const other of all.slice(index + 1)) {
      if (one.endpoint.port === 0 || !meet(one.endpoint, other.endpoint)) continue
      report('same-endpoint', `${one.what} and ${other.what} listen on one address`, other.path)
    }
  }
  for (const exporter of exporters) {
    if (exporter.type !== 'otlp_http' && exporter.type !== 'otlp_grpc') continue
    const targets: [string, string | undefined][] = [
      ['endpoint', exporter.endpoint],
      ...signals.map((signal: Signal): [string, string | undefined] => [
        `${signal}_endpoint`,
        exporter.endpoints?.[signal],
      ]),
    ]
    for (const [key, target] of targets) {
      const endpoint = target === undefined ? undefined : endpointOf(target)
      const door = endpoint && doors.find((each) => meet(each.endpoint, endpoint))
      if (door === undefined) continue
      const help = 'what it sends would come in again, without end'
      report(
        'loop',
        `"${exporter.name}" sends to the gateway's own ${door.what}`,
        ['exporters', exporter.name, key],
        help,
      )
    }
  }
  return found
}

function folders({ exporters }: Config, yaml: YamlFile): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = reporter(yaml, found)
  const owners = new Map<string, string>()
  for (const exporter of exporters) {
    if (exporter.type !== 'file') continue
    const { directory } = exporter.file
    const owner = owners.get(directory)
    owners.set(directory, exporter.name)
    if (owner === undefined) continue
    report('same-directory', `"${owner}" and "${exporter.name}" write into one directory`, [
      'exporters',
      exporter.name,
      'directory',
    ])
  }
  return found
}

function endpointOf(target: string): Endpoint | undefined {
  if (!target.includes('://')) return parseEndpoint(target)
  const { protocol, hostname, port } = new URL(target)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  }
}

/** Whether two addresses are one on this machine: every interface includes the loopback. */
function meet(a: Endpoint, b: Endpoint): boolean {
  const local = (host: string): string => (/^(localhost|127\..*|::1)$/.test(host) ? 'loopback' : host)
  const every = (host: string): boolean => host === '' || host === '0.0.0.0' || host === '::'
  if (a.port !== b.port) return false
  const [one, other] = [local(a.host), local(b.host)]
  return (
    one === other || (every(a.host) && (every(b.host) || other === 'loopback')) || (every(b.host) && one === 'loopback')
  )
}
