import { createPrivateKey } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { readTlsFiles, TlsFileError } from '../../src/tls/files.ts'
import { makeAuthority, onDisk, type Authority, type Pair } from './certificates.ts'

let authority: Authority
let pair: Pair
beforeAll(async () => {
  authority = await makeAuthority()
  pair = await authority.issue()
})

describe('files that are fit', () => {
  it('are a pair and the day on which it ends', async () => {
    const notAfter = new Date('2048-05-06T07:08:09Z')
    const files = onDisk(await authority.issue({ notAfter }))
    expect(readTlsFiles(files)).toMatchObject({ cert: expect.any(Buffer), key: expect.any(Buffer), expires: notAfter })
  })

  it('are CAs, one or several, with whatever text stands between them', async () => {
    const other = await makeAuthority('Other CA')
    const files = onDisk({ ca: `# ours\n${authority.cert}\n# theirs\n${other.cert}` })
    const { ca, cert } = readTlsFiles(files)
    expect(ca).toHaveLength(2)
    expect(cert).toBeUndefined()
  })

  it('are a certificate with that of its CA behind it', () => {
    const files = onDisk({ cert: `${pair.cert}\n${authority.cert}`, key: pair.key })
    expect(readTlsFiles(files).cert?.toString()).toContain(authority.cert)
  })
})

describe('a file that cannot be used is named, with why and how to mend it', () => {
  const fault = (files: Parameters<typeof readTlsFiles>[0]): TlsFileError => {
    try {
      readTlsFiles(files)
    } catch (error) {
      if (error instanceof TlsFileError) return error
      throw error
    }
    throw new Error('the files were taken')
  }

  it('because it is not there', () => {
    const { cert } = onDisk({ cert: pair.cert })
    expect(fault({ cert, key: '/nowhere/key.pem' })).toMatchObject({
      role: 'key',
      message:
        'the private key "/nowhere/key.pem" cannot be read (ENOENT): a relative path starts from the folder of gateway.yaml',
    })
    expect(fault({ ca: '/nowhere/ca.pem' }).message).toContain('the CA "/nowhere/ca.pem" cannot be read')
  })

  it.each(['cert', 'ca'] as const)('because there is no PEM in it (%s)', (role) => {
    const files = onDisk({ cert: pair.cert, key: pair.key, [role]: 'DER or whatever' })
    expect(fault(files)).toMatchObject({
      role,
      why: 'holds no certificate',
      help: expect.stringContaining('-inform der'),
    })
  })

  it('because it is damaged', () => {
    const files = onDisk({ cert: pair.cert.replace(/\n.{40}/, '\nAAAA'), key: pair.key })
    expect(fault(files)).toMatchObject({ role: 'cert', why: expect.stringContaining('damaged') })
  })

  it('because it is no key', () => {
    expect(fault(onDisk({ cert: pair.cert, key: pair.cert }))).toMatchObject({
      role: 'key',
      why: 'holds no private key',
    })
  })

  it('because the key has a passphrase', () => {
    const key = createPrivateKey(pair.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    })
    expect(fault(onDisk({ cert: pair.cert, key }))).toMatchObject({ role: 'key', why: 'is encrypted' })
  })

  it('because key and certificate are not of one pair', async () => {
    const files = onDisk({ cert: pair.cert, key: (await authority.issue()).key })
    expect(fault(files)).toMatchObject({ role: 'key', message: expect.stringContaining(`certificate "${files.cert}"`) })
    const swapped = onDisk({ cert: `${authority.cert}\n${pair.cert}`, key: pair.key })
    expect(fault(swapped)).toMatchObject({
      role: 'key',
      help: expect.stringContaining('the own certificate comes first'),
    })
  })

  it('and never with what is in it', () => {
    const secret = pair.key.split('\n')[1]
    const files = onDisk({ cert: pair.cert, key: `-----BEGIN PRIVATE KEY-----\n${secret}\n` })
    expect(String(fault(files).stack)).not.toContain(secret)
  })
})
