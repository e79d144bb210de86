import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { describe, expect, it } from 'vitest'
import { exitCode, InvalidConfiguration, type CommandContext } from '../../src/commands/command.ts'
import { list } from '../../src/commands/events/list.ts'
import { newEvent } from '../../src/commands/events/new.ts'
import { show } from '../../src/commands/events/show.ts'
import { validate } from '../../src/commands/events/validate.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { cli, type Run } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const samples = join(import.meta.dirname, '..', 'samples')

/**
 * What `events …` does with these arguments in a folder with these files. Called as main.ts calls it: a process for each
 * would take most of the time.
 */
async function events(
  [command, ...args]: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
  stdin = '',
): Promise<Run> {
  const cwd = temporaryFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content)
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: optionsOf })
  const inFolder = (name: string): string => (name === '-' ? name : join(cwd, name))
  const options = {
    ...values,
    ruleset: values.ruleset === undefined ? 'builtin:automagik' : inFolder(values.ruleset),
    format: (values.format ?? 'text') as 'text',
    out: inFolder(values.out ?? 'events'),
  }
  const out = [new PassThrough(), new PassThrough()] as const
  const context: CommandContext = {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: out[0],
    stderr: out[1],
    env: {},
    version: '0',
    stopSignal: () => AbortSignal.abort(),
    onHangUp: () => {},
  }
  const run = async (): Promise<number> => {
    if (command === 'validate') return validate(context, positionals.map(inFolder), options)
    if (command === 'list') return list(context, options)
    return command === 'show' ? show(context, positionals[0], options) : newEvent(context, positionals[0], options)
  }
  const code = await run().catch((error: unknown) => {
    if (error instanceof InvalidConfiguration) return exitCode.invalidConfiguration
    throw error
  })
  const [stdout, stderr] = out.map((stream) => String(stream.read() ?? '').replaceAll(`${cwd}/`, ''))
  return { code, stdout, stderr }
}
const optionsOf = {
  ruleset: { type: 'string' },
  format: { type: 'string' },
  project: { type: 'string' },
  status: { type: 'string' },
  out: { type: 'string' },
  strict: { type: 'boolean' },
  force: { type: 'boolean' },
} as const
const line = (event: string, attributes: object, service = 'omni'): string =>
  `${JSON.stringify({ event, service, attributes })}\n`

