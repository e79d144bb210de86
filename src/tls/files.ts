// Certificates and keys from PEM files, checked as a whole: what is wrong is said with the file's name before anything
// listens or connects, and again when they are renewed.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

/** Which file is meant, by its key in gateway.yaml; `client_ca_file` of a receiver is the `ca` here. */
export type TlsRole = 'cert' | 'key' | 'ca'

/** Paths of PEM files; `cert` and `key` come together. */
export type TlsFiles = Readonly<Partial<Record<TlsRole, string>>>

/** What the files held: fit for `node:tls` as it is. */
export interface TlsMaterial {
  /** The own certificate, and behind it those of intermediate CAs. */
  readonly cert?: Buffer
  readonly key?: Buffer
  /** The CAs that the other side's certificate must come from, one PEM each. */
  readonly ca?: readonly string[]
  /** When the own certificate ends; only with one. */
  readonly expires?: Date
}

/** A file that cannot be used. Its message names the file and says why; `help`, how to mend it. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError'
  readonly role: TlsRole
  readonly file: string
  readonly why: string
  readonly help: string

  constructor(role: TlsRole, file: string, why: string, help: string) {
    super(`the ${nouns[role]} "${file}" ${why}: ${help}`)
    this.role = role
    this.file = file
    this.why = why
    this.help = help
  }
}

/** What a file holds, in words. */
export const nouns: Readonly<Record<TlsRole, string>> = { cert: 'certificate', key: 'private key', ca: 'CA' }

/**
 * Reads and checks the files.
 * @throws TlsFileError
 */
export function readTlsFiles(files: TlsFiles): TlsMaterial {
  const ca = files.ca === undefined ? {} : { ca: readCas(files.ca) }
  if (files.cert === undefined || files.key === undefined) return ca
  const cert = read('cert', files.cert)
  const key = read('key', files.key)
  const [leaf] = certificatesIn('cert', files.cert, cert)
  if (!leaf.checkPrivateKey(privateKeyIn(files.key, key))) {
    const why = `does not belong to the certificate "${files.cert}"`
    const help = "name the two files of one pair; in the certificate's file the own certificate comes first"
    throw new TlsFileError('key', files.key, why, help)
  }
  const material = { cert, key, ...ca, expires: leaf.validToDate }
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    // OpenSSL's reasons, such as a key that is too short.
    const help = 'make one with a key of at least 2048 bits (RSA) or 256 (EC)'
    throw new TlsFileError('cert', files.cert, `is not fit for TLS (${codeOf(error)})`, help)
  }
  return material
}

function readCas(file: string): string[] {
  return certificatesIn('ca', file, read('ca', file)).map((certificate) => certificate.toString())
}

function read(role: TlsRole, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = codeOf(error)
    const help =
      code === 'EACCES'
        ? 'let the user of the gateway read it'
        : 'a relative path starts from the folder of gateway.yaml'
    throw new TlsFileError(role, file, `cannot be read (${code})`, help)
  }
}

const certificatePattern = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

function certificatesIn(role: TlsRole, file: string, bytes: Buffer): X509Certificate[] {
  const blocks = bytes.toString('latin1').match(certificatePattern) ?? []
  if (blocks.length === 0) {
    const help = 'want PEM, with -----BEGIN CERTIFICATE-----; DER becomes PEM with openssl x509 -inform der'
    throw new TlsFileError(role, file, 'holds no certificate', help)
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(block)
    } catch {
      throw new TlsFileError(role, file, 'holds a certificate that is cut off or damaged', 'copy it again, whole')
    }
  })
}

function privateKeyIn(file: string, bytes: Buffer): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(bytes)
  } catch (error) {
    if (/ENCRYPTED/.test(bytes.toString('latin1')) || codeOf(error) === 'ERR_MISSING_PASSPHRASE') {
      const help = 'the gateway asks nobody: write it without a passphrase (openssl pkey), readable by its user only'
      throw new TlsFileError('key', file, 'is encrypted', help)
    }
    const help = 'want PEM, with -----BEGIN PRIVATE KEY-----'
    throw new TlsFileError('key', file, 'holds no private key', help)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
}
