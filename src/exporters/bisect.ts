// Delivers one request in as many parts as it takes. What is too large goes in smaller parts; of what is refused for its
// content the halves are tried, and their halves, until the records that the backend cannot take stand alone: one bad
// record takes no others along. Parts are sent one after the other and in order.
import type { Piece } from '../otlp/split.ts'
import type { FailedReason } from './exporter.ts'
import type { SizeLimit } from './size-limit.ts'
import type { Attempt } from './transport.ts'

/** An attempt after which nothing is to be waited for; `failed` is the sender's own: given up. */
export type Settled =
  | Exclude<Attempt, { is: 'retry' | 'circuit' }>
  | { readonly is: 'failed'; readonly reason: FailedReason }

export type Outcome =
  | { readonly is: 'sent'; readonly records: number; readonly rejected: number }
  /** Refused for good. Not `isAlone`: among others, which were not told apart within the requests that a search may take. */
  | { readonly is: 'dead'; readonly piece: Piece; readonly reason: FailedReason; readonly isAlone: boolean }
  /** Neither sent nor refused when `send` gave up. */
  | { readonly is: 'left'; readonly piece: Piece }

export interface Delivery {
  /** Sends one request, and waits as long as it takes; undefined when there is no more time, and for the rest neither. */
  send(piece: Piece): Promise<Settled | undefined>
  /** Two halves by records; undefined for a single one. */
  halves(bytes: Uint8Array): readonly Piece[] | undefined
  /** Pieces of at most so many bytes. */
  atMost(bytes: Uint8Array, maxBytes: number): readonly Piece[]
  readonly limit: SizeLimit
  /** Requests after which a search takes nothing further apart; what it had before is still sent once. */
  readonly maxRequests?: number
  /** Refusals in a row after which it does the same: then all of it is refused. */
  readonly maxRefusals?: number
}

const defaultMaxRequests = 256
const defaultMaxRefusals = 48

/** What became of each part of the request, in the order of its records. Never rejects unless `send` does. */
export async function deliver(request: Piece, delivery: Delivery): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  // Nothing is left of a request with nothing but empty metrics.
  if (request.bytes.length === 0) return [{ is: 'sent', records: request.records, rejected: 0 }]
  const todo = [...withinLimit(request, delivery)]
  for (let at = 0; at < todo.length; at += 1) {
    const found = await search(todo[at], delivery)
    outcomes.push(...found)
    if (found.at(-1)?.is !== 'left') continue
    outcomes.push(...todo.slice(at + 1).map((piece): Outcome => ({ is: 'left', piece })))
    break
  }
  return outcomes
}

async function search(request: Piece, delivery: Delivery): Promise<Outcome[]> {
  const { maxRequests = defaultMaxRequests, maxRefusals = defaultMaxRefusals, limit } = delivery
  const outcomes: Outcome[] = []
  /** What is to be sent, the next one last. */
  const todo = [request]
  let requests = 0
  let refusals = 0
  for (let piece = todo.pop(); piece !== undefined; piece = todo.pop()) {
    const settled = await delivery.send(piece)
    requests += 1
    if (settled === undefined) {
      outcomes.push(...[piece, ...todo.toReversed()].map((left): Outcome => ({ is: 'left', piece: left })))
      break
    }
    if (settled.is === 'sent') {
      refusals = 0
      const rejected = Math.min(Math.max(0, settled.rejected), piece.records)
      outcomes.push({ is: 'sent', records: piece.records, rejected })
      continue
    }
    const { reason } = settled
    let parts: readonly Piece[] = []
    if (settled.is === 'too-large') {
      limit.wasTooLarge(piece.bytes.length, settled.maxBytes)
      parts = smaller(piece, settled.maxBytes, delivery)
    } else if (settled.is === 'refused' && settled.ofAll !== true) {
      refusals += 1
      if (requests < maxRequests && refusals < maxRefusals) parts = halved(piece, delivery)
    }
    if (parts.length > 0) todo.push(...parts.toReversed())
    else outcomes.push({ is: 'dead', piece, reason, isAlone: piece.records === 1 })
  }
  return outcomes
}

function withinLimit(request: Piece, delivery: Delivery): readonly Piece[] {
  const { limit } = delivery
  if (request.bytes.length <= limit.bytes) return [request]
  const pieces = apart(() => delivery.atMost(request.bytes, limit.bytes))
  return pieces.length > 1 ? pieces : [request]
}

/** Always smaller than before, whatever the server said; none for a single record. */
function smaller(piece: Piece, toldBytes: number | undefined, delivery: Delivery): readonly Piece[] {
  if (piece.records < 2) return []
  const half = Math.floor(piece.bytes.length / 2)
  const maxBytes = toldBytes !== undefined && toldBytes < piece.bytes.length ? toldBytes : half
  const pieces = apart(() => delivery.atMost(piece.bytes, maxBytes))
  return pieces.length > 1 ? pieces : halved(piece, delivery)
}

function halved(piece: Piece, delivery: Delivery): readonly Piece[] {
  return piece.records < 2 ? [] : apart(() => delivery.halves(piece.bytes) ?? [])
}

/** What cannot be taken apart stays whole. */
function apart(take: () => readonly Piece[]): readonly Piece[] {
  try {
    return take()
  } catch {
    return []
  }
}
