import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig, type LoadedConfig } from '../../src/config/load-config.ts'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'

const folder = '/etc/gateway'

function load(
  exporter: string,
  form: string,
  signals: readonly string[],
  files: Record<string, string> = {},
): LoadedConfig {
  const pipelines = signals.map((signal) => `${signal}: {receivers: [otlp], exporters: [${exporter}]}`).join(', ')
  const yaml = `exporters: {${exporter}: ${form}}\nservice: {pipelines: {${pipelines}}}\n`
  const all: Record<string, string> = { [`${folder}/gateway.yaml`]: yaml, ...files }
  return loadConfig(`${folder}/gateway.yaml`, {
    env: { TOKEN: 'from-env' },
    readText: (path) => {
      const text = all[resolve(path)]
      if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' })
      return text
    },
  })
}
const codesOf = ({ diagnostics }: LoadedConfig): string[] => diagnostics.map(({ code }) => code)

describe('the profile of an exporter', () => {
  it.each([
    ['tempo', ['traces']],
    ['loki', ['logs']],
    ['prometheus', ['metrics']],
    ['collector', ['traces', 'metrics', 'logs']],
  ])('%s takes %j and nothing else', (profile, taken) => {
    for (const signal of ['traces', 'metrics', 'logs']) {
      const loaded = load('otlp_http/x', `{profile: ${profile}, endpoint: "http://x:1"}`, [signal])
      expect(codesOf(loaded)).toEqual(taken.includes(signal) ? [] : ['config/profile-mismatch'])
    }
  })

  it('is none that speaks gRPC where the store does not', () => {
    expect(codesOf(load('otlp_grpc/x', '{profile: tempo, endpoint: "x:1"}', ['traces']))).toEqual([])
    expect(codesOf(load('otlp_grpc/x', '{profile: loki, endpoint: "x:1"}', ['logs']))).toEqual([
      'config/profile-mismatch',
    ])
  })

  it('is one of those that there are', () => {
    const { diagnostics } = load('otlp_http/x', '{profile: tempoo, endpoint: "http://x:1"}', ['traces'])
    expect(diagnostics[0]).toMatchObject({ code: 'config/wrong-value' })
    expect(diagnostics[0].message).toContain('"tempo"')
  })
})

describe('the authorization of an exporter', () => {
  const auth = (form: string, files: Record<string, string> = {}): LoadedConfig =>
    load('otlp_http/x', `{endpoint: "http://x:1", auth: ${form}}`, ['traces'], files)
  const authOf = ({ config }: LoadedConfig): unknown => {
    const [exporter] = config?.exporters ?? []
    return exporter?.type === 'otlp_http' ? exporter.auth : undefined
  }

  it('comes from a variable or a file beside the configuration', () => {
    const files = { [`${folder}/token`]: 'secret\n' }
    expect(authOf(auth('{bearer_token: "${env:TOKEN}"}'))).toEqual({ token: 'from-env' })
    expect(authOf(auth('{bearer_token_file: token}', files))).toEqual({ tokenFile: `${folder}/token` })
    expect(authOf(auth('{basic: {username: "123", password: "${env:TOKEN}"}}'))).toEqual({
      basic: { username: '123', password: 'from-env' },
    })
    expect(authOf(auth('{basic: {username: u, password_file: token}}', files))).toEqual({
      basic: { username: 'u', passwordFile: `${folder}/token` },
    })
  })

  it.each([
    ['{}', 'needs one of bearer_token, bearer_token_file, basic'],
    ['{bearer_token: a, bearer_token_file: b}', 'needs one of bearer_token'],
    ['{basic: {username: a}}', 'needs one of password, password_file'],
    ['{basic: {username: "a:b", password: c}}', 'want a user name without'],
    ['{authenticator: basicauth}', 'no key "authenticator"'],
  ])('is not %s', (form, message) => {
    const { diagnostics } = auth(form)
    expect(diagnostics.map((each) => each.message).join('\n')).toContain(message)
  })

  it('needs its file, with something in it', () => {
    expect(auth('{bearer_token_file: gone}').diagnostics[0].message).toContain(`"${folder}/gone" (ENOENT)`)
    expect(auth('{bearer_token_file: token}', { [`${folder}/token`]: ' \n' }).diagnostics[0].message).toContain(
      'is empty',
    )
  })

  it('is not there twice', () => {
    const form = '{endpoint: "http://x:1", headers: {AUTHORIZATION: b}, auth: {bearer_token: a}}'
    expect(codesOf(load('otlp_http/x', form, ['traces']))).toEqual(['config/two-authorizations'])
  })

  it('shows no secret in what is said of it', () => {
    const { diagnostics, sources } = auth('{basic: {username: me, password: hunter2, pasword: x}}')
    expect(renderDiagnostics(diagnostics, sources)).not.toContain('hunter2')
  })
})

describe('the proxy of an exporter', () => {
  it('is a URL, and its password is not shown', () => {
    expect(
      codesOf(load('otlp_http/x', '{endpoint: "http://x:1", proxy_url: "https://u:p@proxy:1"}', ['traces'])),
    ).toEqual([])
    const { diagnostics, sources } = load(
      'otlp_http/x',
      '{endpoint: "http://x:1", proxy_url: "socks5://user:hunter2@proxy:1"}',
      ['traces'],
    )
    expect(diagnostics[0].message).toContain('want a URL such as http://proxy:3128')
    expect(renderDiagnostics(diagnostics, sources)).not.toContain('hunter2')
  })

  it('of gRPC is http://', () => {
    const form = '{endpoint: "x:1", proxy_url: "https://proxy:1"}'
    expect(codesOf(load('otlp_grpc/x', form, ['traces']))).toEqual(['config/grpc-proxy'])
  })
})
