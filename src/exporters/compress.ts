// gzip of a request's body, once for all its attempts. Small bodies are compressed on the spot: handing them to another
// thread costs more than the work itself. Level 1: telemetry is repetitive, the higher levels win a few percent of bytes
// for several times the CPU.
import { gzip, gzipSync } from 'node:zlib'

const onTheSpotBytes = 64 * 1024
const level = 1

/** The body in gzip. The input must not change until it is done. */
export function compress(body: Uint8Array): Uint8Array | Promise<Uint8Array> {
  if (body.length <= onTheSpotBytes) return gzipSync(body, { level })
  return new Promise((resolve, reject) => {
    gzip(body, { level }, (error, compressed) => (error ? reject(error) : resolve(compressed)))
  })
}
