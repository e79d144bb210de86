// Takes an Export request apart between records: resources, scopes and metrics are repeated in every piece, and a metric
// with many points is split between points. What holds no record (a metric without points) is in no piece.
import type { Signal } from './fields.ts'
import { costOf, indexRecords, opened, pack, type Container, type Parcels } from './parcels.ts'

export interface Piece {
  readonly bytes: Uint8Array
  /** Spans, data points or log records in it. */
  readonly records: number
  /** It is one record that is larger than what was asked for. */
  readonly isOversized?: true
}

/**
 * Pieces of at most so many bytes, in order, as few as go without looking ahead. A record that is larger by itself comes
 * alone and is marked.
 * @throws WireError when the bytes are not protobuf
 */
export function splitAtMost(signal: Signal, bytes: Uint8Array, maxBytes: number): Piece[] {
  const parcels = indexRecords(signal, bytes)
  const { starts, ends, owners } = parcels
  const records = starts.length
  if (bytes.length <= maxBytes || records < 2) return records === 0 ? [] : [pieceOf(parcels, 0, records, maxBytes)]
  const pieces: Piece[] = []
  let from = 0
  let size = 0
  let owner: Container | undefined
  for (let at = 0; at < records; at += 1) {
    const here = owners[at]
    const length = ends[at] - starts[at]
    const more = length + (here === owner ? 0 : costOfAll(opened(owner, here)))
    if (at > from && size + more > maxBytes) {
      pieces.push(pieceOf(parcels, from, at, maxBytes))
      from = at
      size = length + costOfAll(opened(undefined, here))
    } else size += more
    owner = here
  }
  pieces.push(pieceOf(parcels, from, records, maxBytes))
  return pieces
}

/**
 * Two pieces with half of the records each; undefined where there are fewer than two.
 * @throws WireError when the bytes are not protobuf
 */
export function splitInHalves(signal: Signal, bytes: Uint8Array): readonly [Piece, Piece] | undefined {
  const parcels = indexRecords(signal, bytes)
  const records = parcels.starts.length
  if (records < 2) return undefined
  const half = records >> 1
  return [pieceOf(parcels, 0, half), pieceOf(parcels, half, records)]
}

/**
 * The request without what holds no record; the very same bytes where there is nothing of the kind. Prometheus answers 500
 * to a request with a metric that has no data.
 * @throws WireError when the bytes are not protobuf
 */
export function withoutEmpty(signal: Signal, bytes: Uint8Array): Uint8Array {
  const parcels = indexRecords(signal, bytes)
  return parcels.hasEmpty ? pack(parcels, 0, parcels.starts.length, bytes.length) : bytes
}

function pieceOf(parcels: Parcels, from: number, to: number, maxBytes = Infinity): Piece {
  const isWhole = from === 0 && to === parcels.starts.length && parcels.bytes.length <= maxBytes
  const room = parcels.ends[to - 1] - parcels.starts[from] + 1024
  const bytes = isWhole ? parcels.bytes : pack(parcels, from, to, room)
  const records = to - from
  return bytes.length > maxBytes ? { bytes, records, isOversized: true } : { bytes, records }
}

function costOfAll(containers: readonly Container[]): number {
  return containers.reduce((sum, container) => sum + costOf(container), 0)
}
