// The commands over files of every kind, in this process: what they say, and that they never say what is in a letter.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { CommandContext, Output } from '../../src/commands/command.ts'
import { adviceOn } from '../../src/commands/dead-letters/advice.ts'
import { exportLetters } from '../../src/commands/dead-letters/export.ts'
import { listLetters } from '../../src/commands/dead-letters/list.ts'
import { pointInTime } from '../../src/commands/dead-letters/point-in-time.ts'
import { removeLetters } from '../../src/commands/dead-letters/remove.ts'
import { showLetter } from '../../src/commands/dead-letters/show.ts'
import { requestsIn } from '../../src/commands/preview/requests.ts'
import { replay } from '../../src/commands/replay.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import type { Signal } from '../../src/pipeline/batch.ts'
import { nothing, reader, storeUnderTest, group } from '../queue/store-under-test.ts'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function run(command: (context: CommandContext) => Promise<number>): Promise<Said> {
  const [stdout, stderr] = [collecting(), collecting()]
  const context: CommandContext = {
    stdin: Readable.from([]),
    stdout: stdout.output,
    stderr: stderr.output,
    env: {},
    version: '0',
    stopSignal: () => new AbortController().signal,
    onHangUp() {},
  }
  const code = await command(context)
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function collecting(): { readonly output: Output; readonly text: () => string } {
  const chunks: Buffer[] = []
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { output, text: () => Buffer.concat(chunks).toString() }
}

const logs = (text: string): Uint8Array =>
  jsonToProtobuf(
    'logs',
    Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: text } }] }] }] })),
  ).bytes

interface Kept {
  readonly exporter?: string
  readonly signal?: Signal
  readonly reason?: string
  readonly data?: Uint8Array
  readonly digest?: string
}

/** A data folder whose queue has these dead letters, and the exporters `otlp_http/a` (logs) and `otlp_grpc/b` (traces). */
function folderWith(letters: readonly Kept[]): string {
  const dataDir = temporaryFolder()
  const readers = [reader('otlp_http/a', { signal: 'logs' }), reader('otlp_grpc/b'), reader('otlp_http/old')]
  const under = storeUnderTest(readers, { file: join(dataDir, 'queue.db') })
  for (const each of letters) {
    const { exporter = 'otlp_http/a', signal = 'logs', reason = 'http-400', digest = 'old rules' } = each
    under.put(group(1, [exporter], signal))
    const { id } = under.stateOf(exporter, signal)
    const [leased] = under.store.lease(id, 1)
    const data = gzipSync(each.data ?? logs('call ana@example.com'))
    const dead = [{ reason, records: 1, size: 50, data, digest }]
    under.store.commit({ ...nothing, settlements: [{ reader: id, ids: [leased.id], sent: 0, failed: [], dead }] })
  }
  under.database.exec("UPDATE readers SET capacity_bytes = NULL WHERE name = 'otlp_http/old'")
  under.database.close()
  return dataDir
}

const shelf = 'dead-letters'
const list = { shelf, format: 'text', limit: 50 } as const
const text = { shelf, format: 'text' } as const

