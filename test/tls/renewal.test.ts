import { unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import type { TlsMaterial } from '../../src/tls/files.ts'
import { watchTlsFiles, type Renewal } from '../../src/tls/renewal.ts'
import { makeAuthority, onDisk, type Authority } from './certificates.ts'

let authority: Authority
beforeAll(async () => {
  authority = await makeAuthority()
})

let said: string[]
let renewal: Renewal
beforeEach(() => {
  said = []
  const say = (message: string, fields: object): void => {
    said.push(`${message} ${JSON.stringify(fields)}`)
  }
  renewal = { intervalMs: 10, log: { info: say, warn: say }, about: { receiver: 'otlp' } }
})

it('renewed files are read, once for each change', async () => {
  const first = await authority.issue()
  const files = onDisk(first)
  const renewed: TlsMaterial[] = []
  const watched = watchTlsFiles(files, renewal, (material) => renewed.push(material))
  onTestFinished(watched.stop)
  expect(watched.material.cert?.toString()).toBe(first.cert)
  const second = await authority.issue()
  writeFileSync(files.cert, second.cert)
  // Until the key is there as well, the pair is none.
  await vi.waitUntil(() => said.length > 0)
  expect(said[0]).toMatch(/^renewed certificates cannot be used, the former stay .*"receiver":"otlp".*does not belong/)
  writeFileSync(files.key, second.key)
  await vi.waitUntil(() => renewed.length > 0)
  expect(renewed[0].cert?.toString()).toBe(second.cert)
  expect(said.at(-1)).toMatch(/^renewed certificates are in force/)
})

it('a bad pair is complained of once, and a file that is gone changes nothing', async () => {
  const files = onDisk(await authority.issue())
  const renewed: TlsMaterial[] = []
  const watched = watchTlsFiles(files, renewal, (material) => renewed.push(material))
  onTestFinished(watched.stop)
  writeFileSync(files.key, 'no key')
  await vi.waitUntil(() => said.length === 1)
  unlinkSync(files.key)
  await vi.waitUntil(() => said.length === 2)
  expect(said[1]).toContain('ENOENT')
  // Nothing but its time has changed: the next look finds it again.
  const now = new Date()
  utimesSync(files.cert, now, new Date(now.getTime() - 60_000))
  await vi.waitUntil(() => said.length === 3)
  expect(renewed).toEqual([])
})

it('a certificate that has expired is said at the start', async () => {
  const long = new Date('2001-01-01T00:00:00Z')
  const files = onDisk(await authority.issue({ notBefore: new Date('2000-01-01T00:00:00Z'), notAfter: long }))
  onTestFinished(watchTlsFiles(files, renewal, () => {}).stop)
  expect(said).toEqual([expect.stringMatching(/^the certificate has expired.*2001-01-01/)])
})

it('nobody looks after it has stopped, or without an interval', async () => {
  const files = onDisk(await authority.issue())
  const looked = vi.fn()
  watchTlsFiles(files, renewal, looked).stop()
  watchTlsFiles(files, undefined, looked).stop()
  const other = watchTlsFiles(files, renewal, looked)
  onTestFinished(other.stop)
  const pair = await authority.issue()
  writeFileSync(files.key, pair.key)
  writeFileSync(files.cert, pair.cert)
  await vi.waitUntil(() => looked.mock.calls.length > 0)
  expect(looked).toHaveBeenCalledOnce()
})
