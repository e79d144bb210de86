import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { jsonLog, textLog } from '../../src/telemetry/log.ts'

it('writes one JSON object a line, with the level as a word', () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  jsonLog(stream).warn('the exporter cannot deliver', { exporter: 'file' })
  expect(JSON.parse(lines.join(''))).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    exporter: 'file',
    message: 'the exporter cannot deliver',
  })
})

it('writes readable lines for people', () => {
  const lines: string[] = []
  const log = textLog((line) => lines.push(line))
  log.info('started')
  log.error('no disk', { reason: 'disk-ENOSPC' })
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d started$/)
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d error: no disk reason="disk-ENOSPC"$/)
})
