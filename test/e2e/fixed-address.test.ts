// docs/connect.md, "Omni v1 and Spark: a fixed address", as written there: certificates by the page's openssl commands,
// the gateway with the page's file, and a Python that sends as their client does and is told of the CA by the
// environment alone. Only /etc/hosts and the port 443 have a stand-in.
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockOf, startPageGateway, type PageGateway } from '../clients/connect-page.ts'
import { everything, spansIn, until, written } from './support/gateway.ts'
import { temporaryFolder } from './support/processes.ts'
import { recorded } from './support/producers/bodies.ts'
import { findPython } from './support/producers/python-sdk.ts'
import { ran, skipped } from './support/report.ts'

const systemBundle = '/etc/ssl/certs/ca-certificates.crt'
const python = findPython()
const missing = 'missing' in python ? python.missing : hasOpenssl() ? undefined : 'no openssl'
if (missing !== undefined) skipped('a Python program with a fixed https address', missing)

function shell(script: string, cwd: string): string {
  return execFileSync('sh', ['-ec', script], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

function hasOpenssl(): boolean {
  try {
    shell('openssl version', '.')
    return true
  } catch {
    return false
  }
}

/** Sends files as Omni's and Spark's client does: urllib, its default trust, one request at a time. */
const program = `
import socket, sys
from urllib.request import Request, urlopen
port, files = int(sys.argv[1]), sys.argv[2:]
ask = socket.getaddrinfo
def hosts(name, service, *rest, **named):
    return ask("127.0.0.1", port, *rest, **named) if name == "telemetry.namastex.ai" else ask(name, service, *rest, **named)
socket.getaddrinfo = hosts
for file in files:
    try:
        request = Request("https://telemetry.namastex.ai/v1/traces", data=open(file, "rb").read(), headers={"Content-Type": "application/json"})
        with urlopen(request, timeout=5) as response:
            print(response.status)
    except Exception as error:
        print(f"Telemetry network error: {error}")
`

describe.skipIf(missing !== undefined)('a Python program with a fixed https address', () => {
  const folder = temporaryFolder('fixed-address')
  const tls = join(folder, 'tls')
  const bodies = recorded.filter(({ name }) => name.includes('legacy'))
  let gateway: PageGateway
  let bundle: string

  beforeAll(async () => {
    mkdirSync(tls)
    shell(blockOf('sh make-certificates'), tls)
    bundle = existsSync(systemBundle)
      ? shell(`${blockOf('sh trust')}printf '%s' "$SSL_CERT_FILE"`, folder)
      : join(tls, 'ca.pem')
    for (const { name, body } of bodies) writeFileSync(join(folder, name), body)
    const text = (name: string): string => readFileSync(join(tls, name), 'utf8')
    gateway = await startPageGateway('otlp/tls', {
      files: { 'tls/server.pem': text('server.pem'), 'tls/server.key': text('server.key') },
    })
  })
  afterAll(() => gateway?.stop())

  const send = async (env: Readonly<Record<string, string>>): Promise<string[]> => {
    const files = bodies.map(({ name }) => join(folder, name))
    const args = ['-c', program, String(gateway.tls), ...files]
    const { stdout } = await promisify(execFile)('path' in python ? python.path : '', args, {
      env: { PATH: process.env['PATH'], ...env },
      timeout: 60_000,
    })
    return stdout.trim().split('\n')
  }

  it('has certificates that the strict check of Python 3.13 takes', () => {
    const verified = shell('openssl verify -x509_strict -CAfile ca.pem server.pem', tls)
    expect(verified).toContain('server.pem: OK')
  })

  it('sends through the gateway once SSL_CERT_FILE names the CA', async () => {
    expect(await send({ SSL_CERT_FILE: bundle })).toEqual(bodies.map(() => '200'))
    await until('the spans', () => spansIn(written(gateway, 'traces')).length >= bodies.length)
    const names = spansIn(written(gateway, 'traces')).map(({ name }) => name as string)
    expect(names.toSorted()).toEqual([
      'automagik.api.request',
      'automagik.omni.webhook.processed',
      'automagik.spark.workflow.completed',
    ])
    expect(everything(gateway.folder) + gateway.output()).not.toMatch(/5511912345678|FAKEfake|10\.0\.0\.5/)
    ran(
      'a Python program with a fixed https address: Omni v1 and Spark, by urllib, SSL_CERT_FILE and the page’s commands',
    )
  })

  it('says without it what the page says', async () => {
    expect(await send({})).toEqual(
      bodies.map(() => expect.stringMatching(/^Telemetry network error: <urlopen error .*CERTIFICATE_VERIFY_FAILED/)),
    )
  })
})
