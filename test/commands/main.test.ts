import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cli } from './cli.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const commands = [
  'start',
  'demo',
  'inspect',
  'preview',
  'init',
  'check',
  'test',
  'contract',
  'diff',
  'explain',
  'pseudonym',
  'sanitize',
  'dashboards',
  'dead-letters',
  'replay',
]

describe('the command line', () => {
  it('explains itself', async () => {
    const { code, stdout, stderr } = await cli(['--help'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    for (const word of [...commands, 'Exit codes']) expect(stdout).toContain(word)
  })

  it.each(commands)('explains %s', async (command) => {
    const { code, stdout } = await cli([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`automagik-gateway ${command}`)
  })

  it('tells its version', async () => {
    expect(await cli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('says which Node.js it needs on one that is too old', async () => {
    const old = `data:text/javascript,Object.defineProperty(process, 'version', { value: 'v20.11.0' })`
    const { code, stderr } = await cli(['start'], { env: { NODE_OPTIONS: `--import="${old.replaceAll(' ', '%20')}"` } })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: automagik-gateway needs Node\.js \d+ or newer, this is v20\.11\.0\n$/)
  })

  it.each([
    ['no command', [], 'Usage:'],
    ['an unknown command', ['strat'], 'Did you mean start?'],
    ['an unknown option', ['start', '--confg', 'x'], 'Did you mean --config?'],
    ['an endpoint that is none', ['start', '--http', 'here'], '127.0.0.1:4318'],
    ['an unknown format', ['sanitize', '--format', 'xml'], 'text, otlp-json'],
    ['a missing format', ['sanitize'], '--format'],
    ['too many arguments', ['init', 'a', 'b'], 'too many arguments'],
  ])('refuses %s as wrong usage', async (_case, args, hint) => {
    const { code, stdout, stderr } = await cli(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(hint)
  })
})
