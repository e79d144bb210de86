import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli } from './cli.ts'
import { helloSpan } from './hello-span.ts'
import { temporaryFolder } from './temporary-folder.ts'

const key = `base64:${Buffer.alloc(32, 7).toString('base64')}`

function keyFile(): string {
  const file = join(temporaryFolder(), 'key')
  writeFileSync(file, key)
  return file
}

describe('sanitize --format text', () => {
  it('cleans the text and keeps the id with its type', async () => {
    const stdin = [
      { id: 1, text: 'nothing to see' },
      { id: 'a', text: 'write to ana.silva@example.com' },
      { id: null, text: '' },
      { id: { deep: [true] }, text: 'from 10.1.2.3' },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n')
    const { code, stdout, stderr } = await cli(['sanitize', '--format', 'text', '--key-file', keyFile()], { stdin })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(lines).toEqual([
      { id: 1, text: 'nothing to see' },
      { id: 'a', text: expect.stringMatching(/^write to \[email\]@hm:k[0-9a-f]{6}:[0-9a-f]{16}$/) },
      { id: null, text: '' },
      { id: { deep: [true] }, text: 'from [ip]' },
    ])
  })

  it('keeps every digit of an id, its own and not one of a nested object', async () => {
    const stdin = '{"id":12345678901234567890,"x":{"id":3},"text":"a"}\n'
    expect((await cli(['sanitize', '--format', 'text', '--key-file', keyFile()], { stdin })).stdout).toBe(
      '{"id":12345678901234567890,"text":"a"}\n',
    )
  })

  it('makes the same pseudonyms with the same key, and says when the key is for one run', async () => {
    const stdin = '{"id":1,"text":"ana.silva@example.com"}\n'
    const cwd = temporaryFolder()
    const args = ['sanitize', '--format', 'text']
    const file = keyFile()
    const first = await cli([...args, '--key-file', file], { stdin, cwd })
    expect((await cli([...args, '--key-file', file], { stdin, cwd })).stdout).toBe(first.stdout)
    const own = await cli(args, { stdin, cwd })
    expect(own.stdout).not.toBe(first.stdout)
    expect(own.stderr).toContain('--key-file')
  })

  it('reports bad lines by number, never by content, and does the others', async () => {
    const stdin = ['{"id":1,"text":"ok"}', 'secret words', '', '{"id":2,"text":5}', '{"id":3,"text":"ok"}'].join('\n')
    const { code, stdout, stderr } = await cli(['sanitize', '--format', 'text', '--key-file', keyFile()], { stdin })
    expect(code).toBe(1)
    expect(stdout).toBe('{"id":1,"text":"ok"}\n{"id":3,"text":"ok"}\n')
    expect(stderr).toBe('line 2: not JSON\nline 4: not an object with a "text" that is a string\n')
  })
})

describe('sanitize --format otlp-json', () => {
  it('cleans bodies of all three signals', async () => {
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'from 10.1.2.3' } }] }] }] }
    const point = { timeUnixNano: '1', asDouble: 1, attributes: [{ key: 'peer', value: { stringValue: '10.1.2.3' } }] }
    const metrics = {
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'calls', gauge: { dataPoints: [point] } }] }] }],
    }
    const stdin = [helloSpan('ana.silva@example.com'), logs, metrics].map((line) => JSON.stringify(line)).join('\n')
    const { code, stdout } = await cli(['sanitize', '--format', 'otlp-json', '--key-file', keyFile()], { stdin })
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      'resourceSpans',
      'resourceLogs',
      'resourceMetrics',
    ])
    expect(stdout).not.toContain('10.1.2.3')
    expect(stdout).not.toContain('ana.silva')
    expect(stdout).toContain('[email]@hm:')
  })

  it('treats a text as `--format text` does', async () => {
    const text = 'call +55 11 91234-5678, /home/ana/notes, card 4111 1111 1111 1111'
    const file = keyFile()
    const asText = await cli(['sanitize', '--format', 'text', '--key-file', file], {
      stdin: JSON.stringify({ id: 1, text }),
    })
    const asOtlp = await cli(['sanitize', '--format', 'otlp-json', '--key-file', file], {
      stdin: JSON.stringify(helloSpan(text)),
    })
    const clean = (JSON.parse(asText.stdout) as { text: string }).text
    expect(clean).not.toBe(text)
    expect(asOtlp.stdout).toContain(JSON.stringify(clean))
  })

  it('reports bad lines and refused records, and does the others', async () => {
    const broken = JSON.stringify(helloSpan('ok')).replace(
      '5b8efff798038103d269b633813fc60c',
      '00000000000000000000000000000000',
    )
    const stdin = ['{"resourceSpans":[{"secret', broken, '{"secret":1}', JSON.stringify(helloSpan('ok'))].join('\n')
    const { code, stdout, stderr } = await cli(['sanitize', '--format', 'otlp-json', '--key-file', keyFile()], {
      stdin,
    })
    expect(code).toBe(1)
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('"ok"')
    expect(stderr).toMatch(/^line 1: .*\nline 2: records refused: 1 × .*\nline 3: not an OTLP\/JSON body.*\n$/)
    expect(stderr).not.toContain('secret')
  })
})

describe('sanitize', () => {
  it('streams more than its buffers hold, in order', async () => {
    const amount = 60_000
    const stdin = Array.from({ length: amount }, (_, id) => JSON.stringify({ id, text: `text of ${id}` })).join('\n')
    const { stdout } = await cli(['sanitize', '--format', 'text', '--key-file', keyFile()], { stdin })
    expect(stdout).toBe(`${stdin}\n`)
  })

  it.each([
    ['a key that is too short', 'short', 'shorter than 32 bytes'],
    ['a key that is no base64', 'base64:???', 'no base64'],
  ])('refuses %s', async (_case, content, message) => {
    const file = join(temporaryFolder(), 'key')
    writeFileSync(file, content)
    const { code, stderr } = await cli(['sanitize', '--format', 'text', '--key-file', file])
    expect(code).toBe(78)
    expect(stderr).toContain(message)
  })

  it('refuses a ruleset that does not hold, with its place', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'rules.yaml'), 'version: 1\nname: mine\nrulez: []\n')
    const { code, stdout, stderr } = await cli(['sanitize', '--format', 'text', '--ruleset', 'rules.yaml'], { cwd })
    expect(code).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toContain('rules.yaml:3:1')
  })
})
