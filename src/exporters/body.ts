// Batches of a queue → a request and its body. Export requests joined are one Export request with the contents of all
// (protobuf: embedded messages merge), and gzip members joined are one gzip file (RFC 1952, 2.2): what is stored compressed
// goes out as it is.
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Signal } from '../otlp/fields.ts'
import { mergeEqual } from '../otlp/merge.ts'
import { withoutEmpty, type Piece } from '../otlp/split.ts'
import type { LeasedBatch } from '../queue/queue.ts'
import type { Parcel } from './bisect.ts'
import { compress } from './compress.ts'

const inflate = promisify(gunzip)

/** What is sent as one request. */
export interface Request extends Parcel {
  readonly batches: readonly LeasedBatch[]
}

/** A request of batches: what they repeat is said once, unless it would have to be decompressed for that. */
export async function requestOf(signal: Signal, batches: readonly LeasedBatch[], isGzipped: boolean): Promise<Request> {
  const records = batches.reduce((sum, batch) => sum + batch.records, 0)
  const size = batches.reduce((sum, batch) => sum + batch.size, 0)
  if (batches.length === 0 || (isGzipped && batches.some(({ encoding }) => encoding === 'gzip')))
    return { records, size, batches }
  const plain = await plainOf(batches)
  const { digest } = batches[0]
  const request = (data: Uint8Array): Request => {
    return { records, size: data.length, batches: [{ records, size: data.length, encoding: 'raw', data, digest }] }
  }
  try {
    const merged = batches.length === 1 ? plain : mergeEqual(signal, plain)
    const full = signal === 'metrics' ? withoutEmpty(signal, merged) : merged
    return request(full.length === 0 && records > 0 ? merged : full)
  } catch {
    // What is no OTLP, the backend refuses.
    return request(plain)
  }
}

/** A part of a request whose contents were cleaned by these rules. */
export function toRequest({ bytes, records }: Piece, digest: string): Request {
  const size = bytes.length
  return { records, size, batches: [{ records, size, encoding: 'raw', data: bytes, digest }] }
}

export async function bodyOf(batches: readonly LeasedBatch[], encoding: LeasedBatch['encoding']): Promise<Uint8Array> {
  if (encoding === 'raw') return plainOf(batches)
  const members: Uint8Array[] = []
  for (let at = 0; at < batches.length;) {
    if (batches[at].encoding === 'gzip') {
      members.push(batches[at++].data)
      continue
    }
    // What is not compressed yet is compressed together.
    const start = at
    while (at < batches.length && batches[at].encoding === 'raw') at += 1
    members.push(await compress(join(batches.slice(start, at).map(({ data }) => data))))
  }
  return join(members)
}

/** The OTLP of batches. */
export async function plainOf(batches: readonly LeasedBatch[]): Promise<Uint8Array> {
  return join(await Promise.all(batches.map(async ({ data, encoding }) => (encoding === 'raw' ? data : inflate(data)))))
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0] : Buffer.concat(parts)
}