describe('events validate', () => {
  it('passes events that fit, under their old names too, and says how many', async () => {
    const lines =
      line('automagik.health', { service_name: 'db', status: 'ok' }) +
      line('webhook_processed', { channel: 'discord', success: true, duration_ms: 3 })
    const { code, stdout } = await events(['validate', 'e.jsonl'], { 'e.jsonl': lines })
    expect([code, stdout]).toEqual([0, 'e.jsonl: 2 events, 2 valid\n'])
  })

  it('says code, place, event, pointer and what is wanted, and never a value', async () => {
    const lines = `\n${line('api_request', { endpoint: '/x', method: 'FETCH 5511912345678', status_code: 'ana@example.com' })}`
    const { code, stdout } = await events(['validate', 'e.jsonl'], { 'e.jsonl': `${lines}${lines}` })
    expect(code).toBe(1)
    expect(stdout).toContain(
      'error[events/invalid] e.jsonl:2, record 1: automagik.api.request /http.request.method: want one of GET, ',
    )
    expect(stdout).toContain(
      'error[events/invalid] e.jsonl:4, record 2: automagik.api.request /http.response.status_code: want a whole number',
    )
    expect(stdout).toContain('e.jsonl: 2 events, 0 valid')
    expect(stdout).not.toMatch(/5511912345678|ana@example/)
  })

  it('reads standard input, and answers in JSON', async () => {
    const { code, stdout } = await events(
      ['validate', '-', '--format', 'json'],
      {},
      line('automagik.health', { status: 'ok' }),
    )
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      files: [{ file: 'standard input', events: 1, valid: 0, others: 0, unknownAttributes: 0, findings: 1 }],
      findings: [
        {
          code: 'events/invalid',
          severity: 'error',
          message: 'automagik.health /service_name: it is required',
          file: 'standard input',
          record: 1,
          position: { line: 1, column: 1, length: 1 },
          event: 'automagik.health',
          pointer: '/service_name',
          keyword: 'required',
          expected: 'it is required',
        },
      ],
    })
  })

  it('prints annotations for GitHub', async () => {
    const lines =
      line('automagik.health', { service_name: 'db', status: 'ok' }) + line('automagik.health', { status: 'ok' })
    const { stdout } = await events(['validate', '--format', 'github', 'e.jsonl'], { 'e.jsonl': lines })
    expect(stdout).toContain(
      '::error file=e.jsonl,line=2,col=1,title=events/invalid::automagik.health /service_name: it is required\n',
    )
  })

  it('warns of events that no schema knows, and of attributes only when it is strict', async () => {
    const lines =
      line('automagik.helth', {}) + line('automagik.health', { service_name: 'db', status: 'ok', servise: 1 })
    const mild = await events(['validate', 'e.jsonl'], { 'e.jsonl': lines })
    expect(mild.code).toBe(0)
    expect(mild.stdout).toContain(
      'warning[events/unknown-event] e.jsonl:1, record 1: no schema knows the event "automagik.helth", did you mean "automagik.health"?',
    )
    expect(mild.stdout).toContain('1 attribute that no schema describes (--strict names them)')
    const strict = await events(['validate', '--strict', 'e.jsonl'], { 'e.jsonl': lines })
    expect(strict.code).toBe(1)
    expect(strict.stdout).toContain('error[events/unknown-event]')
    expect(strict.stdout).toContain(
      'error[events/unknown-attribute] e.jsonl:2, record 2: automagik.health has no attribute "servise"',
    )
  })

  it('points at unknown attributes with a JSON Pointer', async () => {
    const sent = line('automagik.health', { service_name: 'db', status: 'ok', 'a/b~c': 1 })
    const { stdout } = await events(['validate', '--strict', '--format', 'json', '-'], {}, sent)
    expect((JSON.parse(stdout) as { findings: { pointer: string }[] }).findings.map(({ pointer }) => pointer)).toEqual([
      '/a~1b~0c',
    ])
  })

  it('shows of unknown names what privacy leaves of them', async () => {
    const lines =
      line('call ana@example.com', {}) +
      line('automagik.health', { service_name: 'db', status: 'ok', '5511912345678': 1 })
    const { stdout } = await events(['validate', '--strict', 'e.jsonl'], { 'e.jsonl': lines })
    expect(stdout).not.toMatch(/ana@example|5511912345678/)
    expect(stdout).toContain('has no attribute "{phone}"')
  })

  it('reads OTLP in JSON and in protobuf, whole and line by line, and what is no event is counted', async () => {
    const trace = readFileSync(join(samples, '11-omni-v1-legacy-trace-webhook-failed.json'))
    const { bytes } = jsonToProtobuf('traces', new Uint8Array(trace))
    const log = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hi' } }] }] }] })
    const files = { 'a.json': trace, 'b.bin': bytes, 'c.jsonl': `${trace.toString().trim()}\n${log}\n` }
    const { code, stdout } = await events(['validate', ...Object.keys(files)], files)
    expect(code).toBe(0)
    expect(stdout).toBe(
      'a.json: 1 event, 1 valid\nb.bin: 1 event, 1 valid\nc.jsonl: 1 event, 1 valid; 1 record of another kind\n',
    )
  })

  it('says of a record that the gateway refuses why', async () => {
    const span = { traceId: '', spanId: '1'.repeat(16), name: 'automagik.health' }
    const file = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    const { code, stdout } = await events(['validate', 'e.json'], { 'e.json': file })
    expect([code, stdout.split('\n')[0]]).toEqual([
      1,
      'error[events/refused] e.json:1, record 1: the gateway refuses it: invalid-trace-id',
    ])
  })

  it('ends with 78 for what it cannot read, and says which line', async () => {
    const missing = await events(['validate', 'nothing.jsonl'])
    expect([missing.code, missing.stdout.split('\n')[0]]).toEqual([
      78,
      'error[events/unreadable] nothing.jsonl: cannot read the events: there is no such file',
    ])
    const broken = await events(['validate', 'e.jsonl'], {
      'e.jsonl': `${line('automagik.health', {})}{"secret-5511912345678\n`,
    })
    expect(broken.code).toBe(78)
    expect(broken.stdout).toContain('cannot read the events: line 2: ')
    expect(broken.stdout).not.toContain('5511912345678')
    const other = await events(['validate', 'e.jsonl'], { 'e.jsonl': `${line('automagik.health', {})}{"evnt": 1}\n` })
    expect(other.stdout).toContain('cannot read the events: line 2: it is no OTLP ')
    for (const [rest, why] of [
      ['"attribuets": {}, "sent": "x"', 'line 1: it has the key "attribuets", did you mean "attributes"?'],
      ['"service": 5', 'line 1: "service" of it is no text'],
      ['"attributes": "a"', 'line 1: "attributes" of it is no object'],
    ]) {
      const odd = await events(['validate', 'e.jsonl'], { 'e.jsonl': `{"event": "automagik.health", ${rest}}\n` })
      expect([odd.code, odd.stdout]).toEqual([78, expect.stringContaining(why)])
    }
    const folder = await events(['validate', '.'])
    expect([folder.code, folder.stdout.split('\n')[0]]).toEqual([
      78,
      expect.stringContaining('cannot read the events: it is a folder: name the files in it'),
    ])
    const ruleset = await events(['validate', '-', '--ruleset', 'r.yaml'], { 'r.yaml': 'version: 3\n' })
    expect(ruleset.code).toBe(78)
  })

  it('knows the events of a ruleset of yours', async () => {
    const made = temporaryFolder()
    expect((await cli(['events', 'new', 'automagik.crm.meeting.held'], { cwd: made })).code).toBe(0)
    writeFileSync(
      join(made, 'r.yaml'),
      'version: 1\nname: r\nextends: [builtin:automagik]\nevents: { schemas: [events] }\n',
    )
    writeFileSync(join(made, 'e.jsonl'), line('automagik.crm.meeting.held', { kind: 'one' }))
    const { code, stdout } = await cli(['events', 'validate', '--ruleset', 'r.yaml', 'e.jsonl'], { cwd: made })
    expect([code, stdout.split('\n')[0]]).toEqual([
      1,
      'error[events/invalid] e.jsonl:1, record 1: automagik.crm.meeting.held /channel: it is required',
    ])
    const preview = await cli(['preview', '--ruleset', 'r.yaml'], { cwd: made })
    expect(preview.stdout).toContain('automagik.crm.meeting.held')
  })
})

