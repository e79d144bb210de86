import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cli, mainFile, runGateway } from './cli.ts'
import { projects } from '../../src/commands/demo/stories.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** What the demo's people carry: an address of a documentation domain, a number of Brazil, an address, a home, a key. */
const personal =
  /[\w.]+@example\.(com|org)|55\d{2}9\d{8}|\+55 \d\d 9\d{4}-\d{4}|203\.0\.113\.\d|\/(home|Users)\/\w+|sk-ant-/

describe('demo', () => {
  it('shows one event of each project before and after, clean, and ends with totals', async () => {
    const cwd = temporaryFolder()
    const { code, stdout, stderr } = await cli(['demo'], { cwd })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001b')

    const [, ...cards] = stdout.split(/\n(?=\w+: (?:span|metric|log) )/)
    expect(cards.map((card) => card.split(':', 1)[0])).toEqual([...projects])
    for (const card of cards) {
      const lines = card.split('\n')
      expect(lines.filter((line) => line.startsWith('    - ')).join('\n'), card).toMatch(personal)
      expect(lines.filter((line) => line.startsWith('    + ')).join('\n'), card).not.toMatch(personal)
    }
    const totals = stdout.slice(stdout.indexOf('\nTotals'))
    for (const project of projects) expect(totals).toMatch(new RegExp(`${project} +.*\\d`))
    for (const figure of ['phone', 'email', 'secret'])
      expect(totals).toMatch(new RegExp(`fields changed.* ${figure} \\d`))
    for (const way of ['JSON', 'protobuf', 'gRPC']) expect(stdout).toContain(way)
  })

  it('sends to a gateway that runs', async () => {
    const cwd = temporaryFolder()
    const gateway = await runGateway([], { cwd })
    onTestFinished(() => void gateway.child.kill('SIGKILL'))
    const { code, stdout } = await cli(['demo', '--endpoint', `http://${String(gateway.started['http'])}`], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain('Totals')
    const metrics = await (await fetch(`http://${String(gateway.started['admin'])}/metrics`)).text()
    expect(metrics).toMatch(/^otelcol_receiver_accepted_spans\{receiver="otlp",transport="http"\} [1-9]/m)
  })

  it('wants a URL to send to', async () => {
    const { code, stdout, stderr } = await cli(['demo', '--endpoint', '127.0.0.1:4318'], { cwd: temporaryFolder() })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('http://127.0.0.1:4318')
  })

  it('says so when no gateway answers', async () => {
    const { code, stderr } = await cli(['demo', '--endpoint', 'http://127.0.0.1:1'], { cwd: temporaryFolder() })
    expect(code).toBe(1)
    expect(stderr).toBe('error: no gateway answers at http://127.0.0.1:1\n')
  })

  it('goes on at a rate until its time is over, and shows no record', async () => {
    const cwd = temporaryFolder()
    const gateway = await runGateway([], { cwd })
    onTestFinished(() => void gateway.child.kill('SIGKILL'))
    const endpoint = `http://${String(gateway.started['http'])}`
    const { code, stdout, stderr } = await cli(['demo', '--endpoint', endpoint, '--rate', '100', '--duration', '500ms'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Made-up events .*\nsent [1-9]\d*, not taken 0\n$/)
    expect(stdout).not.toMatch(personal)
  })

  it('waits for a gateway that is away, says so once, and ends when it is told to', async () => {
    const child = spawn(process.execPath, [mainFile, 'demo', '--endpoint', 'http://127.0.0.1:1', '--continuous'])
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
      child.kill('SIGTERM')
    })
    const [code] = await once(child, 'close')
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'waiting: no gateway answers at http://127.0.0.1:1\n' })
    expect(stdout).toMatch(/sent 0, not taken [1-9]/)
  })

  it.each([
    [['--continuous'], '--continuous needs a gateway to send to'],
    [['--endpoint', 'http://127.0.0.1:1', '--rate', '0'], 'number from above 0 to 1000'],
    [['--endpoint', 'http://127.0.0.1:1', '--duration', 'soon'], 'written as 30s'],
  ])('wants to know how to go on: %s', async (args, message) => {
    const { code, stderr } = await cli(['demo', ...args], { cwd: temporaryFolder() })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
