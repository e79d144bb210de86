// Request bodies as they were recorded on the wire: the SDKs', Omni's and Spark's.
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Signal } from '../../../../src/otlp/fields.ts'

const folder = resolve(import.meta.dirname, '../../../samples')

export interface RecordedBody {
  readonly name: string
  readonly signal: Signal
  readonly body: Buffer
}

/** The twelve captures, byte for byte. */
export const recorded: readonly RecordedBody[] = readdirSync(folder)
  .filter((name) => /^\d\d-.*\.json$/.test(name))
  .sort()
  .map((name) => ({
    name,
    signal: name.includes('trace') ? 'traces' : name.includes('metric') ? 'metrics' : 'logs',
    body: readFileSync(join(folder, name)),
  }))

/**
 * The body with its newest time at now and all else as it was: stores refuse what is old. Whether a time is a number or
 * a string in JSON stays.
 */
export function atNow(body: Buffer): Buffer {
  const text = body.toString('utf8')
  const times = [...text.matchAll(/UnixNano":\s*"?(\d+)/g)].map(([, time]) => BigInt(time))
  const newest = times.reduce((one, other) => (one > other ? one : other), 0n)
  const shift = BigInt(Date.now()) * 1_000_000n - newest
  return Buffer.from(
    text.replaceAll(/(UnixNano":\s*"?)(\d+)/g, (_, lead: string, time: string) => lead + String(BigInt(time) + shift)),
  )
}

/** The status of a POST as the SDKs make it; 0 when nobody answers. */
export async function post(port: number, signal: Signal, body: Uint8Array): Promise<number> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(20_000),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}

/** An attribute's values over all captures: `user.id` … */
export function valuesOf(key: string): string[] {
  const found = recorded.flatMap(({ body }) => [
    ...body
      .toString()
      .matchAll(new RegExp(`"key":\\s*"${key}",\\s*"value":\\s*\\{\\s*"stringValue":\\s*"([^"]+)"`, 'g')),
  ])
  return [...new Set(found.map(([, value]) => value))]
}
