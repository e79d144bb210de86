// Both exporters towards backends behind TLS, which are the gateway's own receivers.
import { createServer } from 'node:net'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ClientTlsOptions } from '../../src/exporters/options.ts'
import { createOtlpGrpcTransport } from '../../src/exporters/otlp-grpc.ts'
import { createOtlpHttpTransport } from '../../src/exporters/otlp-http.ts'
import type { Attempt, Transport } from '../../src/exporters/transport.ts'
import type { ReceiverTls } from '../../src/receivers/tls.ts'
import { startRig, type Rig } from '../receivers/rig.ts'
import { makeAuthority, onDisk, type Authority, type Pair } from '../tls/certificates.ts'
import { memoryLog } from './batches.ts'

let authority: Authority
let stranger: Authority
let server: Pair
let client: Pair
beforeAll(async () => {
  authority = await makeAuthority()
  stranger = await makeAuthority('Stranger CA')
  server = await authority.issue()
  client = await authority.issue({ name: 'gateway' })
})

const never = new AbortController().signal
const sent = { is: 'sent', rejected: 0 }

describe.each(['http', 'grpc'] as const)('OTLP/%s to a backend behind TLS', (protocol) => {
  const backend = async (tls?: Partial<ReceiverTls>, pair = server): Promise<Rig> => {
    const rig = await startRig({ tls: { files: onDisk(pair), ...tls } })
    onTestFinished(() => rig[Symbol.asyncDispose]())
    return rig
  }
  const transportTo = (port: number, tls?: ClientTlsOptions, host = 'localhost', log = memoryLog()): Transport => {
    const common = { endpoint: `https://${host}:${port}`, timeoutMs: 3000, ...(tls && { tls }) }
    const transport =
      protocol === 'http'
        ? createOtlpHttpTransport({ type: 'otlp_http', name: 'backend', compression: 'none', ...common }, log)
        : createOtlpGrpcTransport({ type: 'otlp_grpc', name: 'backend', compression: 'none', ...common }, log)
    onTestFinished(() => transport.close())
    return transport
  }
  const attempt = (rig: Rig, tls?: ClientTlsOptions, host?: string): Promise<Attempt> =>
    transportTo(rig[protocol].port, tls, host).send('traces', Buffer.from('bytes'), never)
  const trusting = (): ClientTlsOptions => ({ caFile: onDisk({ ca: authority.cert }).ca })
  const showing = (pair: Pair): ClientTlsOptions => {
    const { cert, key } = onDisk(pair)
    return { ...trusting(), certFile: cert, keyFile: key }
  }

  it.each(['localhost', '127.0.0.1'])('delivers with a private CA, to %s', async (host) => {
    const rig = await backend()
    expect(await attempt(rig, trusting(), host)).toEqual(sent)
    expect(rig.arrivals.map(({ body }) => Buffer.from(body).toString())).toEqual(['bytes'])
  })

  it('says that it does not trust the backend, and sends nothing', async () => {
    const rig = await backend()
    const untrusted = { is: 'retry', reason: 'tls-untrusted' }
    expect(await attempt(rig)).toEqual(untrusted)
    expect(await attempt(rig, { caFile: onDisk({ ca: stranger.cert }).ca })).toEqual(untrusted)
    expect(rig.arrivals).toEqual([])
  })

  it('says that the certificate is for another name, unless told which name to expect', async () => {
    const rig = await backend({}, await authority.issue({ hosts: ['collector.example', '10.0.0.1'] }))
    expect(await attempt(rig, trusting())).toEqual({ is: 'retry', reason: 'tls-name' })
    expect(await attempt(rig, { ...trusting(), serverNameOverride: 'other.example' })).toMatchObject({
      reason: 'tls-name',
    })
    expect(await attempt(rig, { ...trusting(), serverNameOverride: 'collector.example' })).toEqual(sent)
    expect(await attempt(rig, { ...trusting(), serverNameOverride: '10.0.0.1' }, '127.0.0.1')).toEqual(sent)
  })

  it('says that the certificate has expired', async () => {
    const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01') }
    const rig = await backend({}, await authority.issue(past))
    expect(await attempt(rig, trusting())).toEqual({ is: 'retry', reason: 'tls-expired' })
  })

  it('delivers to whoever answers when told so', async () => {
    const rig = await backend({}, await stranger.issue({ hosts: ['elsewhere.example'] }))
    expect(await attempt(rig, { insecureSkipVerify: true })).toEqual(sent)
  })

  it('shows its own certificate', async () => {
    const rig = await backend({ files: onDisk({ ...server, ca: authority.cert }) })
    expect(await attempt(rig, showing(client))).toEqual(sent)
  })

  it('says that the backend wants another certificate than it shows', async () => {
    const rig = await backend({ files: onDisk({ ...server, ca: authority.cert }) })
    // With TLS 1.3 its alert can be overtaken by the end of the connection.
    await vi.waitUntil(async () => {
      const attempted = await attempt(rig, trusting())
      return attempted.is === 'retry' && attempted.reason === 'tls-refused'
    })
  })

  it('agrees on no version that is too old', async () => {
    const rig = await backend({ minVersion: '1.3' })
    expect(await attempt(rig, { ...trusting(), minVersion: '1.3' })).toEqual(sent)
  })

  it('trusts the system as well when told so', async () => {
    const rig = await backend()
    expect(await attempt(rig, { ...trusting(), includeSystemCas: true })).toEqual(sent)
    expect(await attempt(rig, { includeSystemCas: true })).toMatchObject({ reason: 'tls-untrusted' })
  })

  it('says that there is no TLS where it knocks', async () => {
    const rig = await startRig()
    onTestFinished(() => rig[Symbol.asyncDispose]())
    const attempted = await attempt(rig, trusting())
    // An HTTP server says something, which is no TLS; an HTTP/2 server only goes.
    if (protocol === 'http') expect(attempted).toEqual({ is: 'retry', reason: 'tls-handshake' })
    else expect(attempted).toMatchObject({ is: 'retry' })
    expect(rig.arrivals).toEqual([])
  })

  it('tells these from nobody being there', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const reason = protocol === 'http' ? 'connection' : 'grpc-unavailable'
    const transport = transportTo(port, trusting(), '127.0.0.1')
    expect(await transport.send('traces', Buffer.from('bytes'), never)).toMatchObject({ reason })
  })

  it('tells a TLS fault from the one that comes after it', async () => {
    const rig = await backend()
    const transport = transportTo(rig[protocol].port, undefined, '127.0.0.1')
    expect(await transport.send('traces', Buffer.from('bytes'), never)).toMatchObject({ reason: 'tls-untrusted' })
    await rig[protocol].close(0)
    const reason = protocol === 'http' ? 'connection' : 'grpc-unavailable'
    await vi.waitUntil(
      async () => {
        const attempted = await transport.send('traces', Buffer.from('bytes'), never)
        return 'reason' in attempted && attempted.reason === reason
      },
      { timeout: 10_000, interval: 100 },
    )
  })

  it('shows a renewed certificate without a restart', async () => {
    const rig = await backend({ files: onDisk({ ...server, ca: stranger.cert }) })
    const files = onDisk({ ...client, ca: authority.cert })
    const tls = { caFile: files.ca, certFile: files.cert, keyFile: files.key, reloadIntervalMs: 10 }
    const transport = transportTo(rig[protocol].port, tls)
    expect(await transport.send('traces', Buffer.from('bytes'), never)).toMatchObject({ is: 'retry' })
    const next = await stranger.issue()
    writeFileSync(files.cert, next.cert)
    writeFileSync(files.key, next.key)
    await vi.waitUntil(async () => (await transport.send('traces', Buffer.from('bytes'), never)).is === 'sent', {
      timeout: 10_000,
      interval: 50,
    })
  })

  it('is not made with files that are none; the message names the exporter and the file', () => {
    expect(() => transportTo(1, { caFile: '/nowhere/ca.pem' })).toThrow(
      'backend: the CA "/nowhere/ca.pem" cannot be read (ENOENT)',
    )
  })
})

describe('whether there is TLS over gRPC', () => {
  it.each([
    ['localhost:PORT', {}, true],
    ['localhost:PORT', { insecure: true }, false],
    ['localhost:PORT', undefined, false],
    ['http://localhost:PORT', {}, false],
    ['https://localhost:PORT', undefined, true],
  ])('%s with %j: %s', async (endpoint, tls, secure) => {
    const rig = await startRig(secure ? { tls: { files: onDisk(server) } } : {})
    onTestFinished(() => rig[Symbol.asyncDispose]())
    const { ca } = onDisk({ ca: authority.cert })
    const transport = createOtlpGrpcTransport(
      {
        type: 'otlp_grpc',
        name: 'x',
        endpoint: endpoint.replace('PORT', String(rig.grpc.port)),
        ...(tls && { tls: { ...tls, ...(secure && { caFile: ca }) } }),
      },
      memoryLog(),
    )
    onTestFinished(() => transport.close())
    const expected = secure && tls === undefined ? { is: 'retry', reason: 'tls-untrusted' } : sent
    expect(await transport.send('traces', Buffer.from('bytes'), never)).toEqual(expected)
  })
})
