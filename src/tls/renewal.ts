// Certificates that are renewed on disk come into force without a restart. The files' times are looked at now and then:
// that works on every file system, and with the symbolic links that Kubernetes swaps.
import { statSync } from 'node:fs'
import { readTlsFiles, TlsFileError, type TlsFiles, type TlsMaterial } from './files.ts'

/** Where it is said that certificates were renewed, or could not be. */
export interface RenewalLog {
  info(message: string, fields: Readonly<Record<string, unknown>>): void
  warn(message: string, fields: Readonly<Record<string, unknown>>): void
}

/** How renewed files are noticed. */
export interface Renewal {
  readonly intervalMs: number
  readonly log: RenewalLog
  /** Whose certificates they are, in the log. */
  readonly about: Readonly<Record<string, unknown>>
}

export interface Watched {
  readonly material: TlsMaterial
  /** Looks no more. */
  stop(): void
}

/**
 * Reads the files, and again whenever they have changed. Files that cannot be used change nothing: the former stay in force,
 * and the log says why.
 * @param renewed gets the new material; the next connections are to be made with it
 * @throws TlsFileError for the first reading
 */
export function watchTlsFiles(
  files: TlsFiles,
  renewal: Renewal | undefined,
  renewed: (material: TlsMaterial) => void,
): Watched {
  // Looked at before they are read: what changes in between is seen as a change.
  let seen = stateOf(files)
  const material = readTlsFiles(files)
  if (renewal === undefined) return { material, stop() {} }
  const { intervalMs, log, about } = renewal
  sayWhenExpired(material, renewal)

  const look = (): void => {
    const state = stateOf(files)
    if (state === seen) return
    seen = state
    try {
      const fresh = readTlsFiles(files)
      renewed(fresh)
      log.info('renewed certificates are in force', { ...about, ...(fresh.expires && { expires: fresh.expires }) })
      sayWhenExpired(fresh, renewal)
    } catch (error) {
      const why = error instanceof TlsFileError ? error.message : 'TLS does not take them'
      log.warn('renewed certificates cannot be used, the former stay', { ...about, why })
    }
  }
  const timer = setInterval(look, intervalMs).unref()
  return { material, stop: () => clearInterval(timer) }
}

function sayWhenExpired({ expires }: TlsMaterial, { log, about }: Renewal): void {
  if (expires !== undefined && expires.getTime() < Date.now())
    log.warn('the certificate has expired: the other side will refuse it', { ...about, expires })
}

/** Changes when a file does. */
function stateOf(files: TlsFiles): string {
  return Object.values(files)
    .map((file) => {
      try {
        const { mtimeNs, size, ino } = statSync(file, { bigint: true })
        return `${mtimeNs} ${size} ${ino}`
      } catch {
        return ''
      }
    })
    .join('\n')
}