describe('dead-letters', () => {
  it('says that there is no queue, an old one, a newer one, a damaged one, and nothing in one', async () => {
    const none = await run((context) => listLetters(context, { ...list, dataDir: temporaryFolder() }))
    expect(none).toMatchObject({ code: 1, stdout: '' })
    expect(none.stderr).toMatch(/^error: there is no .*queue\.db: .*--data-dir.*--config/)

    for (const [version, help] of [
      [1, 'start the gateway of this version once'],
      [9, 'use the automagik-gateway that runs with it'],
    ] as const) {
      const dataDir = folderWith([])
      const under = storeUnderTest([], { file: join(dataDir, 'queue.db') })
      under.database.exec(`PRAGMA user_version = ${version}`)
      under.database.close()
      for (const command of [listLetters, replay, exportLetters] as const)
        expect(
          (await run((context) => command(context, { shelf, format: 'json', limit: 5, dataDir }))).stderr,
        ).toContain(help)
    }

    const damaged = temporaryFolder()
    writeFileSync(join(damaged, 'queue.db'), 'ana@example.com was here '.repeat(1_000))
    const said = await run((context) => listLetters(context, { ...list, dataDir: damaged }))
    expect(said).toMatchObject({ code: 1, stdout: '' })
    expect(said.stderr).toContain('a gateway that finds it damaged moves it aside')
    expect(said.stderr).not.toContain('ana')

    const empty = await run((context) => listLetters(context, { ...list, dataDir: folderWith([]) }))
    expect(empty).toEqual({ code: 0, stdout: 'There are no dead letters.\n', stderr: '' })
  })

  it('list names what is there for a choice that finds nothing, and obeys nothing that a name says', async () => {
    const dataDir = folderWith([{}, { exporter: 'otlp_grpc/b', signal: 'traces', reason: 'grpc-\u001b[2Jinternal' }])
    const ask = (options: object): Promise<Said> =>
      run((context) => listLetters(context, { ...list, dataDir, ...options }))
    expect((await ask({ exporter: 'otlp_htp/a' })).stdout).toContain('did you mean "otlp_http/a"?')
    expect((await ask({ reason: "' OR 1=1 --" })).stdout).toContain('No dead letter has the reason')
    expect((await ask({ exporter: 'otlp_http/a', signal: 'traces' })).stdout).toContain('by all of these options')
    const all = await ask({})
    // oxlint-disable-next-line no-control-regex
    expect(all.stdout).not.toMatch(/[\u0000-\u0009\u001b]/)
    expect(all.stdout).not.toContain('ana')
    expect((await ask({ limit: 1 })).stdout).toContain('… and 1 older: --limit 2')
  })

  it('show cleans again what other rules have cleaned, when the rules of now are given', async () => {
    const dataDir = folderWith([{}])
    const before = await run((context) => showLetter(context, 1, { ...text, dataDir }))
    expect(before.stderr).toContain('with --config or --ruleset, by the rules of now')
    const after = await run((context) => showLetter(context, 1, { ...text, dataDir, ruleset: 'builtin:automagik' }))
    expect(after).toMatchObject({ code: 0, stderr: '' })
    expect(after.stdout).toContain('call [email')
    expect(after.stdout).not.toContain('ana')
    expect(after.stdout).toContain(adviceOn('http-400'))
    const json = await run((context) =>
      showLetter(context, 1, { shelf, format: 'json', dataDir, ruleset: 'builtin:automagik' }),
    )
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 1, reason: 'http-400', otlp: { resourceLogs: [{}] } })
  })

  it('says which letter is not there, and which is damaged, and nothing of what is in it', async () => {
    const dataDir = folderWith([{ data: Buffer.from('ana@example.com') }])
    const show = (id: number): Promise<Said> => run((context) => showLetter(context, id, { ...text, dataDir }))
    expect(await show(7)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('no dead letter 7') })
    expect(await show(1)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('1 is damaged') })
    const replayed = await run((context) => replay(context, { shelf, dataDir }))
    expect(replayed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('they are damaged') })
    expect((await show(1)).stderr).not.toContain('ana')
  })

  it('export writes what preview and sanitize read, for its owner only', async () => {
    const dataDir = folderWith([{}, {}])
    writeFileSync(join(dataDir, 'pseudonym.key'), Buffer.alloc(32, 7), { mode: 0o600 })
    const rules = { shelf, dataDir, ruleset: 'builtin:automagik' } as const
    const lines = await run((context) => exportLetters(context, { format: 'json', ...rules }))
    expect(requestsIn(Buffer.from(lines.stdout), 0).map(({ signal }) => signal)).toEqual(['logs', 'logs'])
    expect(lines.stdout).not.toContain('ana')
    const sanitized = await cli(['sanitize', '--format', 'otlp-json'], { stdin: lines.stdout })
    expect(sanitized.code).toBe(0)
    expect(sanitized.stdout).toBe(lines.stdout)
    const out = join(temporaryFolder(), 'letters')
    await run((context) => exportLetters(context, { format: 'json', out, ...rules }))
    await run((context) => exportLetters(context, { format: 'protobuf', out, ...rules }))
    expect(readdirSync(out).toSorted()).toEqual(['1-logs.binpb', '2-logs.binpb', 'dead-letters.jsonl'])
    expect(readFileSync(join(out, 'dead-letters.jsonl'), 'utf8')).toBe(lines.stdout)
    expect(requestsIn(readFileSync(join(out, '1-logs.binpb')), 0)).toHaveLength(1)
    expect(statSync(join(out, '1-logs.binpb')).mode & 0o777).toBe(0o600)
    const nowhere = await run((context) => exportLetters(context, { shelf, format: 'protobuf', dataDir }))
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('--out DIR') })
  })

  it('remove wants to be told which', async () => {
    const dataDir = folderWith([{}, { reason: 'http-413' }])
    const remove = (options: object): Promise<Said> =>
      run((context) => removeLetters(context, { shelf, dataDir, ...options }))
    expect((await remove({})).code).toBe(2)
    expect((await remove({ reason: 'http-413' })).stdout).toBe('Removed 1 dead letter, 1 record.\n')
    expect((await remove({ all: true })).stdout).toBe('Removed 1 dead letter, 1 record.\n')
    expect((await remove({ all: true })).stdout).toBe('There are no dead letters.\n')
  })
})

describe('replay', () => {
  it.each([
    [
      { to: 'otlp_htp/a' },
      'the gateway has no exporter "otlp_htp/a" with a queue on disk, did you mean "otlp_http/a"?',
    ],
    [{}, 'no exporter "otlp_http/old"'],
    [
      { to: 'otlp_http/a' },
      'otlp_http/a does not get traces: no pipeline of them names it (service.pipelines). otlp_grpc/b gets them: --to otlp_grpc/b',
    ],
  ])('%j says who would get them: %s', async (options, message) => {
    const dataDir = folderWith([
      { exporter: 'otlp_http/old', signal: 'traces', reason: 'exporter-removed', data: Buffer.alloc(0) },
    ])
    for (const dryRun of [true, false]) {
      const said = await run((context) => replay(context, { shelf, dataDir, dryRun, ...options }))
      expect(said).toMatchObject({ code: 1, stdout: '' })
      expect(said.stderr).toContain(message)
    }
    const done = await run((context) => replay(context, { shelf, dataDir, to: 'otlp_grpc/b', id: [1] }))
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toContain('Put 1 dead letter (1 record) into the queue of otlp_grpc/b.')
    expect((await run((context) => listLetters(context, { ...list, dataDir }))).stdout).toBe(
      'There are no dead letters.\n',
    )
  })
})

describe('a point in time', () => {
  it.each([
    ['2h', 3_600_000],
    ['0', 10_800_000],
    ['1970-01-01', 0],
    ['1970-01-01T01:00', 3_600_000],
    ['1970-01-01 01:00:00Z', 3_600_000],
    ['1970-01-01T01:00+01:00', 0],
    ['yesterday', undefined],
    ['1970-13-01', undefined],
    ['', undefined],
  ])('%s is %s', (given, ms) => {
    expect(pointInTime(given, 10_800_000)).toBe(ms)
  })
})
