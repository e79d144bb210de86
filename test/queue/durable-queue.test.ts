import { closeSync, existsSync, mkdtempSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CleanBatch, Signal } from '../../src/pipeline/batch.ts'
import type { DurableQueue, DurableQueueOptions } from '../../src/queue/durable-queue.ts'
import { openDurableQueue } from '../../src/queue/open-durable-queue.ts'
import type { Lease } from '../../src/queue/queue.ts'
import { memoryLog } from '../exporters/batches.ts'
import { group, reader, storeUnderTest } from './store-under-test.ts'

const batchOf = (text: string, records = 1, signal: Signal = 'traces', digest = 'now'): CleanBatch =>
  ({ signal, bytes: Buffer.from(text), records, digest }) as unknown as CleanBatch
const sent = ({ records }: Lease) => ({ sent: records, failed: [], dead: [] })
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const plain = (lease: Lease | undefined): string =>
  lease?.batches.map(({ data, encoding }) => text(encoding === 'gzip' ? gunzipSync(data) : data)).join('|') ?? ''

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'queue-')), 'queue.db')

async function queueOver(options: Partial<DurableQueueOptions> = {}): Promise<DurableQueue> {
  const queue = await openDurableQueue({
    file: newFile(),
    sync: 'normal',
    readers: [reader('a'), reader('a', { signal: 'logs' })],
    deadLetterBytes: 1e6,
    quarantineBytes: 1e6,
    log: memoryLog(),
    rules: () => ({ digest: 'now', clean: () => undefined }),
    ...options,
  })
  onTestFinished(() => queue.close(5_000))
  return queue
}

const leaseOf = async (queue: DurableQueue, signal: Signal = 'traces', maxBytes = 1e9): Promise<Lease | undefined> =>
  queue.of('a').lease(signal, maxBytes)

