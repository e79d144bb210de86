import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { requestType } from '../../src/otlp/root.ts'
import { cli, type Run } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const samples = join(import.meta.dirname, '..', 'samples')
const preview = (...args: readonly string[]): Promise<Run> => cli(['preview', ...args], { env: { NO_COLOR: '1' } })

function fileOf(content: string | Uint8Array): string {
  const file = join(temporaryFolder(), 'telemetry')
  writeFileSync(file, content)
  return file
}

describe('preview', () => {
  it('shows made-up events of every project without a file, the same each time', async () => {
    const [first, second] = [await preview(), await preview()]
    expect(first.code).toBe(0)
    for (const service of ['automagik-omni', 'hive', 'automagik-forge', 'claude-code', 'automagik-spark'])
      expect(first.stdout).toContain(`(${service})`)
    expect(first.stdout).toMatch(/fields changed .*user\.id \d+.*email \d+/)
    for (const event of ['automagik.error', 'automagik.feature.used', 'automagik.health'])
      expect(first.stdout).toContain(`span ${event} (automagik-omni)`)
    expect(second.stdout.replaceAll(/[0-9a-f-]{16,}/g, 'x')).toBe(first.stdout.replaceAll(/[0-9a-f-]{16,}/g, 'x'))
  })

  it('reads recorded bodies, record by record', async () => {
    const { code, stdout } = await preview(
      join(samples, '06-python-sdk-0.1.4-traces-batch.json'),
      join(samples, '07-python-sdk-0.1.4-metrics-batch.json'),
      join(samples, '09-python-sdk-0.1.4-log.json'),
    )
    expect(code).toBe(0)
    expect(stdout).toContain('records          10,')
    expect(stdout).toContain('metric messages.sent (hive)')
    expect(stdout).toContain('log record (hive)')
  })

  it('reads lines of OTLP and of events, and lists', async () => {
    const log = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'from 10.1.2.3' } }] }] }],
    })
    const event = JSON.stringify({
      event: 'automagik.api.request',
      service: 'omni',
      attributes: { endpoint: '/x/5511912345678', status: 500, to: { phone: ['+55 11 91234-5678'] } },
    })
    const { stdout } = await preview(fileOf(`${log}\n${event}\n\n[${event}]\n`))
    expect(stdout).toContain('- from 10.1.2.3\n    + from [ip]')
    expect(stdout).toContain('/x/{phone}')
    expect(stdout).toMatch(/span\.status\.code\n {4}- STATUS_CODE_OK\n {4}\+ STATUS_CODE_ERROR/)
    expect(stdout).toContain('records          3,')
    expect(stdout).not.toMatch(/\+ .*91234/)
  })

  it.each(['traces', 'metrics', 'logs'] as const)('reads %s in protobuf, and sees which they are', async (signal) => {
    const request = {
      traces: {
        resourceSpans: [
          {
            scopeSpans: [
              { spans: [{ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), name: 'GET 10.1.2.3' }] },
            ],
          },
        ],
      },
      metrics: {
        resourceMetrics: [
          { scopeMetrics: [{ metrics: [{ name: 'GET 10.1.2.3', gauge: { dataPoints: [{ asInt: 1 }] } }] }] },
        ],
      },
      logs: { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'GET 10.1.2.3' } }] }] }] },
    }[signal]
    const type = requestType(signal)
    const { code, stdout } = await preview(fileOf(type.encode(type.fromObject(request)).finish()))
    expect(code).toBe(0)
    expect(stdout).toContain({ traces: 'span ', metrics: 'metric ', logs: 'log record ' }[signal])
    expect(stdout).toContain('ipv4 1')
  })

  it('reads what Python writes instead of JSON', async () => {
    const { stdout } = await preview(join(samples, 'extra', 'python-sdk-0.1.4-trace-nan.not-valid-json.txt'))
    expect(stdout).toContain('records          1,')
  })

  it('shows the effect of rules', async () => {
    const folder = temporaryFolder()
    const ruleset = join(folder, 'ruleset.yaml')
    writeFileSync(
      ruleset,
      'version: 1\nname: mine\nextends: builtin:automagik\nrules:\n  - { id: plan, attr: plan, class: content }\n',
    )
    const file = fileOf(
      JSON.stringify({ event: 'automagik.feature.used', service: 'omni', attributes: { plan: 'gold' } }),
    )
    const { stdout } = await preview('--ruleset', ruleset, file)
    expect(stdout).toContain("span.attributes['plan']\n    - gold\n    + (gone)\n    by rule plan, content: drop  ")
    expect(stdout).toContain('ruleset.yaml:5:11')
  })

  const phoned = JSON.stringify({
    event: 'automagik.feature.used',
    service: 'omni',
    attributes: { note: 'x', feature_name: 'call 5511912345678 now' },
  })

  it('marks the words that differ, on a terminal', async () => {
    const { stdout } = await cli(['preview', fileOf(phoned)], { env: { FORCE_COLOR: '1', NO_COLOR: undefined } })
    const line = (mark: string): string =>
      stdout.split('\n').find((each) => each.includes(mark) && each.includes('call')) ?? ''
    const inverse = (text: string): string[] =>
      text
        .split('\u001b[7m')
        .slice(1)
        .map((part) => part.split('\u001b')[0])
    expect(inverse(line('- '))).toEqual(['5511912345678'])
    expect(inverse(line('+ ')).join('').replaceAll(' ', '')).toMatch(/^\+55hm:preview:[0-9a-f]{16}$/)
  })

  it('writes JSON: who changed what, where it is written, and no value when none is wanted', async () => {
    const file = fileOf(phoned)
    const [full, bare] = [
      await preview('--format', 'json', file),
      await preview('--format', 'json', '--no-values', file),
    ]
    const report = JSON.parse(full.stdout)
    expect(report.records[0].changes.find(({ path }: { path: string }) => path.includes('note'))).toMatchObject({
      path: "span.attributes['note']",
      is: 'gone',
      before: 'x',
      by: [{ source: 'rule', name: 'message-content', place: expect.stringMatching(/^builtin:automagik:\d+:\d+$/) }],
      class: 'content',
      action: 'drop',
    })
    expect(report.totals).toMatchObject({
      records: 1,
      found_in_text: { phone: 1 },
      where: { "span.attributes['feature_name']": { 'detector phone': 1 } },
    })
    expect(bare.stdout).not.toMatch(/5511912345678|"before"|"after"|hm:/)
    expect(JSON.parse(bare.stdout).totals).toEqual(report.totals)
  })

  it('knows who made each change, and its detectors add up to what the engine counted', async () => {
    interface Report {
      readonly records: readonly { changes: readonly { path: string; why: string[]; detectors: Found[] }[] }[]
      readonly totals: { readonly found_in_text: Readonly<Record<string, number>> }
    }
    type Found = Readonly<{ name: string; finds: number }>
    const { records, totals } = JSON.parse((await preview('--format', 'json')).stdout) as Report
    const changes = records.flatMap((record) => record.changes)
    expect(changes.filter(({ why }) => why.length === 0).map(({ path }) => path)).toEqual([])
    const found: Record<string, number> = {}
    for (const { name, finds } of changes.flatMap(({ detectors }) => detectors))
      found[name] = (found[name] ?? 0) + finds
    expect(found).toEqual(totals.found_in_text)
  })

  it('writes out control characters of what was recorded, which a terminal would obey', async () => {
    const attributes = { 'a\u001b[2J': 'x\u001b]0;ana@example.com\u0007\nsecond' }
    const { stdout } = await preview(fileOf(JSON.stringify({ event: 'e\u001b[1m', attributes })))
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(stdout).toContain('- x\\x1b]0;ana@example.com\\x07\n      second\n')
  })

  it('says in the end where privacy acted', async () => {
    const { stdout } = await preview(fileOf(`${phoned}\n${phoned}`))
    const where = stdout.slice(stdout.indexOf('Where privacy acted'), stdout.indexOf('Totals'))
    expect(where).toContain("  span.attributes['feature_name']: detector phone 2\n")
    expect(where).toContain("  span.attributes['note']: rule message-content 2\n")
  })

  it.each([
    ['what is no telemetry', '{"a": 1}', 'the file is no OTLP'],
    ['a line that is none', '{"event": "x"}\n{"b"', 'line 2 is no OTLP'],
    ['text', 'hello', 'it is neither JSON nor OTLP in protobuf'],
    ['nothing', '', 'it is empty'],
    ['OTLP that is cut off', '{"resourceSpans": [', 'line 1 is neither JSON'],
  ])('says of %s what is wrong, and quotes nothing of it', async (_what, content, message) => {
    const { code, stderr } = await preview(fileOf(content))
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })

  it('says that a file is not there, and shows the others', async () => {
    const { code, stdout, stderr } = await preview('no-such-file', join(samples, '09-python-sdk-0.1.4-log.json'))
    expect(code).toBe(1)
    expect(stderr).toContain('error: cannot preview no-such-file: there is no such file')
    expect(stdout).toContain('records          1,')
  })
})
