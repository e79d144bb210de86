// Who may send. A token comes in an `authorization: Bearer …` header or in the path (`/t/<token>/v1/traces`), because the
// Automagik SDKs can set no header but keep a base path. Neither configured: everybody may.
import { hash, timingSafeEqual } from 'node:crypto'

export interface ReceiverAuth {
  readonly bearerToken?: string | undefined
  readonly pathToken?: string | undefined
}

export interface Credentials {
  /** Whether paths start with `/t/<token>` for those who send no header. */
  readonly inPath: boolean
  /** One right token is enough. Takes the same time wherever a wrong token differs. */
  allow(authorization: string | undefined, pathToken?: string): boolean
}

const scheme = /^bearer +/i

export function createCredentials({ bearerToken, pathToken }: ReceiverAuth = {}): Credentials {
  const bearer = bearerToken === undefined ? undefined : digest(bearerToken)
  const path = pathToken === undefined ? undefined : digest(pathToken)
  const open = bearer === undefined && path === undefined
  return {
    inPath: path !== undefined,
    allow(authorization, tokenInPath) {
      if (open) return true
      if (path !== undefined && tokenInPath !== undefined && timingSafeEqual(path, digest(tokenInPath))) return true
      if (bearer === undefined || authorization === undefined) return false
      const token = authorization.replace(scheme, '')
      return token !== authorization && timingSafeEqual(bearer, digest(token))
    },
  }
}

// timingSafeEqual needs equal lengths; a digest has them and hides how long the right token is.
function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
