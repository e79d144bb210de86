// What only the whole file can tell: names without an owner, exporters without work, addresses that collide or lead back.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import { positionOf, positionOfKey, writtenAt, type YamlFile, type YamlPath } from '../diagnostics/yaml.ts'
import { signals, type Signal } from '../otlp/fields.ts'
import type { Config } from './config.ts'
import type { ConfigFile } from './schema.ts'
import { parseEndpoint, type Endpoint } from './units.ts'

/** Checks a file whose parts are right each for itself. */
export function checkNames(config: Config, file: ConfigFile, yaml: YamlFile): Diagnostic[] {
  return [...connections(config, file, yaml), ...addresses(config, yaml), ...folders(config, yaml)]
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

function addresses({ receivers, admin, exporters }: Config, yaml: YamlFile): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = reporter(yaml, found)
  const doors = (['http', 'grpc'] as const).flatMap((protocol) => {
    const endpoint = receivers[protocol]?.endpoint
    return endpoint === undefined
      ? []
      : [{ what: `OTLP/${protocol}`, endpoint, path: ['receivers', 'otlp', 'protocols', protocol, 'endpoint'] }]
  })
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

function reporter(yaml: YamlFile, found: Diagnostic[]) {
  return (
    code: string,
    message: string,
    path: YamlPath,
    help?: string,
    mark: 'key' | 'value' = 'value',
    severity: Diagnostic['severity'] = 'error',
  ): void => {
    const position = mark === 'key' ? positionOfKey(yaml, path) : positionOf(yaml, path)
    found.push({
      code: `config/${code}`,
      severity,
      message,
      file: yaml.file,
      ...(position === undefined ? {} : { position }),
      ...(help === undefined ? {} : { help }),
    })
  }
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
