import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { loadConfig } from '../../src/config/load-config.ts'
import { anchorsOf, pages } from '../docs/pages.ts'
import { compose, filesIn, read, readYaml, root } from './files.ts'
import { taintedExporters } from './taint.ts'

const yamlFiles = [
  'docker-compose.yml',
  ...filesIn('deploy', '.yaml', '.yml'),
  ...filesIn('collector-config', '.yaml', '.yml'),
]
const gatewayFiles = yamlFiles.filter((path) => /deploy\/gateway\/|automagik-gateway\//.test(path))
const collectorFiles = ['collector-config/gateway.yaml', 'collector-config/beside.yaml']

const isGateway = (exporter: string): boolean => exporter === 'otlp_http/gateway'

describe('every configuration file', () => {
  it.each(yamlFiles)('%s is YAML, in lines that one can read', (path) => {
    const faults = parseAllDocuments(read(path)).flatMap(({ errors, warnings }) => [...errors, ...warnings])
    expect(faults).toEqual([])
    // Tests of alerts repeat whole sentences.
    const width = path.startsWith('deploy/prometheus/') ? Infinity : 120
    for (const line of read(path).split('\n')) expect(line.length, line).toBeLessThanOrEqual(width)
  })
})

describe("the gateway's files", () => {
  it.each(gatewayFiles)('%s holds, without any variable set', (path) => {
    const { config, diagnostics } = loadConfig(`${root}${path}`, { env: {} })
    expect(diagnostics).toEqual([])
    expect(Object.keys(config!.pipelines)).toEqual(['traces', 'metrics', 'logs'])
  })

  it('of containers listen on all addresses, the others on this machine', () => {
    for (const path of gatewayFiles) {
      const { config } = loadConfig(`${root}${path}`, { env: {} })
      const hosts = JSON.stringify(config).match(/"host":"[^"]*"/g)
      expect(new Set(hosts), path).toEqual(
        new Set([path.startsWith('deploy/') ? '"host":"0.0.0.0"' : '"host":"127.0.0.1"']),
      )
    }
  })

  it.each(gatewayFiles)('%s can be told where to listen, where to send and where its data is', (path) => {
    const { config } = loadConfig(`${root}${path}`, {
      env: {
        GATEWAY_HTTP_ENDPOINT: '127.0.0.1:1001',
        GATEWAY_GRPC_ENDPOINT: '127.0.0.1:1002',
        GATEWAY_ADMIN_ENDPOINT: '127.0.0.1:1003',
        GATEWAY_DATA_DIR: '/somewhere',
        COLLECTOR_ENDPOINT: '127.0.0.1:1004',
      },
    })
    expect(config).toMatchObject({ admin: { host: '127.0.0.1', port: 1003 }, dataDir: '/somewhere' })
    const text = JSON.stringify(config)
    for (const port of ['1001', '1002']) expect(text).toContain(`"port":${port}`)
    if (path !== 'deploy/gateway/image.yaml') expect(text).toContain('127.0.0.1:1004')
  })
})

describe('the gateway in Compose', () => {
  it('is configured like the one of collector-config that the end-to-end tests start, but for its addresses', () => {
    const env = {
      GATEWAY_HTTP_ENDPOINT: '127.0.0.1:1001',
      GATEWAY_GRPC_ENDPOINT: '127.0.0.1:1002',
      GATEWAY_ADMIN_ENDPOINT: '127.0.0.1:1003',
      GATEWAY_DATA_DIR: '/somewhere',
      COLLECTOR_ENDPOINT: '127.0.0.1:1004',
    }
    const { config } = loadConfig(`${root}deploy/gateway/gateway.yaml`, { env })
    for (const name of ['gateway', 'beside'])
      expect(loadConfig(`${root}collector-config/automagik-gateway/${name}.yaml`, { env }).config).toEqual(config)
  })
})

describe("the Collector's files", () => {
  it.each(collectorFiles)('%s limits memory first, and queues on the disk for a day', (path) => {
    const { service, exporters, extensions } = readYaml(path)
    for (const pipeline of Object.values<any>(service.pipelines)) expect(pipeline.processors[0]).toBe('memory_limiter')
    for (const [name, exporter] of Object.entries<any>(exporters)) {
      expect(exporter.sending_queue.storage, name).toBe('file_storage')
      expect(exporter.retry_on_failure.max_elapsed_time, name).toBe('24h')
    }
    // Points of a series in order.
    expect(exporters['otlp_http/prometheus'].sending_queue.num_consumers).toBe(1)
    expect(service.extensions).toEqual(Object.keys(extensions))
  })

  it.each(collectorFiles)('%s listens on this machine only unless told otherwise', (path) => {
    const listens = [...read(path).matchAll(/^\s*(?:endpoint|host): \$\{env:COLLECTOR_LISTEN_ADDRESS:-([^}]*)\}/gm)]
    expect(listens.length).toBeGreaterThan(3)
    for (const [, address] of listens) expect(address).toBe('127.0.0.1')
    expect(read(path)).not.toMatch(/0\.0\.0\.0/)
  })

  it('beside.yaml lets raw data go to the gateway and nowhere else', () => {
    const config = readYaml('collector-config/beside.yaml')
    expect([...taintedExporters(config, (name) => name === 'otlp/clean')]).toEqual(['otlp_http/gateway'])
    // And what comes back does not go round again.
    for (const { receivers, exporters } of Object.values<any>(config.service.pipelines))
      if (receivers.includes('otlp/clean')) expect(exporters.some(isGateway)).toBe(false)
  })

  it('the check sees raw data that goes past the gateway, also through a connector', () => {
    const pipelines = {
      'traces/raw': { receivers: ['otlp/raw'], exporters: ['otlp_http/gateway', 'span_metrics'] },
      'metrics/made': { receivers: ['span_metrics'], exporters: ['otlp_http/prometheus'] },
    }
    const config = { connectors: { span_metrics: {} }, service: { pipelines } }
    const isClean = (name: string): boolean => name === 'otlp/clean'
    expect([...taintedExporters(config, isClean)]).toEqual(['otlp_http/gateway', 'otlp_http/prometheus'])
  })

  it('take nothing of the ports that the gateway beside them, Omni, or another Collector has', () => {
    const portsIn = (path: string): number[] =>
      [...read(path).matchAll(/_PORT:-(\d+)\}|_ENDPOINT:-(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)\}/g)].map(([, one, other]) =>
        Number(one ?? other),
      )
    const usual = [4317, 4318, 8888, 13_133]
    const gateway = portsIn('collector-config/automagik-gateway/gateway.yaml').filter((port) => port !== 24_317)
    const beside = portsIn('collector-config/automagik-gateway/beside.yaml').filter((port) => port !== 24_317)
    expect(gateway).toEqual([14_318, 14_317, 18_882])
    expect(beside).toEqual(gateway)
    const collector = portsIn('collector-config/gateway.yaml')
    expect(collector).toHaveLength(4)
    expect([...collector, ...gateway].filter((port) => [...usual, 8882].includes(port))).toEqual([])
    const all = [...portsIn('collector-config/beside.yaml'), ...beside]
    expect(new Set(all).size).toBe(all.length)
  })
})

