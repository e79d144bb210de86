// What only several keys together, or files on the disk, can tell about an exporter and its backend.
import { resolve } from 'node:path'
import { profiles } from '../backends/profiles.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { list } from '../diagnostics/suggest.ts'
import type { YamlFile } from '../diagnostics/yaml.ts'
import { signals } from '../otlp/fields.ts'
import type { Config, OtlpConfig } from './config.ts'
import { reporter, type Report } from './reporter.ts'

/** @param readText throws for files that cannot be read */
export function checkBackends(config: Config, yaml: YamlFile, readText: (path: string) => string): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = reporter(yaml, found)
  for (const exporter of config.exporters) {
    if (exporter.type !== 'otlp_http' && exporter.type !== 'otlp_grpc') continue
    checkProfile(exporter, config.pipelines, report)
    checkAuth(exporter, readText, report)
    if (exporter.type === 'otlp_grpc' && exporter.proxyUrl?.toLowerCase().startsWith('https:')) {
      const message = `"${exporter.name}" cannot speak TLS to its proxy`
      const help = 'over gRPC a proxy is http://; what goes through it may be TLS all the same'
      report('grpc-proxy', message, ['exporters', exporter.name, 'proxy_url'], help)
    }
  }
  return found
}

function checkProfile({ name, type, profile }: OtlpConfig, pipelines: Config['pipelines'], report: Report): void {
  if (profile === undefined) return
  const { title, signals: taken, protocols } = profiles[profile]
  if (protocols[type] === undefined) {
    const message = `${title} takes no OTLP/gRPC`
    report(
      'profile-mismatch',
      message,
      ['exporters', name, 'profile'],
      `name it otlp_http/${profile}, with its http:// URL`,
    )
    return
  }
  for (const signal of signals) {
    const index = pipelines[signal]?.indexOf(name) ?? -1
    if (index < 0 || taken.includes(signal)) continue
    const message = `"${name}" has the profile ${profile}, and ${title} takes no ${signal}`
    const help = `it takes ${list(taken)}; take it out of this pipeline, or its profile away`
    report('profile-mismatch', message, ['service', 'pipelines', signal, 'exporters', index], help)
  }
}

function checkAuth({ name, auth, headers = {} }: OtlpConfig, readText: (path: string) => string, report: Report): void {
  if (auth === undefined) return
  const path = ['exporters', name]
  const header = Object.keys(headers).find((each) => each.toLowerCase() === 'authorization')
  if (header !== undefined) {
    const message = `"${name}" has two authorizations`
    report('two-authorizations', message, [...path, 'headers', header], 'give "auth" or this header, not both')
  }
  const [file, key] =
    'basic' in auth
      ? [auth.basic.passwordFile, [...path, 'auth', 'basic', 'password_file']]
      : [auth.tokenFile, [...path, 'auth', 'bearer_token_file']]
  if (file === undefined) return
  try {
    if (readText(resolve(file)).trim() !== '') return
    report('unreadable', `the secret file "${file}" is empty`, key)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const help = 'a relative path starts from the folder of this file'
    report('unreadable', `cannot read the secret file "${file}" (${code})`, key, help)
  }
}
