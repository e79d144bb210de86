// Reloads of a running gateway: each trigger, and where it is said what came of it.
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { dropping, rulesOnDisk } from './rules.ts'
import { runReloadable } from './running.ts'

/** A file that is looked at so often that a test need not wait. */
const intervalMs = 20
const until = (what: () => unknown): Promise<unknown> => vi.waitFor(what, { timeout: 20_000, interval: 20 })

describe('a reload', () => {
  it('asked for over HTTP puts other rules in force, for the next request', async () => {
    const rules = rulesOnDisk()
    const running = await runReloadable(rules)
    await running.send({ note: 'Ana' })
    const { digest } = (await running.health()).ruleset
    rules.write(dropping('note'))
    const { status, body } = await running.reload()
    expect(status).toBe(200)
    expect(body).toMatchObject({ outcome: 'reloaded', previous_digest: digest, changes: [{ name: 'rule.mine' }] })
    expect(body.digest).not.toBe(digest)
    await running.send({ note: 'Ana' })
    expect(running.out().map(({ attributes }) => attributes)).toEqual([{ note: 'Ana' }, {}])
    expect(await running.health()).toMatchObject({
      status: 'ok',
      ruleset: { digest: body.digest, reload: { outcome: 'reloaded', trigger: 'request', before: digest } },
    })
  })

  it('that is refused leaves in force what was, and says so everywhere', async () => {
    const rules = rulesOnDisk()
    const running = await runReloadable(rules)
    const { digest } = (await running.health()).ruleset
    rules.write(dropping().replace('content', 'contnt'))
    const { status, body } = await running.reload()
    expect(status).toBe(422)
    expect(body).toMatchObject({
      outcome: 'invalid',
      digest,
      findings: [{ code: 'ruleset/unknown-class', line: 3, help: expect.any(String) }],
    })
    await running.send({ x: 'Ana' })
    expect(running.out()).toMatchObject([{ attributes: {} }])
    expect(await running.health()).toMatchObject({
      status: 'degraded',
      ruleset: { digest, reload: { outcome: 'invalid', findings: [{ code: 'ruleset/unknown-class' }] } },
    })
    const metrics = (await running.metrics()).split('\n')
    expect(metrics).toContain('gateway_ruleset_reloads{outcome="invalid"} 1')
    expect(metrics).toContain('gateway_ruleset_reloads{outcome="reloaded"} 0')
    expect(metrics).toContain('gateway_ruleset_last_reload_successful 0')
    expect(running.logged).toContain('warn: the changed ruleset does not load: the former stays in force')
    // What is mended is well again, though nothing new comes into force.
    rules.write(dropping())
    expect(await running.reload()).toMatchObject({ status: 200, body: { outcome: 'unchanged' } })
    expect(await running.health()).toMatchObject({ status: 'ok' })
    const journal = readFileSync(join(rules.source.dataDir, 'reloads.jsonl'), 'utf8').trimEnd().split('\n')
    expect(journal.map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toEqual(['invalid', 'unchanged'])
  })

  it('that loosens is a conflict, and is told what to do', async () => {
    const rules = rulesOnDisk(dropping('note'))
    const running = await runReloadable(rules)
    rules.write(dropping())
    const { status, body } = await running.reload()
    expect(status).toBe(409)
    expect(body).toMatchObject({ outcome: 'loosens', help: expect.stringContaining('--allow-loosening') })
    expect(body.changes[0].where.join()).toContain('note')
    await running.send({ note: 'Ana' })
    expect(running.out()).toMatchObject([{ attributes: {} }])
  })

  it('comes by itself when a file changes, is renamed over, or goes and comes back', async () => {
    const rules = rulesOnDisk()
    const running = await runReloadable(rules, { intervalMs })
    const last = async (): Promise<any> => (await running.health()).ruleset.reload
    rules.write(dropping('a'))
    await until(async () => expect(await last()).toMatchObject({ outcome: 'reloaded', trigger: 'file' }))
    rules.write(dropping('a', 'b'), 'new.yaml')
    renameSync(rules.file, join(rules.folder, 'away.yaml'))
    await until(async () => expect(await last()).toMatchObject({ outcome: 'invalid' }))
    renameSync(join(rules.folder, 'new.yaml'), rules.file)
    await until(async () =>
      expect(await last()).toMatchObject({ outcome: 'reloaded', changes: [expect.stringContaining('rule.mine')] }),
    )
  })

  it('comes when Kubernetes swaps a ConfigMap', async () => {
    const rules = rulesOnDisk()
    const mount = join(rules.folder, 'mount')
    for (const [version, text] of [
      ['..1', dropping()],
      ['..2', dropping('note')],
    ]) {
      mkdirSync(join(mount, version), { recursive: true })
      writeFileSync(join(mount, version, 'ruleset.yaml'), text)
    }
    symlinkSync('..1', join(mount, '..data'))
    symlinkSync('..data/ruleset.yaml', join(mount, 'ruleset.yaml'))
    rules.write('version: 1\nname: mine\nextends: mount/ruleset.yaml\n')
    const running = await runReloadable(rules, { intervalMs })
    symlinkSync('..2', join(mount, '..data_tmp'))
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
    await until(async () => expect((await running.health()).ruleset.reload).toMatchObject({ outcome: 'reloaded' }))
  })

  it('is not open to web pages, nor to others without a token', async () => {
    const rules = rulesOnDisk()
    const here = await runReloadable(rules)
    expect(await here.reload({ origin: 'https://page.example' })).toMatchObject({ status: 403 })
    const everywhere = await runReloadable(rulesOnDisk(), { admin: { host: '0.0.0.0', port: 0 } })
    expect(await everywhere.reload()).toMatchObject({
      status: 403,
      body: { help: expect.stringContaining('bearer_token') },
    })
    const withToken = await runReloadable(rulesOnDisk(), { admin: { host: '0.0.0.0', port: 0, bearerToken: 'right' } })
    expect(await withToken.reload({ authorization: 'Bearer wrong' })).toMatchObject({ status: 401 })
    expect(await withToken.reload({ authorization: 'Bearer right' })).toMatchObject({ status: 200 })
    for (const { gateway } of [here, everywhere])
      expect(await gateway.reload('signal')).toMatchObject({ outcome: 'unchanged' })
  })

  it('takes POST only', async () => {
    const { gateway } = await runReloadable(rulesOnDisk())
    const response = await fetch(`http://127.0.0.1:${gateway.endpoints.admin.port}/-/reload`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('counters and series', () => {
  it('go on over a reload, and the classes on /metrics are those of the new rules', async () => {
    const rules = rulesOnDisk()
    const running = await runReloadable(rules)
    const changed = async (name: string): Promise<string | undefined> =>
      (await running.metrics()).split('\n').find((line) => line.startsWith(`gateway_fields_changed{class="${name}"}`))
    await running.send({ x: 'Ana' })
    expect(await changed('content')).toMatch(/ 1$/)
    expect(await changed('mine')).toBeUndefined()
    rules.write(`${dropping('note')}classes: { mine: drop }\n`)
    expect((await running.reload()).body.outcome).toBe('reloaded')
    expect(await changed('content')).toMatch(/ 1$/)
    expect(await changed('mine')).toMatch(/ 0$/)
    await running.send({ x: 'Ana', note: 'Ana' })
    expect(await changed('content')).toMatch(/ 3$/)
    expect(running.gateway.tally.changed.get('content')).toBe(3)
  })
})

it('a gateway that stops waits for no reload', async () => {
  const rules = rulesOnDisk()
  const running = await runReloadable(rules)
  const reload = running.gateway.reload('signal')
  await running.gateway.stop(1_000)
  expect(await reload).toBeUndefined()
  expect(await running.gateway.reload('signal')).toBeUndefined()
})

describe("the gateway's own log records", () => {
  it('tell of the start, of reloads and findings, and of the stop', async () => {
    const rules = rulesOnDisk()
    const running = await runReloadable(rules, { ownLog: true })
    rules.write(dropping('note'))
    await running.reload()
    rules.write(dropping('note').replace('content', 'contnt'))
    await running.reload()
    await running.gateway.stop(1_000)
    const records = running.out() as { eventName: string; attributes: Record<string, unknown> }[]
    expect(records.map(({ eventName }) => eventName.replace('automagik.gateway.', ''))).toEqual([
      'started',
      'ruleset.reloaded',
      'ruleset.refused',
      'ruleset.finding',
      'stopping',
    ])
    expect(records[1].attributes).toMatchObject({ 'automagik.gateway.reload.trigger': 'request' })
    expect(records[3].attributes).toMatchObject({ 'automagik.gateway.finding.code': 'ruleset/unknown-class' })
  })

  it('are sent by nobody else than who asks for them', async () => {
    const running = await runReloadable(rulesOnDisk())
    await running.gateway.stop(1_000)
    expect(running.out()).toEqual([])
  })
})
