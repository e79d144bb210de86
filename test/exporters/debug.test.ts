import { describe, expect, it } from 'vitest'
import { createSenders } from '../../src/exporters/create.ts'
import type { Exporter } from '../../src/exporters/exporter.ts'
import type { Verbosity } from '../../src/exporters/options.ts'
import { batchOf, memoryLog, rawBatch } from './batches.ts'

function debugExporter(verbosity?: Verbosity): { exporter: Exporter; printed: () => string } {
  let text = ''
  const write = (part: string): void => {
    text += part
  }
  const [exporter] = createSenders([{ type: 'debug', name: 'debug', debug: { verbosity } }], {
    log: memoryLog(),
    write,
  })
  return { exporter, printed: () => text }
}

describe('the debug exporter', () => {
  it('prints counts', () => {
    const { exporter, printed } = debugExporter()
    const batches = [batchOf('traces', ['a', 'b']), batchOf('metrics', ['c']), batchOf('logs', ['d'])]
    for (const batch of batches) exporter.offer(batch)
    expect(printed()).toBe(
      `debug: 2 spans, ${batches[0].bytes.length} bytes\n` +
        `debug: 1 metric_points, ${batches[1].bytes.length} bytes\n` +
        `debug: 1 log_records, ${batches[2].bytes.length} bytes\n`,
    )
  })

  it.each([
    ['traces', '  a\n  b\n'],
    ['metrics', '  a\n  b\n'],
    ['logs', '  INFO a\n  INFO b\n'],
  ] as const)('prints a line for each record of %s', (signal, lines) => {
    const { exporter, printed } = debugExporter('normal')
    exporter.offer(batchOf(signal, ['a', 'b']))
    expect(printed()).toMatch(/^debug: 2 .*\n/)
    expect(printed()).toContain(`bytes\n${lines}`)
  })

  it('prints the whole request as OTLP JSON', () => {
    const { exporter, printed } = debugExporter('detailed')
    exporter.offer(batchOf('logs', ['a']))
    const [, json] = printed().split('\n')
    expect(JSON.parse(json)).toMatchObject({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: 'a' }] }] }] })
  })

  it('books what it cannot read, and takes nothing after its end', async () => {
    const { exporter, printed } = debugExporter('detailed')
    exporter.offer(rawBatch('traces', new Uint8Array([0x0a, 0xff]), 3))
    await exporter.close(0)
    expect(exporter.hasRoom(1)).toBe(false)
    exporter.offer(batchOf('traces', ['late']))
    expect(exporter.figures().traces).toMatchObject({ offered: 4, sent: 0, failed: { unreadable: 3, shutdown: 1 } })
    expect(printed()).toBe('')
  })
})
