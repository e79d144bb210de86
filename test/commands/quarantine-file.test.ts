// What the commands of the quarantine say of a file that senders have filled as they liked.
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { quarantineReader } from '../../src/queue/stored.ts'
import { group, reader, storeUnderTest } from '../queue/store-under-test.ts'
import { cli, type Run } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Entry {
  readonly signal?: 'traces' | 'logs'
  readonly reason?: string
  readonly records: readonly object[]
}

const attributes = (values: Readonly<Record<string, string>>): object => ({
  attributes: Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } })),
})
const requestOf = {
  traces: (spans: readonly object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  logs: (logRecords: readonly object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
}

/** A data folder whose quarantine has these, cleaned by rules that are not those of now. */
function folderWith(...entries: readonly Entry[]): string {
  const dataDir = temporaryFolder()
  const own = (signal: 'traces' | 'logs') => reader(quarantineReader, { signal, capacityBytes: Infinity })
  const exporters = ['otlp_http/a', 'otlp_http/b'].map((name) => reader(name, { capacityBytes: 100 }))
  const under = storeUnderTest([own('traces'), own('logs'), ...exporters], { file: join(dataDir, 'queue.db') })
  for (const { signal = 'traces', reason = 'unknown-event', records } of entries) {
    const { bytes } = jsonToProtobuf(signal, Buffer.from(JSON.stringify(requestOf[signal](records))))
    const kept = group(records.length, [], signal)
    under.put({ ...kept, size: bytes.length, encoding: 'gzip', data: gzipSync(bytes), quarantine: reason })
  }
  under.database.close()
  return dataDir
}

const list = (dataDir: string, ...more: readonly string[]): Promise<Run> =>
  cli(['quarantine', 'list', '--data-dir', dataDir, ...more])

describe('quarantine list', () => {
  it('says what does not fit in spans and logs, and what is not marked', async () => {
    const marks = { 'automagik.schema.attribute': 'status', 'automagik.schema.keyword': 'enum' }
    const folder = folderWith(
      {
        reason: 'schema-violation',
        records: [{ name: 'automagik.a.b', ...attributes(marks) }, { name: 'automagik.a.b' }],
      },
      { signal: 'logs', records: [attributes({ 'event.name': 'automagik.c' }), { eventName: 'automagik.c' }] },
    )
    const { stdout, stderr } = await list(folder)
    expect(stdout).toMatch(/^automagik\.a\.b +status +enum +1$/m)
    expect(stdout).toMatch(/^automagik\.a\.b +not marked +1$/m)
    expect(stdout).toMatch(/^automagik\.c +no schema knows it +2$/m)
    expect(stderr).toContain('note: shown as it was cleaned when it came')
    const { unfit } = JSON.parse((await list(folder, '--format', 'json')).stdout) as { unfit: object[] }
    expect(unfit).toContainEqual({
      event: 'automagik.a.b',
      reason: 'schema-violation',
      attribute: 'status',
      keyword: 'enum',
      records: 1,
    })
  })

  it('is short, whatever senders call their events', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `automagik.made.up.${'x'.repeat(i * 10)}`)
    const { stdout } = await list(folderWith({ records: names.map((name) => ({ name })) }))
    expect(stdout.match(/no schema knows it/g)).toHaveLength(50)
    expect(stdout).toContain('… and 10 more: --format json')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(250)
  })

  it('shows names by the rules of now, where it knows them', async () => {
    const folder = folderWith({
      records: [{ traceId: '1'.repeat(32), spanId: '1'.repeat(16), name: 'automagik.to ana@example.com' }],
    })
    const config = join(folder, 'gateway.yaml')
    writeFileSync(
      config,
      `data_dir: ${folder}\nexporters: {file: {}}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [file]}}}\n`,
    )
    const { stdout, stderr } = await cli(['quarantine', 'list', '--config', config])
    expect([stderr, stdout]).toEqual(['', expect.stringMatching(/automagik\.to .*no schema knows it/)])
    expect(stdout).not.toContain('ana@example.com')
  })
})

describe('quarantine replay', () => {
  it('says who is full, and whom it may have meant', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `automagik.${i}`)
    const folder = folderWith(...names.map((name) => ({ records: [{ name }] })))
    const replay = (...args: readonly string[]) => cli(['quarantine', 'replay', '--data-dir', folder, ...args])
    expect((await replay('--to', 'otlp_htp/a')).stderr).toContain('did you mean "otlp_http/a"? Name one with --to')
    const { code, stdout, stderr } = await replay()
    expect([code, stdout]).toEqual([1, expect.stringContaining('into the queue of otlp_http/a, otlp_http/b.')])
    expect(stderr).toContain('a queue of otlp_http/a, otlp_http/b for traces is full: wait')
    expect((await replay('--signal', 'metrics')).code).toBe(2)
  })
})
