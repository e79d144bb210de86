// Dead letters from end to end: a gateway as users run it, a backend that refuses, and the commands beside it.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { protobufToJson } from '../../src/otlp/to-json.ts'
import { lettersOf, openLetterFile, type LetterRow } from '../../src/queue/letter-file.ts'
import { cli, runGateway, type RunningGateway } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const exporter = 'otlp_http/store'

interface Backend {
  readonly url: string
  /** The texts of the log records that it has taken, in order. */
  readonly taken: string[]
  /** What it is refused for, or undefined when it has been mended. */
  refuses: string | undefined
}

async function startBackend(refuses?: string): Promise<Backend> {
  const backend = { url: '', taken: [] as string[], refuses }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
      const texts = [...protobufToJson('logs', body).matchAll(/"body":\{"stringValue":"([^"]*)"/g)].map(
        ([, text]) => text,
      )
      const isRefused = texts.some((text) => backend.refuses !== undefined && text.includes(backend.refuses))
      if (!isRefused) backend.taken.push(...texts)
      response.writeHead(isRefused ? 400 : 200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  backend.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return backend
}

function configIn(folder: string, { url }: Backend): string {
  const file = join(folder, 'gateway.yaml')
  const form = `{endpoint: ${url}, retry_on_failure: {initial_interval: 50ms}, sending_queue: {batch: {flush_timeout: 300ms}}}`
  writeFileSync(
    file,
    `data_dir: ./data\nlogs: {enabled: false}\nexporters: {${exporter}: ${form}}\nservice: {pipelines: {logs: {receivers: [otlp], exporters: [${exporter}]}}}\n`,
  )
  return file
}

async function started(file: string): Promise<RunningGateway> {
  const gateway = await runGateway(['--config', file])
  onTestFinished(async () => void (await gateway.stop()))
  return gateway
}

const requestOf = (texts: readonly string[]): string =>
  JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: texts.map((text) => ({ body: { stringValue: text } })) }] }],
  })

async function send({ started: { http } }: RunningGateway, texts: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`http://${String(http)}/v1/logs`, { method: 'POST', headers, body: requestOf(texts) })
  expect(answer.status).toBe(200)
}

const adminOf = ({ started: { admin } }: RunningGateway, path: string): Promise<string> =>
  fetch(`http://${String(admin)}${path}`).then((answer) => answer.text())

/** Read beside the gateway. */
function kept(file: string): readonly LetterRow[] {
  const database = openLetterFile(join(dirname(file), 'data', 'queue.db'), { readOnly: true })
  try {
    return lettersOf(database, {}, 100)
  } finally {
    database.close()
  }
}

const texts = Array.from({ length: 20 }, (_each, i) => (i === 7 ? 'poison of ana@example.com' : `text ${i}`))

describe('a record that a backend refuses for good', () => {
  it('is the only one of its request that becomes a dead letter, and is sent once when it is replayed', async () => {
    const backend = await startBackend('poison')
    const file = configIn(temporaryFolder(), backend)
    const gateway = await started(file)
    await send(gateway, texts)
    await expect.poll(() => backend.taken.length, { timeout: 10_000 }).toBe(19)
    await expect.poll(() => kept(file).length, { timeout: 10_000 }).toBe(1)

    const [letter] = kept(file)
    expect(letter).toMatchObject({ exporter, signal: 'logs', reason: 'http-400', records: 1 })
    const text = await cli(['dead-letters', 'list', '--config', file])
    expect(text).toMatchObject({ code: 0, stderr: '' })
    expect(text.stdout).toContain(`${exporter}  logs  http-400: 1 dead letter, 1 record`)
    expect(text.stdout).not.toContain('poison')

    const shown = await cli(['dead-letters', 'show', String(letter.id), '--config', file])
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout).toContain('"stringValue": "poison of [email')
    expect(shown.stdout).not.toContain('ana@')
    expect(shown.stdout).toContain('Its own log says which.')

    // Unmended it comes back as another, and nothing else goes twice.
    expect((await cli(['replay', '--config', file])).code).toBe(0)
    await expect.poll(() => kept(file)[0]?.id, { timeout: 10_000 }).toBe(letter.id + 1)

    backend.refuses = undefined
    const dry = await cli(['replay', '--config', file, '--dry-run'])
    expect(dry.stdout).toContain(`Would put 1 dead letter (1 record) into the queue of ${exporter}`)
    expect(kept(file)).toHaveLength(1)
    const replayed = await cli(['replay', '--config', file, '--exporter', exporter, '--reason', 'http-400'])
    expect(replayed).toMatchObject({ code: 0, stderr: '' })
    expect(replayed.stdout).toContain(`Put 1 dead letter (1 record) into the queue of ${exporter}`)
    await expect.poll(() => backend.taken.length, { timeout: 10_000 }).toBe(20)
    expect(backend.taken.filter((each) => each.includes('poison'))).toHaveLength(1)
    expect(kept(file)).toEqual([])

    await expect
      .poll(() => adminOf(gateway, '/metrics'), { timeout: 5_000 })
      .toContain(`otelcol_exporter_sent_log_records{exporter="${exporter}"} 20`)
    const figures = await adminOf(gateway, '/metrics')
    expect(figures).toContain(`gateway_records_dead_lettered{exporter="${exporter}",signal="logs",reason="http-400"} 2`)
    expect(figures).toContain(`gateway_records_replayed{exporter="${exporter}",signal="logs"} 2`)
    expect(figures).toContain(
      `gateway_dead_letter_records_removed{exporter="${exporter}",signal="logs",reason="replayed"} 2`,
    )
    const health = JSON.parse(await adminOf(gateway, '/health')) as {
      queue: { books: string; dead_letters: number }
      exporters: [{ signals: { logs: Record<string, number> } }]
    }
    expect(health.queue).toMatchObject({ books: 'balanced', dead_letters: 0 })
    expect(health.exporters[0].signals.logs).toMatchObject({ accepted: 20, replayed: 2, sent: 20, queued: 0 })
    expect(await gateway.stop()).toBe(0)
    expect(gateway.stdout()).not.toContain('do not add up')
  }, 60_000)

  it('that is replayed while the gateway is stopped is sent when it starts', async () => {
    const backend = await startBackend('poison')
    const file = configIn(temporaryFolder(), backend)
    const first = await started(file)
    await send(first, texts)
    await expect.poll(() => kept(file).length, { timeout: 10_000 }).toBe(1)
    expect(await first.stop()).toBe(0)
    backend.refuses = undefined
    expect((await cli(['replay', '--config', file])).code).toBe(0)
    const second = await started(file)
    await expect.poll(() => backend.taken.toSorted(), { timeout: 10_000 }).toHaveLength(20)
    expect(await second.stop()).toBe(0)
    expect(backend.taken.filter((each) => each.includes('poison'))).toHaveLength(1)
    expect(second.stdout()).not.toContain('do not add up')
  }, 60_000)
})
