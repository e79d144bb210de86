import { describe, expect, it } from 'vitest'
import { initFiles } from '../../src/config/init-files.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32) }
/** What is offered as a comment: comments that are YAML, by their form. */
const uncomment = (text: string): string => text.replace(/^( *)# ( *(?:- .*|[a-z_.0-9/]+:(?: .*)?))$/gm, '$1$2')
const env = {
  GATEWAY_TOKEN: 'a',
  GATEWAY_PATH_TOKEN: 'b',
  COLLECTOR_TOKEN: 'c',
  GATEWAY_PSEUDONYM_K2: 'x'.repeat(32),
}
const loadRules = (text: string) =>
  loadRuleset({ file: 'ruleset.yaml', readText: () => text, key, env, today: '2026-01-01' })

describe('the files of init', () => {
  it('load as they are, without a word', () => {
    const gateway = loadConfig('gateway.yaml', { readText: () => initFiles['gateway.yaml'], env: {} })
    expect(gateway.diagnostics).toEqual([])
    expect(gateway.config?.pipelines).toEqual({ traces: ['file'], metrics: ['file'], logs: ['file'] })
    const rules = loadRules(initFiles['ruleset.yaml'])
    expect(rules.diagnostics).toEqual([])
    expect(rules.program).toMatchObject({ name: 'my-rules', repair: true })
  })

  it('offer a configuration that loads when it is uncommented', () => {
    const text = uncomment(initFiles['gateway.yaml'])
    const { config, diagnostics } = loadConfig('gateway.yaml', { readText: () => text, env })
    expect(diagnostics.filter(({ code }) => code !== 'config/unused-exporter')).toEqual([])
    expect(config?.exporters.map(({ name }) => name)).toEqual([
      'file',
      'otlp_http',
      'otlp_grpc',
      'otlp_http/tempo',
      'otlp_http/loki',
      'otlp_http/prometheus',
      'debug',
    ])
    expect(config?.receivers[0].http?.auth).toEqual({ bearerToken: 'a', pathToken: 'b' })
  })

  it('offer rules that load when they are uncommented', () => {
    const text = uncomment(initFiles['ruleset.yaml']).replace(/^ *k1: .*\n/m, '')
    const { program, diagnostics } = loadRules(text)
    expect(diagnostics).toEqual([])
    expect(program?.rules.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['customers', 'crm-notes', 'status-text']),
    )
    const own = program?.exceptions.filter(({ place }) => !place?.file.startsWith('builtin:'))
    expect(own).toHaveLength(1)
    expect(program?.keys.get('pseudonym')?.active).toBe('k2')
  })

  it('restate the built-in classes as they are', () => {
    const text = uncomment(initFiles['ruleset.yaml']).replace(/^ *k1: .*\n/m, '')
    const [restated, builtin] = [loadRules(text).program, loadRuleset({ key }).program]
    for (const [name, action] of builtin?.classes ?? [])
      if (restated?.classes.has(name)) expect([name, restated.classes.get(name)]).toEqual([name, action])
  })
})
