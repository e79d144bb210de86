// Delivers one request in as many parts as it takes. What is too large goes in smaller parts; of what is refused for its
// content the halves are tried, and their halves, until the records that the backend cannot take stand alone: one bad
// record takes no others along. Parts are sent one after the other and in order.
import type { FailedReason } from './exporter.ts'
import type { SizeLimit } from './size-limit.ts'
import type { Attempt } from './transport.ts'

/** An attempt after which nothing is to be waited for; `failed` is the sender's own: given up. */
export type Settled =
  | Exclude<Attempt, { is: 'retry' | 'circuit' }>
  | { readonly is: 'failed'; readonly reason: FailedReason }

/** What is delivered: bytes, or batches of a queue that are not even decompressed unless they have to be taken apart. */
export interface Parcel {
  readonly records: number
  /** Bytes before compression. */
  readonly size: number
}

export type Outcome<P extends Parcel> =
  | { readonly is: 'sent'; readonly records: number; readonly rejected: number }
  /** Refused for good. Not `isAlone`: among others, which were not told apart within the requests that a search may take. */
  | { readonly is: 'dead'; readonly parcel: P; readonly reason: FailedReason; readonly isAlone: boolean }
  /** Neither sent nor refused when `send` gave up. */
  | { readonly is: 'left'; readonly parcel: P }

type Parts<P> = readonly P[] | Promise<readonly P[]>

export interface Delivery<P extends Parcel> {
  /** Sends one request, and waits as long as it takes; undefined when there is no more time, and for the rest neither. */
  send(parcel: P): Promise<Settled | undefined>
  /** Two halves by records, in order. */
  halves(parcel: P): Parts<P>
  /** Parts of at most so many bytes, in order; a record that is larger comes alone. */
  atMost(parcel: P, maxBytes: number): Parts<P>
  readonly limit: SizeLimit
  /** Requests after which a search takes nothing further apart; what it had before is still sent once. */
  readonly maxRequests?: number
  /** Refusals in a row after which it does the same: then all of it is refused. */
  readonly maxRefusals?: number
}

const defaultMaxRequests = 256
const defaultMaxRefusals = 48

/** What became of each part of the request, in the order of its records. Never rejects unless `send` does. */
export async function deliver<P extends Parcel>(request: P, delivery: Delivery<P>): Promise<Outcome<P>[]> {
  // Nothing is left of a request with nothing but empty metrics.
  if (request.size === 0) return [{ is: 'sent', records: request.records, rejected: 0 }]
  const outcomes: Outcome<P>[] = []
  const todo = await withinLimit(request, delivery)
  for (const [index, parcel] of todo.entries()) {
    const found = await search(parcel, delivery)
    outcomes.push(...found)
    if (found.at(-1)?.is !== 'left') continue
    outcomes.push(...leftOf(todo.slice(index + 1)))
    break
  }
  return outcomes
}

async function search<P extends Parcel>(request: P, delivery: Delivery<P>): Promise<Outcome<P>[]> {
  const { maxRequests = defaultMaxRequests, maxRefusals = defaultMaxRefusals, limit } = delivery
  const outcomes: Outcome<P>[] = []
  /** What is to be sent, the next one last. */
  const todo = [request]
  let requests = 0
  let refusals = 0
  for (let parcel = todo.pop(); parcel !== undefined; parcel = todo.pop()) {
    const settled = await delivery.send(parcel)
    requests += 1
    if (settled === undefined) return [...outcomes, ...leftOf([parcel, ...todo.toReversed()])]
    if (settled.is === 'sent') {
      refusals = 0
      const rejected = Math.min(Math.max(0, settled.rejected), parcel.records)
      outcomes.push({ is: 'sent', records: parcel.records, rejected })
      continue
    }
    let parts: readonly P[] = []
    if (settled.is === 'too-large') {
      limit.wasTooLarge(parcel.size, settled.maxBytes)
      parts = await smaller(parcel, settled.maxBytes, delivery)
    } else if (settled.is === 'refused' && settled.ofAll !== true) {
      refusals += 1
      if (requests < maxRequests && refusals < maxRefusals) parts = await halved(parcel, delivery)
    }
    if (parts.length > 0) todo.push(...parts.toReversed())
    else outcomes.push({ is: 'dead', parcel, reason: settled.reason, isAlone: parcel.records === 1 })
  }
  return outcomes
}

function leftOf<P extends Parcel>(parcels: readonly P[]): Outcome<P>[] {
  return parcels.map((parcel) => ({ is: 'left', parcel }))
}

async function withinLimit<P extends Parcel>(request: P, delivery: Delivery<P>): Promise<readonly P[]> {
  const { bytes } = delivery.limit
  if (request.size <= bytes) return [request]
  const parts = await apart(() => delivery.atMost(request, bytes))
  return parts.length > 1 ? parts : [request]
}

/** Always smaller than before, whatever the server said; none for a single record. */
async function smaller<P extends Parcel>(
  parcel: P,
  toldBytes: number | undefined,
  delivery: Delivery<P>,
): Promise<readonly P[]> {
  if (parcel.records < 2) return []
  const half = Math.floor(parcel.size / 2)
  const maxBytes = toldBytes !== undefined && toldBytes < parcel.size ? toldBytes : half
  const parts = await apart(() => delivery.atMost(parcel, maxBytes))
  return parts.length > 1 ? parts : halved(parcel, delivery)
}

async function halved<P extends Parcel>(parcel: P, delivery: Delivery<P>): Promise<readonly P[]> {
  const parts = parcel.records < 2 ? [] : await apart(() => delivery.halves(parcel))
  return parts.length > 1 ? parts : []
}

/** What cannot be taken apart stays whole. */
async function apart<P>(take: () => Parts<P>): Promise<readonly P[]> {
  try {
    return await take()
  } catch {
    return []
  }
}
