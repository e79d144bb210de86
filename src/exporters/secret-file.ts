// A secret in a file, as Kubernetes and Vault renew them: read anew when the file has changed.
import { readFileSync, statSync } from 'node:fs'

/** How often the file is looked at. */
const lookEveryMs = 1_000

/**
 * The secret as it is now, without the newline at its end. What cannot be read any more, is empty or cannot be sent changes
 * nothing: the former secret stays.
 * @throws when it cannot be used the first time; the message names the file and never its content
 */
export function secretFile(path: string): () => string {
  let seen = stateOf(path)
  let secret = read(path)
  let lookedMs = performance.now()
  return () => {
    const now = performance.now()
    if (now - lookedMs < lookEveryMs) return secret
    lookedMs = now
    const state = stateOf(path)
    if (state === seen) return secret
    try {
      secret = read(path)
      seen = state
    } catch {
      // It is looked at again.
    }
    return secret
  }
}

function read(path: string): string {
  let secret: string
  try {
    secret = readFileSync(path, 'utf8').trimEnd()
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    throw new Error(`the secret file "${path}" cannot be read (${code})`, { cause: error })
  }
  if (secret === '') throw new Error(`the secret file "${path}" is empty`)
  // A header would be cut there, or refused by every request.
  if (/\p{Cc}/u.test(secret)) throw new Error(`the secret file "${path}" holds more than one line`)
  return secret
}

/** Follows links: what Kubernetes swaps is a link. */
function stateOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return ''
  }
}
