// What only the files on the disk, or several keys together, can tell about TLS.
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { writtenAt, type YamlFile, type YamlPath } from '../diagnostics/yaml.ts'
import { nouns, readTlsFiles, TlsFileError, type TlsFiles, type TlsRole } from '../tls/files.ts'
import type { Config, OtlpConfig } from './config.ts'
import { given } from './given.ts'
import { reporter, type Report } from './reporter.ts'

/** @param readTls throws TlsFileError for files that cannot be used */
export function checkTls(
  { receivers, exporters }: Config,
  yaml: YamlFile,
  readTls: (files: TlsFiles) => void = readTlsFiles,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = reporter(yaml, found)
  const check = (files: TlsFiles, path: YamlPath, caKey: string): void => {
    try {
      readTls(files)
    } catch (error) {
      if (!(error instanceof TlsFileError)) throw error
      const { role, file, why, help } = error
      const keys: Readonly<Record<TlsRole, string>> = { cert: 'cert_file', key: 'key_file', ca: caKey }
      const place = [...path, keys[role]]
      report('tls-file', `the ${nouns[role]} "${writtenAt(yaml, place) ?? file}" ${why}`, place, help)
    }
  }
  for (const receiver of receivers) {
    for (const protocol of ['http', 'grpc'] as const) {
      const tls = receiver[protocol]?.tls
      if (tls === undefined) continue
      const files = { cert: tls.certFile, key: tls.keyFile, ...given({ ca: tls.clientCaFile }) }
      check(files, ['receivers', receiver.name, 'protocols', protocol, 'tls'], 'client_ca_file')
    }
  }
  for (const exporter of exporters) {
    if ((exporter.type !== 'otlp_http' && exporter.type !== 'otlp_grpc') || exporter.tls === undefined) continue
    const path = ['exporters', exporter.name, 'tls']
    if (contradicts(exporter, exporter.tls, path, report)) continue
    const { certFile, keyFile, caFile } = exporter.tls
    check(given({ cert: certFile, key: keyFile, ca: caFile }), path, 'ca_file')
    if (exporter.tls.insecureSkipVerify === true) {
      const message = `"${exporter.name}" sends to whoever answers: nobody checks the certificate`
      const help =
        'for trying things out; else name the CA, `ca_file`, or what is in the certificate, `server_name_override`'
      report('insecure-skip-verify', message, [...path, 'insecure_skip_verify'], help, 'value', 'warning')
    }
  }
  return found
}

/** Keys that cannot hold together, with one another or with the endpoint. */
function contradicts(
  exporter: OtlpConfig,
  tls: NonNullable<OtlpConfig['tls']>,
  path: YamlPath,
  report: Report,
): boolean {
  const { name, type, endpoint, endpoints = {} } = exporter
  const { insecure = false, certFile, keyFile, reloadIntervalMs: _interval, ...others } = tls
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [there, missing] = certFile === undefined ? ['key_file', 'cert_file'] : ['cert_file', 'key_file']
    const message = `exporters.${name}.tls needs the key "${missing}"`
    report('missing-key', message, [...path, there], 'a certificate and its key come together', 'key')
    return true
  }
  const targets = [
    ...(endpoint === undefined ? [] : [['endpoint', endpoint]]),
    ...Object.entries(endpoints).map(([signal, url]) => [`${signal}_endpoint`, url]),
  ]
  const withScheme = (scheme: string) => targets.find(([, url]) => url.toLowerCase().startsWith(`${scheme}://`))
  if (insecure) {
    const needing = certFile !== undefined || Object.keys(others).length > 0
    const https = withScheme('https')
    if (!needing && https === undefined) return false
    const message = needing
      ? '"insecure" turns TLS off, and the other keys of "tls" need it'
      : `"insecure" turns TLS off, and the endpoint wants it (https://)`
    const place = needing ? [...path, 'insecure'] : ['exporters', name, https![0]]
    const help = 'to take any certificate, `insecure_skip_verify: true`; to have no TLS, nothing but `insecure: true`'
    report('tls-contradiction', message, place, help)
    return true
  }
  const plain = type === 'otlp_grpc' ? withScheme('http') : withScheme('https') === undefined ? targets[0] : undefined
  if (plain === undefined) return false
  const help = `write https://${type === 'otlp_grpc' ? ' or nothing before the host' : ''}, or take "tls" out`
  report(
    'tls-contradiction',
    '"tls" is there, but the endpoint is without (http://)',
    ['exporters', name, plain[0]],
    help,
  )
  return true
}