describe('events validate and what was captured from the projects', () => {
  interface Explained {
    readonly events?: number
    readonly others?: number
    /** What does not fit, or has no schema: `code message`. */
    readonly findings?: readonly string[]
    readonly why: string
  }
  const leaks = 'made up for the capture, personal data among it: no event is described with them, rules look at them'
  const unknown = (event: string, ...names: string[]): string[] =>
    names.map((name) => `events/unknown-attribute ${event} has no attribute "${name}"`)
  /** What is no event, does not fit, or is not described. Every other record of the samples is an event that fits. */
  const explained: Readonly<Record<string, Explained>> = {
    '01-npm-sdk-0.1.3-trace-feature-used.json': {
      findings: unknown('automagik.feature.used', 'worktree_path'),
      why: leaks,
    },
    '03-npm-sdk-0.1.3-metric-histogram.json': { others: 1, why: 'a data point: schemas are of spans and logs' },
    '04-npm-sdk-0.1.3-metric-counter.json': { others: 1, why: 'a data point' },
    '05-npm-sdk-0.1.3-log.json': { others: 1, why: 'a log without an event name' },
    '06-python-sdk-0.1.4-traces-batch.json': {
      events: 5,
      findings: [
        ...unknown('automagik.feature.used', 'recipient', 'message_preview'),
        ...unknown('automagik.api.request', 'client_ip'),
        ...unknown('automagik.cli.command', 'args', 'cwd'),
      ],
      why: leaks,
    },
    '07-python-sdk-0.1.4-metrics-batch.json': { others: 4, why: 'data points' },
    '08-python-sdk-0.1.4-metric-dict-as-value.json': { others: 1, why: 'a data point' },
    '09-python-sdk-0.1.4-log.json': { others: 1, why: 'a log without an event name' },
    'extra/forge-legacy-posthog-capture.json': {
      findings: ['events/unknown-event no schema knows the event "task_attempt_finished"'],
      why: 'a body for PostHog, which happens to look like a line of events; no gateway gets it',
    },
    'extra/python-sdk-0.1.4-trace-nan.not-valid-json.txt': {
      findings: ['events/invalid automagik.performance.latency /duration_ms: want a number (type)'],
      why: 'NaN as a duration: the gateway drops the attribute, and it is a fault of the program',
    },
    ...Object.fromEntries(
      ['manifest.json', 'omni-v1-message-trace-api.json', 'omni-v2-journey.json'].map((name) => [
        `extra/${name}`,
        { events: 0, findings: ['events/unreadable'], why: 'no telemetry, but what an API answers' },
      ]),
    ),
  }

  it('every sample fits to the last attribute, or what does not is explained', async () => {
    const names = ['', 'extra'].flatMap((folder) =>
      readdirSync(join(samples, folder), { withFileTypes: true })
        .filter((each) => each.isFile())
        .map(({ name }) => join(folder, name)),
    )
    const { stdout } = await cli(['events', 'validate', '--strict', '--format', 'json', ...names], { cwd: samples })
    const { files, findings } = JSON.parse(stdout) as {
      files: { file: string; events: number; others: number }[]
      findings: { file: string; code: string; message: string }[]
    }
    expect(files.map(({ file }) => file)).toEqual(names)
    for (const { file, events, others } of files) {
      const wanted = explained[file] ?? {}
      const found = findings
        .filter((each) => each.file === file)
        .map(({ code, message }) => (code === 'events/unreadable' ? code : `${code} ${message}`))
      expect([file, ...found]).toEqual([file, ...(wanted.findings ?? [])])
      expect([file, events, others]).toEqual([
        file,
        wanted.events ?? (wanted.others === undefined ? 1 : 0),
        wanted.others ?? 0,
      ])
    }
  })
})