describe("Grafana's provisioning", () => {
  const { datasources } = readYaml('deploy/grafana/provisioning/datasources/datasources.yaml')
  const uids: string[] = datasources.map(({ uid }: any) => uid)

  it('has a data source of each type that the dashboards let one choose', () => {
    expect(uids).toEqual(['prometheus', 'loki', 'tempo'])
    const variables: any[] = filesIn('dashboards', '.json').flatMap((path) => readYaml(path).templating.list)
    const chosen = variables.filter(({ type }) => type === 'datasource').map(({ query }) => query)
    expect(chosen.length).toBeGreaterThan(0)
    const types = new Set(datasources.map(({ type }: any) => type))
    expect(chosen.filter((type) => !types.has(type))).toEqual([])
  })

  it('links only to data sources that are there', () => {
    const linked = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"([^"]*)"/g)].map(([, uid]) => uid)
    expect(linked.toSorted()).toEqual(['loki', 'tempo', 'tempo'])
    const { exemplarTraceIdDestinations } = datasources[0].jsonData
    expect(exemplarTraceIdDestinations).toMatchObject([{ name: 'trace_id', datasourceUid: 'tempo' }])
  })

  it('asks the services of docker-compose.yml', () => {
    for (const { url } of datasources) expect(Object.keys(compose.services)).toContain(new URL(url).hostname)
  })

  it('writes a dollar sign as two: Grafana would put the environment there', () => {
    for (const path of filesIn('deploy/grafana', '.yaml'))
      expect(
        read(path)
          .replaceAll('$$', '')
          .replaceAll(/^\s*#.*$/gm, ''),
        path,
      ).not.toContain('$')
  })

  it('shows the dashboards of the folder that is mounted, and opens with one that is there', () => {
    const { providers } = readYaml('deploy/grafana/provisioning/dashboards/dashboards.yaml')
    const { path } = providers[0].options
    const { volumes, environment } = compose.services.grafana
    expect(volumes).toContain(`./dashboards:${path}:ro`)
    const home: string = environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH
    expect(filesIn('dashboards', '.json').map((file) => file.replace('dashboards', path))).toContain(home)
  })
})

describe('the alerts', () => {
  const alerts: any[] = readYaml('deploy/prometheus/rules/automagik.yaml').groups.flatMap(({ rules }: any) => rules)

  it('say what is the matter, and lead to a paragraph that says what to do', () => {
    const anchors = anchorsOf(pages.find(({ path }) => path === 'docs/compose.md')!)
    for (const { alert, labels, annotations } of alerts) {
      expect(['warning', 'critical'], alert).toContain(labels.severity)
      expect(annotations.summary.length, alert).toBeGreaterThan(10)
      expect(annotations.description, alert).toMatch(/\.$/)
      expect(annotations.runbook).toBe(`docs/compose.md#${alert.toLowerCase()}`)
      expect(anchors, alert).toContain(alert.toLowerCase())
    }
  })

  it('are tested one by one, in both directions', () => {
    const { tests } = readYaml('deploy/prometheus/tests/automagik.test.yaml')
    const cases: any[] = tests.flatMap(({ alert_rule_test }: any) => alert_rule_test)
    for (const { alert } of alerts)
      expect(
        cases.some(({ alertname, exp_alerts }) => alertname === alert && exp_alerts.length > 0),
        alert,
      ).toBe(true)
  })
})
