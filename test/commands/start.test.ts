import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cli, mainFile, runGateway, type RunningGateway, type RunOptions } from './cli.ts'
import { helloSpan } from './hello-span.ts'
import { temporaryFolder } from './temporary-folder.ts'

const phone = '+55 11 91234-5678'

const span = helloSpan(`call ${phone}`)

async function gateway(args: readonly string[], options: RunOptions): Promise<RunningGateway> {
  const running = await runGateway(args, options)
  onTestFinished(() => void running.child.kill('SIGKILL'))
  return running
}

const post = (address: unknown, body: string): Promise<Response> =>
  fetch(`http://${String(address)}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })

const get = async (address: unknown, path: string): Promise<string> =>
  (await fetch(`http://${String(address)}${path}`)).text()

async function takenPort(): Promise<number> {
  const other = createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  return (other.address() as AddressInfo).port
}

describe('start', () => {
  it('takes an event, cleans it, drains at SIGTERM and leaves it in a file', async () => {
    const cwd = temporaryFolder()
    const { started, stop, stdout, stderr } = await gateway([], { cwd })
    const response = await post(started['http'], JSON.stringify(span))
    expect(response.status).toBe(200)
    expect(await stop()).toBe(0)
    expect(stderr()).toBe('')

    const file = readFileSync(join(cwd, 'data', 'traces.jsonl'), 'utf8')
    expect(file).toContain('"hello"')
    expect(file).toContain('+55 hm:')
    expect(file + stdout()).not.toContain('91234')
    const last = JSON.parse(stdout().trimEnd().split('\n').at(-1)!) as object
    expect(last).toMatchObject({ message: 'stopped', received: { spans: 1 }, changed: { phone: 1 }, refused: {} })
  })

  it('says what it listens on, which rules hold, where the data goes and that it made a key', async () => {
    const cwd = temporaryFolder()
    const { started, stdout } = await gateway([], { cwd })
    expect(started).toMatchObject({
      http: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      grpc: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      admin: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      ruleset: 'automagik',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      exporters: { file: expect.stringContaining(join(cwd, 'data')) },
    })
    const keyFile = join(cwd, 'data', 'pseudonym.key')
    expect(stdout()).toContain(keyFile)
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  })

  it('shows people a first event to send, and it works', async (test) => {
    test.skip(spawnSync('curl', ['--version']).status !== 0, 'there is no curl here')
    const cwd = temporaryFolder()
    const port = await takenPort()
    const { child, stdout } = textGateway(cwd, port)
    await waitFor(() => stdout().includes('curl'))
    expect(stdout()).toContain(`(${port} is taken)`)
    const command = stdout()
      .split('\n')
      .find((line) => line.includes('curl'))!
    const sent = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    expect(sent.stderr).toBe('')
    expect(JSON.parse(sent.stdout)).toEqual({})
    child.kill('SIGINT')
    await once(child, 'close')
    expect(stdout()).toContain('received 1 span · changed 1 email, 1 phone')
    expect(readFileSync(join(cwd, 'data', 'traces.jsonl'), 'utf8')).toContain('first-event')
  })

  it('answers /health and /metrics with figures and names, no values', async () => {
    const cwd = temporaryFolder()
    const { started } = await gateway([], { cwd })
    await post(started['http'], JSON.stringify(span))
    await post(started['http'], `{"resourceSpans": ${phone}`)
    const health = await get(started['admin'], '/health')
    expect(JSON.parse(health)).toMatchObject({
      status: 'ok',
      ruleset: { name: 'automagik', digest: started['digest'] },
      receivers: [
        { receiver: 'otlp', protocol: 'http', endpoint: started['http'], security: 'plaintext' },
        { receiver: 'otlp', protocol: 'grpc', endpoint: started['grpc'], security: 'plaintext' },
      ],
      exporters: [{ exporter: 'file', signals: { traces: { lost: {}, last: 'ok' } } }],
    })
    const metrics = await get(started['admin'], '/metrics')
    const lines = metrics.split('\n')
    expect(lines).toContain('otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 1')
    expect(lines).toContain('gateway_fields_changed{class="phone"} 1')
    expect(lines).toContain('gateway_detector_finds{detector="phone"} 1')
    expect(lines).toContain('gateway_requests_refused{receiver="otlp",transport="http",reason="malformed"} 1')
    // A figure may well have five of its digits.
    expect(health + metrics).not.toMatch(/91234-?5678/)
  })

  it('waits for what is queued when it is told to stop, and stops at once when it is told twice', async () => {
    const cwd = temporaryFolder()
    const config = [
      // What is queued on disk would stay there.
      'exporters: {otlp_http: {endpoint: "http://127.0.0.1:1", sending_queue: {storage: memory}}}',
      'service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_http]}}}',
      'shutdown_timeout: 1h',
    ]
    writeFileSync(join(cwd, 'gateway.yaml'), config.join('\n'))
    const { child, started, stdout } = await gateway(['--config', 'gateway.yaml'], { cwd })
    await post(started['http'], JSON.stringify(span))
    child.kill('SIGTERM')
    await waitFor(() => stdout().includes('"stopping"'))
    expect(JSON.parse(await get(started['admin'], '/health'))).toMatchObject({ status: 'stopping' })
    child.kill('SIGTERM')
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(143)
    expect(stdout()).not.toContain('"stopped"')
  })

  it('takes another port for itself when its own is taken, and says so', async () => {
    const port = await takenPort()
    const { started, stdout } = await gateway(['--admin', `127.0.0.1:${port}`], { cwd: temporaryFolder() })
    expect(stdout()).toContain(`port ${port} is taken`)
    expect(started['admin']).not.toBe(`127.0.0.1:${port}`)
    expect(await get(started['admin'], '/health')).toContain('"ok"')
  })

  it.each(['http', 'grpc'])('names a taken OTLP/%s port and the option to move it', async (protocol) => {
    const taken = `127.0.0.1:${await takenPort()}`
    const free = ['--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0', '--admin', '127.0.0.1:0']
    const { code, stderr } = await cli(['start', ...free, `--${protocol}`, taken], { cwd: temporaryFolder() })
    expect(code).toBe(1)
    expect(stderr).toContain(`${taken} is already in use`)
    expect(stderr).toContain(`--${protocol} 127.0.0.1:`)
  })

  it('names an address that this machine does not have', async () => {
    const { code, stderr } = await cli(['start', '--http', '192.0.2.1:4318'], { cwd: temporaryFolder() })
    expect(code).toBe(1)
    expect(stderr).toBe('error: cannot listen on 192.0.2.1:4318: this machine has no such address\n')
  })

  it('does not share a data folder with another gateway', async () => {
    const cwd = temporaryFolder()
    await gateway([], { cwd })
    const free = ['--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0', '--admin', '127.0.0.1:0']
    const { code, stderr } = await cli(['start', ...free], { cwd })
    expect(code).toBe(1)
    expect(stderr).toMatch(/another gateway is using the data folder .*--data-dir/)
  })

  it('moves everything with --data-dir', async () => {
    const cwd = temporaryFolder()
    const { started, stop } = await gateway(['--data-dir', 'elsewhere'], { cwd })
    await post(started['http'], JSON.stringify(span))
    await stop()
    expect(existsSync(join(cwd, 'elsewhere', 'traces.jsonl'))).toBe(true)
    expect(existsSync(join(cwd, 'data'))).toBe(false)
  })

  it('refuses a configuration that does not hold, with file, line and column, and touches nothing', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'gateway.yaml'), 'receivers:\n  otlp:\n    protocol:\n      http: {}\n')
    const { code, stdout, stderr } = await cli(['start', '--config', 'gateway.yaml'], { cwd })
    expect(code).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toContain('gateway.yaml:3:5')
    expect(stderr).toContain('"protocols"')
    expect(existsSync(join(cwd, 'data'))).toBe(false)
  })

  it('refuses a built-in ruleset that there is not, at the place that names it', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'gateway.yaml'), 'ruleset: builtin:automagic\n')
    const { code, stderr } = await cli(['start', '--config', 'gateway.yaml'], { cwd })
    expect(code).toBe(78)
    expect(stderr).toContain('gateway.yaml:1:10')
    expect(stderr).toContain('did you mean "builtin:automagik"?')
  })

  it('refuses a ruleset that does not hold the same way', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'rules.yaml'), 'version: 1\nname: mine\nclasses:\n  public: keepp\n')
    const { code, stderr } = await cli(['start', '--ruleset', 'rules.yaml'], { cwd })
    expect(code).toBe(78)
    expect(stderr).toContain('rules.yaml:4:11')
  })

  it('reloads its rules at SIGHUP, but not for rules that loosen', async () => {
    const cwd = temporaryFolder()
    const rules = (...names: string[]): void =>
      writeFileSync(
        join(cwd, 'rules.yaml'),
        `version: 1\nname: mine\nrules: [{ id: mine, class: content, attr: [x, ${names.join(', ')}] }]\n`,
      )
    rules()
    const { child, started, stdout, stop } = await gateway(['--ruleset', 'rules.yaml'], { cwd })
    rules('reason')
    child.kill('SIGHUP')
    await waitFor(() => stdout().includes('"the ruleset was reloaded"'))
    await post(started['http'], JSON.stringify(span))
    rules()
    child.kill('SIGHUP')
    await waitFor(() => stdout().includes('the changed ruleset loosens'))
    const health = JSON.parse(await get(started['admin'], '/health')) as Record<string, unknown>
    expect(health).toMatchObject({ status: 'degraded', ruleset: { reload: { outcome: 'loosens' } } })
    expect(await stop()).toBe(0)
    expect(stdout()).toContain('"loosens rule.mine (')
    const logs = readFileSync(join(cwd, 'data', 'logs.jsonl'), 'utf8')
    for (const event of ['started', 'ruleset.reloaded', 'ruleset.refused', 'stopping'])
      expect(logs).toContain(`"automagik.gateway.${event}"`)
  })

  it('puts in force what loosens when it was started to', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'rules.yaml'), 'version: 1\nname: mine\nrules: [{ id: mine, class: content, attr: x }]\n')
    const { child, stdout } = await gateway(['--ruleset', 'rules.yaml', '--allow-loosening'], { cwd })
    writeFileSync(join(cwd, 'rules.yaml'), 'version: 1\nname: mine\n')
    child.kill('SIGHUP')
    await waitFor(() => stdout().includes('"the ruleset was reloaded"'))
    expect(stdout()).toContain('"loosens rule.mine (')
  })

  it('does not take a signal without a pipeline', async () => {
    const cwd = temporaryFolder()
    const config = 'exporters: {file: {}}\nservice: {pipelines: {logs: {receivers: [otlp], exporters: [file]}}}\n'
    writeFileSync(join(cwd, 'gateway.yaml'), config)
    const { started } = await gateway(['--config', 'gateway.yaml'], { cwd })
    const response = await post(started['http'], JSON.stringify(span))
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(await response.text()).toContain('no pipeline is configured for traces')
  })
})

function textGateway(cwd: string, adminPort: number): { child: ChildProcess; stdout: () => string } {
  const free = '127.0.0.1:0'
  const args = ['start', '--log-format', 'text', '--http', free, '--grpc', free, '--admin', `127.0.0.1:${adminPort}`]
  const child = spawn(process.execPath, [mainFile, ...args], { cwd })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, stdout: () => text }
}

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
