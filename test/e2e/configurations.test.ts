// The real servers read the configuration files that are deployed, and are of the versions that docker-compose.yml names.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { filesIn, root } from '../deploy/files.ts'
import { testedVersions } from '../deploy/versions.ts'
import { findPeer, type PeerName } from './support/peers.ts'
import { temporaryFolder } from './support/processes.ts'
import { ran, skipped } from './support/report.ts'

const run = promisify(execFile)

/** A peer that is at hand, or a report of why it is skipped. */
function peer(name: PeerName): { skip: boolean; path: string } {
  const found = findPeer(name)
  if ('path' in found) return { skip: false, path: found.path }
  skipped(name, found.missing)
  return { skip: true, path: '' }
}

/** What a command prints; fails with it when the command does not end with 0. */
async function output(path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout, stderr } = await run(path, args, { cwd: root, env: { ...process.env, ...env } }).catch(
    ({ code, stdout, stderr }: { code: unknown; stdout: string; stderr: string }) => {
      throw new Error(`${path} ${args.join(' ')} ended with ${String(code)}:\n${stdout}${stderr}`)
    },
  )
  return stdout + stderr
}

const rules = filesIn('deploy/prometheus/rules', '.yaml')
const ruleTests = filesIn('deploy/prometheus/tests', '.yaml')

const otelcol = peer('otelcol')
describe.skipIf(otelcol.skip)('otelcol', () => {
  it('is of the version of the image', async () => {
    expect(await output(otelcol.path, ['--version'])).toContain(testedVersions.otelcol)
  })

  it.each(['gateway', 'beside'])('takes collector-config/%s.yaml', async (name) => {
    await output(otelcol.path, ['validate', '--config', `collector-config/${name}.yaml`])
    ran(`otelcol: validate collector-config/${name}.yaml`)
  })
})

const promtool = peer('promtool')
describe.skipIf(promtool.skip)('promtool', () => {
  it('is of the version of the image', async () => {
    expect(await output(promtool.path, ['--version'])).toContain(testedVersions.promtool)
  })

  it('takes the configuration of Prometheus, with its rules', async () => {
    const said = await output(promtool.path, ['check', 'config', 'deploy/prometheus/prometheus.yml'])
    expect(said).toContain(`${rules.length} rule file`)
    ran('promtool: check config')
  })

  it('finds nothing to say about the rules', async () => {
    await output(promtool.path, ['check', 'rules', '--lint=all', '--lint-fatal', ...rules])
    ran('promtool: check rules')
  })

  it('sees each alert fire when it must, and not when it must not', async () => {
    expect(await output(promtool.path, ['test', 'rules', ...ruleTests])).toContain('SUCCESS')
    ran('promtool: test rules')
  })
})

const prometheus = peer('prometheus')
describe.skipIf(prometheus.skip)('prometheus', () => {
  it('is of the version of the image', async () => {
    expect(await output(prometheus.path, ['--version'])).toContain(testedVersions.prometheus)
    ran('prometheus: version')
  })
})

const loki = peer('loki')
describe.skipIf(loki.skip)('loki', () => {
  it('is of the version of the image', async () => {
    expect(await output(loki.path, ['-version'])).toContain(testedVersions.loki)
  })

  it.each([{}, { LOKI_DIR: join(temporaryFolder('loki'), 'data'), TELEMETRY_RETENTION: '24h' }])(
    'takes deploy/loki/loki.yaml with the variables %j',
    async (env) => {
      await output(loki.path, ['-config.file=deploy/loki/loki.yaml', '-config.expand-env=true', '-verify-config'], env)
      ran('loki: verify deploy/loki/loki.yaml')
    },
  )

  it('can be asked for its health by itself, as its image is', async () => {
    await expect(output(loki.path, ['-health', '-health.url=http://127.0.0.1:1/ready'])).rejects.toThrow('Health check')
  })
})

const tempo = peer('tempo')
describe.skipIf(tempo.skip)('tempo', () => {
  it('is of the version of the image', async () => {
    expect(await output(tempo.path, ['-version'])).toContain(testedVersions.tempo)
  })

  it('takes deploy/tempo/tempo.yaml', async () => {
    await output(
      tempo.path,
      ['-config.file=deploy/tempo/tempo.yaml', '-config.expand-env=true', '-config.verify=true'],
      { TEMPO_DIR: temporaryFolder('tempo') },
    )
    ran('tempo: verify deploy/tempo/tempo.yaml')
  })

  it('can be asked for its health by itself, as its image is', async () => {
    await expect(output(tempo.path, ['-health', '-health.url=http://127.0.0.1:1/ready'])).rejects.toThrow('ealth check')
  })
})
