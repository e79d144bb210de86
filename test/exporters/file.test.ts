import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSenders } from '../../src/exporters/create.ts'
import type { Exporter } from '../../src/exporters/exporter.ts'
import { createFileTransport, fileSending } from '../../src/exporters/file.ts'
import type { FileOptions } from '../../src/exporters/options.ts'
import { createSendingExporter } from '../../src/exporters/sending.ts'
import { signals } from '../../src/otlp/fields.ts'
import { batchOf, memoryLog, rawBatch } from './batches.ts'
import { temporaryFolder } from './folder.ts'

const never = new AbortController().signal

function fileExporter(directory: string, limits: Partial<FileOptions['file']> = {}): Exporter {
  const options: FileOptions = { type: 'file', name: 'file', file: { directory, ...limits } }
  return createSenders([options], { log: memoryLog(), write: () => {} })[0]
}

const namesKey = { traces: 'name', metrics: 'name', logs: 'eventName' } as const

function namesInFile(path: string, signal: keyof typeof namesKey): string[] {
  const names: string[] = []
  for (const text of readFileSync(path, 'utf8').trimEnd().split('\n')) {
    JSON.parse(text, (key, value: unknown) => {
      if (key === namesKey[signal]) names.push(String(value))
      return value
    })
  }
  return names
}

describe('the file exporter', () => {
  it('keeps what went through as OTLP JSON lines, one file a signal', async () => {
    const directory = temporaryFolder()
    const exporter = fileExporter(directory)
    for (const signal of signals) {
      exporter.offer(batchOf(signal, ['a', 'b']))
      exporter.offer(batchOf(signal, ['c']))
    }
    await exporter.close(5_000)
    for (const signal of signals) {
      expect(namesInFile(join(directory, `${signal}.jsonl`), signal)).toEqual(['a', 'b', 'c'])
      expect(exporter.figures()[signal]).toMatchObject({ offered: 3, sent: 3, failed: {}, queuedRecords: 0 })
    }
    const [first] = readFileSync(join(directory, 'traces.jsonl'), 'utf8').split('\n')
    expect(JSON.parse(first)).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: '00000000000000000000000000000001' }, {}, {}] }] }],
    })
  })

  it('writes without being asked to', async () => {
    const directory = temporaryFolder()
    const exporter = fileExporter(directory)
    exporter.offer(batchOf('traces', ['a']))
    while (exporter.figures().traces.sent === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(namesInFile(join(directory, 'traces.jsonl'), 'traces')).toEqual(['a'])
    await exporter.close(1_000)
  })

  it('rotates by size and loses no line', async () => {
    const directory = temporaryFolder()
    const exporter = fileExporter(directory, { maxBytes: 100_000, maxBackups: 10 })
    const names = Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(10_000)}`)
    for (const name of names) exporter.offer(batchOf('logs', [name]))
    await exporter.close(5_000)
    const paths = Array.from({ length: 11 }, (_, index) =>
      join(directory, index ? `logs.${index}.jsonl` : 'logs.jsonl'),
    )
    const kept = paths.toReversed().filter((path) => existsSync(path))
    expect(kept.length).toBeGreaterThan(3)
    expect(kept.flatMap((path) => namesInFile(path, 'logs'))).toEqual(names)
  })

  it('says what is wrong with the disk and writes everything once it is mended', async () => {
    const directory = join(temporaryFolder(), 'data')
    writeFileSync(directory, 'a file where the folder should be')
    const log = memoryLog()
    const options: FileOptions = { type: 'file', name: 'file', file: { directory } }
    const { retry, ...sending } = fileSending(options)
    const transport = createFileTransport(options, (signal) => JSON.stringify({ signal }))
    const soon = { ...sending, retry: { ...retry, initialIntervalMs: 10 } }
    const exporter = createSendingExporter('file', transport, soon, log)
    exporter.offer(batchOf('traces', ['a', 'b']))
    while (exporter.figures().traces.retries < 2) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(exporter.figures().traces).toMatchObject({ sent: 0, queuedRecords: 2, trouble: 'disk-EEXIST' })
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { exporter: 'file', reason: 'disk-EEXIST' } }])
    rmSync(directory)
    while (exporter.figures().traces.sent === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    await exporter.close(1_000)
    expect(exporter.figures().traces).toMatchObject({ sent: 2, failed: {}, queuedRecords: 0 })
    expect(readFileSync(join(directory, 'traces.jsonl'), 'utf8')).toBe('{"signal":"traces"}\n')
  })

  it('books what it cannot read, and goes on', async () => {
    const directory = temporaryFolder()
    const exporter = fileExporter(directory)
    exporter.offer(rawBatch('traces', new Uint8Array([0x0a, 0xff]), 3))
    while (exporter.figures().traces.queuedRecords > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    exporter.offer(batchOf('traces', ['a']))
    await exporter.close(1_000)
    expect(exporter.figures().traces).toMatchObject({ offered: 4, sent: 1, failed: { unreadable: 3 } })
  })

  it('has no room when the disk does not keep up', () => {
    const exporter = createSenders(
      [{ type: 'file', name: 'file', file: { directory: temporaryFolder() }, queue: { queueSizeBytes: 100 } }],
      { log: memoryLog(), write: () => {} },
    )[0]
    exporter.offer(rawBatch('traces', new Uint8Array(80), 1))
    expect(exporter.hasRoom(21, 'traces')).toBe(false)
  })

  it('does not wait for a write beyond the deadline', async () => {
    const transport = createFileTransport(
      { type: 'file', name: 'file', file: { directory: temporaryFolder() } },
      () => '{}',
    )
    const abort = new AbortController()
    const attempt = transport.send('traces', new Uint8Array(1), abort.signal)
    abort.abort()
    expect(await attempt).toMatchObject({ is: 'retry' })
    // The write itself ends in its own time, and only then may the folder go.
    await transport.send('traces', new Uint8Array(1), never)
    await transport.close()
  })
})