describe('events list', () => {
  it('lists the events, of a project, of a status', async () => {
    const { code, stdout } = await events(['list', '--project', 'spark', '--status', 'proposed'])
    expect(code).toBe(0)
    expect(stdout.split('\n').map((row) => row.split(' ')[0])).toEqual([
      'event',
      'automagik.spark.cron.executed',
      'automagik.spark.job.failed',
      'automagik.spark.job.retried',
      'automagik.spark.schedule.changed',
      '',
    ])
    expect((await events(['list', '--project', 'sparc'])).stdout).toBe('no event is known by that\n')
  })

  it('is JSON for programs', async () => {
    const { stdout } = await events(['list', '--status', 'standard', '--format', 'json'])
    expect(JSON.parse(stdout)).toHaveLength(6)
  })
})

describe('events show', () => {
  it('shows attributes, their types, and what privacy makes of them', async () => {
    const { code, stdout } = await events(['show', 'webhook_processed'])
    expect(code).toBe(0)
    expect(stdout).toContain('automagik.omni.webhook.processed\n')
    expect(stdout).toContain('also sent as webhook_processed')
    expect(stdout).toMatch(/^\* channel {2}one of whatsapp, discord/m)
    expect(stdout).toMatch(/^ {2}payload_size_kb {2}number 0 to 10000000, in KiBy$/m)
    expect(stdout).toContain('fixed: internal: one of the words in the schema')
  })

  it('is JSON for programs, with the attributes of every event', async () => {
    const { stdout } = await events(['show', 'automagik.health', '--format', 'json'])
    const { attributes } = JSON.parse(stdout) as { attributes: { name: string; required: boolean; grade: string }[] }
    expect(attributes).toContainEqual(expect.objectContaining({ name: 'status', required: true, grade: 'fixed' }))
    expect(attributes).toContainEqual(expect.objectContaining({ name: 'os.type', own: false }))
  })

  it('says what was meant', async () => {
    const { code, stderr } = await events(['show', 'automagik.omni.message.send'])
    expect([code, stderr]).toEqual([
      2,
      'error: no schema knows the event "automagik.omni.message.send", did you mean "automagik.omni.message.sent"?\n`events list` lists them.\n',
    ])
  })
})

describe('events new', () => {
  it('writes a schema that loads, and leaves a file alone that is there', async () => {
    const cwd = temporaryFolder()
    const made = await cli(['events', 'new', 'automagik.omni.poll.closed', '--out', 'mine'], { cwd })
    expect([made.code, made.stdout.split('\n')[0]]).toEqual([0, 'wrote mine/automagik.omni.poll.closed.json'])
    writeFileSync(
      join(cwd, 'r.yaml'),
      'version: 1\nname: r\nextends: [builtin:automagik]\nevents: { schemas: [mine] }\n',
    )
    const shown = await cli(['events', 'show', 'automagik.omni.poll.closed', '--ruleset', 'r.yaml'], { cwd })
    expect([shown.code, shown.stderr]).toEqual([0, ''])
    expect((await cli(['check', 'r.yaml'], { cwd })).code).toBe(0)
    expect((await cli(['events', 'new', 'automagik.omni.poll.closed', '--out', 'mine'], { cwd })).code).toBe(1)
    expect((await cli(['events', 'new', 'automagik.omni.poll.closed', '--out', 'mine', '--force'], { cwd })).code).toBe(
      0,
    )
  })

  it('says when the event ships already', async () => {
    const { stdout } = await cli(['events', 'new', 'automagik.health', '--out', 'mine'], { cwd: temporaryFolder() })
    expect(stdout).toContain('An event of this name ships with the gateway')
  })

  it('refuses a name that is none', async () => {
    const { code, stderr } = await events(['new', '../Evil'])
    expect([code, stderr]).toEqual([
      2,
      'error: no event can be called "../Evil": want small words with dots between them, such as automagik.omni.message.sent\n',
    ])
  })
})
