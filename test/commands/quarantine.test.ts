// The quarantine from end to end: a gateway as users run it, a backend, and the commands beside it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { httpBackend, type Backend } from '../leak/backend.ts'
import { cli, runGateway, type RunningGateway } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const rules = `version: 1
name: mine
extends: [builtin:automagik]
validation: { on_violation: quarantine }
defaults: { event: quarantine }
`

function folderWith(exporter: string): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'ruleset.yaml'), rules)
  writeFileSync(
    join(folder, 'gateway.yaml'),
    `data_dir: ./data
ruleset: ruleset.yaml
logs: {enabled: false}
metrics: {flush_interval: 1s}
exporters: {${exporter}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [${exporter.split(':')[0]}]}}}
`,
  )
  return folder
}

async function started(folder: string): Promise<RunningGateway> {
  const gateway = await runGateway(['--config', join(folder, 'gateway.yaml')])
  onTestFinished(async () => void (await gateway.stop()))
  return gateway
}

const attributesOf = (values: Readonly<Record<string, string>>): object[] =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))

const spanOf = (number: number, name: string, values: Readonly<Record<string, string>>): object => ({
  traceId: '1'.repeat(32),
  spanId: String(number).padStart(16, '2'),
  name,
  attributes: attributesOf(values),
})

const fits = spanOf(1, 'automagik.health', { service_name: 'database', status: 'healthy' })
const doesNot = spanOf(2, 'automagik.health', { status: 'healthy', 'user.id': '+5511912345678' })
const unknown = spanOf(3, 'automagik.helth', { 'user.id': '+5511912345678' })

async function send({ started: { http } }: RunningGateway, spans: readonly object[]): Promise<void> {
  const resource = { attributes: attributesOf({ 'service.name': 'omni' }) }
  const answer = await fetch(`http://${String(http)}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib' }, spans }] }] }),
  })
  expect([answer.status, await answer.text()]).toEqual([200, '{}'])
}

const adminOf = ({ started: { admin } }: RunningGateway, path: string): Promise<string> =>
  fetch(`http://${String(admin)}${path}`).then((answer) => answer.text())

describe('an event that does not fit', () => {
  it('is kept, clean, over a restart, shown, and sent on to every exporter when it is asked for', async () => {
    const backend = await httpBackend()
    const folder = folderWith(`otlp_http/store: {endpoint: "http://127.0.0.1:${backend.port}"}`)
    const quarantine = (...args: readonly string[]) => cli(['quarantine', ...args, '-c', join(folder, 'gateway.yaml')])
    const gateway = await started(folder)
    await send(gateway, [fits, doesNot, unknown])
    await expect.poll(() => spansIn(backend), { timeout: 10_000 }).toBe(1)
    expect(await gateway.stop()).toBe(0)

    const listed = await quarantine('list')
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(listed.stdout).toMatch(/automagik\.health +service_name +required +1\n/)
    expect(listed.stdout).toMatch(/automagik\.helth +no schema knows it +1\n/)
    expect(listed.stdout).toContain('traces  schema-violation: 1 quarantine entry, 1 record')
    const shown = await quarantine('show', '1')
    expect(shown.stdout).toContain('"automagik.schema.keyword"')
    const exported = await quarantine('export')
    for (const { stdout } of [listed, shown, exported]) expect(stdout).not.toContain('5511912345678')
    const findings = await cli(['events', 'validate', '-'], { stdin: exported.stdout })
    expect(findings.code).toBe(1)
    expect(findings.stdout).toContain('automagik.health /service_name: it is required')
    expect((await cli(['dead-letters', 'list', '-c', join(folder, 'gateway.yaml')])).stdout).toBe(
      'There are no dead letters.\n',
    )
    expect((await cli(['replay', '-c', join(folder, 'gateway.yaml')])).stdout).toBe('There are no dead letters.\n')

    const again = await started(folder)
    const dry = await quarantine('replay', '--dry-run')
    expect(dry.stdout).toContain('Would put 2 quarantine entries (2 records) into the queue of otlp_http/store.')
    const replayed = await quarantine('replay', '--reason', 'schema-violation')
    expect(replayed).toMatchObject({ code: 0, stderr: '' })
    await expect.poll(() => spansIn(backend), { timeout: 10_000 }).toBe(2)
    expect(backend.received().toString('latin1')).not.toContain('5511912345678')
    expect((await quarantine('remove', '--all')).stdout).toBe('Removed 1 quarantine entry, 1 record.\n')
    expect((await quarantine('list')).stdout).toBe('The quarantine is empty.\n')
    await expect
      .poll(() => adminOf(again, '/metrics'), { timeout: 5_000 })
      .toContain('gateway_quarantine_records_removed{signal="traces",reason="removed"} 1')
    expect(await adminOf(again, '/metrics')).toContain(
      'gateway_quarantine_records_removed{signal="traces",reason="replayed"} 1',
    )
    // One was removed, one replayed: what went in is counted over the restart, as they are.
    for (const reason of ['schema-violation', 'unknown-event'])
      expect(await adminOf(again, '/metrics')).toContain(
        `gateway_records_quarantined{signal="traces",reason="${reason}"} 1`,
      )
    expect(JSON.parse(await adminOf(again, '/health'))).toMatchObject({
      queue: { books: 'balanced', dead_letters: 0 },
      exporters: [{ signals: { traces: { accepted: 1, replayed: 1, sent: 2 } } }],
    })
    expect(await again.stop()).toBe(0)
    expect(again.stdout()).not.toContain('do not add up')
  }, 90_000)

  it('is kept where no exporter has a queue on disk, and comes out with export', async () => {
    const folder = folderWith('file: {}')
    const gateway = await started(folder)
    await send(gateway, [fits, doesNot])
    expect(await adminOf(gateway, '/metrics')).toContain(
      'otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 2',
    )
    expect(await adminOf(gateway, '/metrics')).toContain(
      'gateway_records_quarantined{signal="traces",reason="schema-violation"} 1',
    )
    expect(await gateway.stop()).toBe(0)
    expect(gateway.stdout()).toContain('"quarantined":{"schema-violation":1}')
    const written = readFileSync(join(folder, 'data', 'traces.jsonl'), 'utf8')
    expect(written).not.toContain('automagik.schema')
    const replayed = await cli(['quarantine', 'replay', '-c', join(folder, 'gateway.yaml')])
    expect(replayed.code).toBe(1)
    expect(replayed.stderr).toContain('no exporter with a queue on disk gets traces: `quarantine export`')
    const exported = await cli(['quarantine', 'export', '-c', join(folder, 'gateway.yaml')])
    expect(exported.stdout).toContain('"automagik.schema.status","value":{"stringValue":"invalid"}')
  }, 60_000)
})

/** How many spans the backend has taken. */
function spansIn(backend: Backend): number {
  return (
    backend
      .received()
      .toString('latin1')
      .match(/automagik\.health/g)?.length ?? 0
  )
}
