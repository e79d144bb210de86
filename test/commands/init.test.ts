import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, runGateway } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('init', () => {
  it('writes three files and says what to do next', async () => {
    const cwd = temporaryFolder()
    const { code, stdout } = await cli(['init'], { cwd })
    expect(code).toBe(0)
    expect(readdirSync(cwd).sort()).toEqual(['gateway.env.example', 'gateway.yaml', 'ruleset.yaml'])
    expect(stdout).toContain('automagik-gateway start --config gateway.yaml')
  })

  it('says how to start in a checkout when npm runs it there', async () => {
    const { stdout } = await cli(['init'], { cwd: temporaryFolder(), env: { npm_lifecycle_event: 'gateway' } })
    expect(stdout).toContain('npm start -- --config gateway.yaml')
  })

  it('writes files that the gateway starts with', async () => {
    const cwd = temporaryFolder()
    await cli(['init', 'deep/er'], { cwd })
    const gateway = await runGateway(['--config', 'deep/er/gateway.yaml'], { cwd })
    expect(gateway.stderr()).toBe('')
    expect(await gateway.stop()).toBe(0)
  })

  it('replaces nothing unless forced', async () => {
    const cwd = temporaryFolder()
    const file = join(cwd, 'gateway.yaml')
    writeFileSync(file, 'mine')
    const refused = await cli(['init'], { cwd })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/already there: gateway\.yaml[^]*--force/)
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(existsSync(join(cwd, 'ruleset.yaml'))).toBe(false)
    expect((await cli(['init', '--force'], { cwd })).code).toBe(0)
    expect(readFileSync(file, 'utf8')).not.toBe('mine')
  })

  it('says so when it cannot write', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'file'), '')
    const { code, stderr } = await cli(['init', 'file'], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain('cannot write into file')
  })
})