describe('the queue on disk', () => {
  it('joins what comes together into one commit, and hands it out with the number of its records', async () => {
    const queue = await queueOver()
    const puts = ['one', 'two', 'six'].map((text) => queue.put([{ batch: batchOf(text, 2), readers: ['a'] }]))
    expect(await Promise.all(puts)).toEqual([undefined, undefined, undefined])
    expect(queue.figures().commits).toBe(1)
    const lease = await leaseOf(queue)
    expect(lease).toMatchObject({ records: 6, bytes: 9 })
    expect(plain(lease)).toBe('onetwosix')
  })

  it('holds leases of two signals at the same time, and each comes back by itself', async () => {
    const queue = await queueOver()
    await queue.put([
      { batch: batchOf('span'), readers: ['a'] },
      { batch: batchOf('log', 1, 'logs'), readers: ['a'] },
    ])
    const spans = (await leaseOf(queue))!
    const logs = (await leaseOf(queue, 'logs'))!
    spans.retry()
    logs.done(sent(logs))
    expect(plain(await leaseOf(queue))).toBe('span')
    expect(await leaseOf(queue, 'logs')).toBeUndefined()
    expect(() => spans.retry()).toThrow('twice')
  })

  it('keeps over a restart what was not settled, and nothing that was', async () => {
    const file = newFile()
    const first = await queueOver({ file })
    await first.put([{ batch: batchOf('one'), readers: ['a'] }])
    const lease = (await leaseOf(first))!
    await first.put([{ batch: batchOf('two', 5), readers: ['a'] }])
    lease.done(sent(lease))
    await first.close(5_000)
    const second = await queueOver({ file })
    expect(second.of('a').counts('traces')).toMatchObject({ accepted: 6, sent: 1 })
    expect(plain(await leaseOf(second))).toBe('two')
    expect(await second.check()).toEqual([])
  })

  it('compresses what goes to somebody who sends gzip, from 4 KiB on', async () => {
    const queue = await queueOver({ readers: [reader('a', { gzipped: true })] })
    await queue.put([{ batch: batchOf('small'), readers: ['a'] }])
    await queue.put([{ batch: batchOf('x'.repeat(5_000)), readers: ['a'] }])
    const lease = (await leaseOf(queue))!
    expect(lease.batches.map(({ encoding }) => encoding)).toEqual(['raw', 'gzip'])
    expect(plain(lease)).toBe(`small|${'x'.repeat(5_000)}`)
  })

  it('cleans again what was stored under other rules, and books what these take out', async () => {
    const file = newFile()
    const before = await queueOver({ file })
    await before.put([
      { batch: batchOf('old', 3, 'traces', 'before'), readers: ['a'] },
      { batch: batchOf('new', 2), readers: ['a'] },
    ])
    await before.close(5_000)
    const clean = (signal: Signal, bytes: Uint8Array) => batchOf(`clean ${text(bytes)}`, 1, signal)
    const queue = await queueOver({ file, rules: () => ({ digest: 'now', clean }) })
    const lease = (await leaseOf(queue))!
    expect(plain(lease)).toBe('clean old|new')
    expect(lease.records).toBe(3)
    lease.done(sent(lease))
    await expect.poll(() => queue.of('a').counts('traces')).toMatchObject({ sent: 3, failed: { 'rules-changed': 2 } })
    expect(await queue.check()).toEqual([])
  })

  it('answers that the disk is full, keeps what it has, and takes again when there is room', async () => {
    const log = memoryLog()
    const queue = await queueOver({ maxPages: 30, log })
    const large = batchOf('x'.repeat(100_000), 7)
    expect(await queue.put([{ batch: large, readers: ['a'] }])).toBeUndefined()
    expect(await queue.put([{ batch: batchOf('y'.repeat(200_000)), readers: ['a'] }])).toBe('disk-full')
    expect(queue.figures()).toMatchObject({ trouble: 'disk-full', commitFailures: 1 })
    expect(queue.busy(1)).toBe('disk-full')
    const lease = (await leaseOf(queue))!
    expect(lease.records).toBe(7)
    lease.done(sent(lease))
    await expect.poll(() => queue.busy(1)).toBeUndefined()
    expect(await queue.put([{ batch: large, readers: ['a'] }])).toBeUndefined()
    expect(queue.figures().trouble).toBeUndefined()
    expect(log.lines.map(({ message }) => message)).toEqual([
      'the queue cannot be written: senders are told to try again',
      'the queue can be written again',
    ])
  })

  it('moves a damaged file aside, says so, and begins a new one', async () => {
    const file = newFile()
    writeFileSync(file, 'this is no database, and was one before'.repeat(500))
    const log = memoryLog()
    const queue = await queueOver({ file, log })
    expect(await queue.put([{ batch: batchOf('one'), readers: ['a'] }])).toBeUndefined()
    expect(log.lines).toMatchObject([{ level: 'error', message: expect.stringContaining(`${file}.unreadable`) }])
    expect(existsSync(`${file}.unreadable`)).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('begins a new file when the one it uses is damaged while it runs, and books what was in it as lost', async () => {
    const file = newFile()
    const log = memoryLog()
    const queue = await queueOver({ file, log })
    // More than SQLite keeps of the file in memory.
    for (let i = 0; i < 12; i++)
      await queue.put([{ batch: batchOf(String(i % 10).repeat(500_000), 2), readers: ['a'] }])
    const other = new DatabaseSync(file)
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    other.close()
    const { size } = statSync(file)
    const handle = openSync(file, 'r+')
    writeSync(handle, Buffer.alloc(size - 8_192, 0xa5), 0, size - 8_192, 8_192)
    closeSync(handle)
    await expect.poll(async () => (await leaseOf(queue))?.records, { timeout: 15_000 }).toBeUndefined()
    await expect.poll(() => log.lines.map(({ message }) => message)[0]).toContain(`it is now ${file}.unreadable`)
    expect(await queue.put([{ batch: batchOf('new', 5), readers: ['a'] }])).toBeUndefined()
    expect(plain(await leaseOf(queue))).toBe('new')
    await expect
      .poll(() => queue.of('a').counts('traces'))
      .toMatchObject({ accepted: 29, failed: { 'queue-unreadable': 24 } })
    expect(await queue.check()).toEqual([])
  })

  it('finds what another process has put within a second or two', async () => {
    const file = newFile()
    const readers = [reader('a'), reader('a', { signal: 'logs' })]
    const queue = await queueOver({ file })
    const told: Signal[] = []
    queue.watch('a', (signal) => told.push(signal))
    const other = storeUnderTest(readers, { file })
    other.put({ ...group(3, ['a'], 'logs'), digest: 'now' })
    other.database.close()
    await expect.poll(() => told, { timeout: 10_000 }).toEqual(['logs'])
    expect((await leaseOf(queue, 'logs'))?.records).toBe(3)
  })

  it('waits for another process that holds the file, and takes what it can when that takes too long', async () => {
    const file = newFile()
    const queue = await queueOver({ file })
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const put = queue.put([{ batch: batchOf('one'), readers: ['a'] }])
    expect(await put).toBe('disk-error')
    other.exec('ROLLBACK')
    other.close()
    await expect.poll(() => queue.busy(1)).toBeUndefined()
    expect(await queue.put([{ batch: batchOf('two'), readers: ['a'] }])).toBeUndefined()
    expect(plain(await leaseOf(queue))).toBe('two')
  })

  it('takes no more into memory than may wait for a commit', async () => {
    const queue = await queueOver()
    const large = batchOf('x'.repeat(33 * 2 ** 20))
    const puts = [1, 2].map(() => queue.put([{ batch: large, readers: ['a'] }]))
    expect(await Promise.all(puts)).toEqual([undefined, 'memory'])
  })

  it('hands to a reader that follows what was committed for it, and on a start what it has not stored yet', async () => {
    const file = newFile()
    const options = { file, readers: [reader('a'), reader('metrics')] }
    const first = await queueOver(options)
    const seen: string[] = []
    let reached = { identity: '', upTo: 0 }
    first.follow(
      'metrics',
      ({ bytes }) => seen.push(text(bytes)),
      (position) => (reached = position),
    )
    await first.put([{ batch: batchOf('one'), readers: ['a', 'metrics'] }])
    first.release('metrics', reached)
    await first.put([{ batch: batchOf('not'), readers: ['a'] }])
    await first.put([{ batch: batchOf('two'), readers: ['metrics'] }])
    expect(seen).toEqual(['one', 'two'])
    await first.close(5_000)
    const clean = (signal: Signal, bytes: Uint8Array) => batchOf(text(bytes), 1, signal)
    const second = await queueOver({ ...options, rules: () => ({ digest: 'now', clean }) })
    const read: string[] = []
    const position = await second.readAll('metrics', ({ bytes }) => read.push(text(bytes)))
    expect(read).toEqual(['two'])
    expect(position).toEqual({ identity: reached.identity, upTo: reached.upTo })
  })
})
