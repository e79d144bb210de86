// Certificate authorities and certificates, made for one run: no key is ever committed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate, type SelfsignedOptions, type SubjectAltNameEntry } from 'selfsigned'
import { onTestFinished } from 'vitest'

/** PEM texts. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

export interface Authority extends Pair {
  /** A certificate of this authority. */
  issue(options?: IssueOptions): Promise<Pair>
}

interface IssueOptions {
  readonly name?: string
  /** DNS names and addresses; `localhost`, 127.0.0.1 and ::1 unless given. */
  readonly hosts?: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
}

const form = { keyType: 'ec', algorithm: 'sha256' } satisfies SelfsignedOptions
const named = (value: string) => [{ name: 'commonName', value }]

export async function makeAuthority(name = 'Test CA'): Promise<Authority> {
  const { cert, private: key } = await generate(named(name), {
    ...form,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    cert,
    key,
    async issue({ name = 'gateway', hosts = ['localhost', '127.0.0.1', '::1'], notBefore, notAfter } = {}) {
      const issued = await generate(named(name), {
        ...form,
        ca: { key, cert },
        ...(notBefore && { notBeforeDate: notBefore }),
        ...(notAfter && { notAfterDate: notAfter }),
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: hosts.map(alternative) },
        ],
      })
      return { cert: issued.cert, key: issued.private }
    },
  }
}

function alternative(host: string): SubjectAltNameEntry {
  return /^[\d.]+$|:/.test(host) ? { type: 7, ip: host } : { type: 2, value: host }
}

/** Writes texts into a folder of this test; name → path. */
export function onDisk<Name extends string>(texts: Readonly<Record<Name, string>>): Record<Name, string> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const paths = {} as Record<Name, string>
  for (const name of Object.keys(texts) as Name[]) {
    paths[name] = join(folder, `${name}.pem`)
    writeFileSync(paths[name], texts[name])
  }
  return paths
}
