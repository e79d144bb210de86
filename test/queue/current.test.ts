// What was stored under other rules is cleaned by those of now; what the disk gives back damaged takes nothing along.
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { CleanBatch } from '../../src/pipeline/batch.ts'
import { currentOf, type Rules } from '../../src/queue/current.ts'
import type { StoredGroup } from '../../src/queue/stored.ts'

const text = Buffer.from('what was stored')
const cleaned = Buffer.from('clean')
const rules: Rules = {
  digest: 'now',
  clean: (signal, bytes) => {
    expect(Buffer.from(bytes)).toEqual(text)
    return { signal, bytes: cleaned, records: 2, digest: 'now' } as unknown as CleanBatch
  },
}
const group = (changes: Partial<StoredGroup>): StoredGroup => ({
  id: 1,
  records: 3,
  size: text.length,
  encoding: 'raw',
  data: text,
  digest: 'former',
  ...changes,
})

it('is as it was where the same rules hold', async () => {
  const { batch, lost } = await currentOf('logs', group({ digest: 'now' }), rules)
  expect(batch).toMatchObject({ data: text, records: 3, digest: 'now' })
  expect(lost).toBe(0)
})

it.each([
  { encoding: 'raw' as const, data: text },
  { encoding: 'gzip' as const, data: gzipSync(text) },
])('is cleaned again from $encoding, and what the rules took is counted', async (stored) => {
  const { batch, lost, reason } = await currentOf('logs', group(stored), rules)
  expect(batch).toMatchObject({ data: cleaned, records: 2, encoding: 'raw', digest: 'now' })
  expect({ lost, reason }).toEqual({ lost: 1, reason: 'rules-changed' })
})

it('is lost and counted where the disk gives it back damaged', async () => {
  const { batch, lost, reason } = await currentOf('logs', group({ encoding: 'gzip', data: text }), rules)
  expect(batch.records).toBe(0)
  expect({ lost, reason }).toEqual({ lost: 3, reason: 'unreadable' })
})
