// Where a request line points: `/v1/{traces,metrics,logs}`, or the same behind `/t/<token>`. Compared as it stands: another
// case, a doubled or trailing slash or an encoded one is another path.
import type { Signal } from '../pipeline/batch.ts'

export interface HttpTarget {
  readonly signal: Signal
  /** What stood between `/t/` and `/v1/`; checked by the caller. */
  readonly pathToken: string | undefined
}

const plain: ReadonlyMap<string, HttpTarget> = new Map(
  (['traces', 'metrics', 'logs'] as const).map((signal) => [`/v1/${signal}`, { signal, pathToken: undefined }]),
)

/** @param tokenInPath whether a path token is configured; without one `/t/…` is unknown like any other path */
export function httpTarget(url: string, tokenInPath: boolean): HttpTarget | undefined {
  const path = pathOf(url)
  const target = plain.get(path)
  if (target !== undefined || !tokenInPath || !path.startsWith('/t/')) return target
  const end = path.indexOf('/', 3)
  if (end <= 3) return undefined
  const behind = plain.get(path.slice(end))
  if (behind === undefined) return undefined
  return { signal: behind.signal, pathToken: decoded(path.slice(3, end)) }
}

// RFC 9112 §3.2.2: a server takes the absolute form (`POST http://host/v1/traces`) too; proxies send it.
function pathOf(url: string): string {
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*/i, '')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
