// Personal data in odd places and odd spellings, one by one, under the shipped ruleset.
import { describe, expect, it } from 'vitest'
import { createEngine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { Signal } from '../../src/otlp/fields.ts'

const { program } = loadRuleset({ key: { id: 'k', bytes: new Uint8Array(32).fill(7) } })
if (!program) throw new Error('the shipped ruleset does not load')
const engine = createEngine(program)

function through(signal: Signal, request: unknown): string {
  const { batch } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
  return Buffer.from(batch?.bytes ?? []).toString('latin1')
}

const text = (stringValue: string): unknown => ({ stringValue })
const map = (key: string, value: unknown): unknown => ({ kvlistValue: { values: [{ key, value }] } })
const list = (...values: unknown[]): unknown => ({ arrayValue: { values } })
const log = (record: unknown): unknown => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })

describe('a message in a structured log body', () => {
  it('is the text of the log itself at the top', () => {
    expect(through('logs', log({ body: map('message', text('zebra')) }))).toContain('zebra')
  })

  it.each([
    ['a map', map('data', map('message', text('zebra')))],
    ['a list', list(map('message', text('zebra')))],
    ['a list in a map', map('data', list(map('message', text('zebra'))))],
    ['a list of lists', list(list(map('message', text('zebra'))))],
  ])('is somebody’s in %s', (_, body) => {
    expect(through('logs', log({ body }))).not.toContain('zebra')
  })
})

describe('a service by another spelling of its name', () => {
  it.each(['omni', 'OMNI', ' omni', 'omni\u200b', 'Automagik-Omni '])('%j is under its rules', (service) => {
    const resource = { attributes: [{ key: 'service.name', value: text(service) }] }
    const attributes = [{ key: 'blocking_reason', value: text('zebra') }]
    const out = through('logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ attributes }] }] }] })
    expect(out).not.toContain('zebra')
  })
})

describe('the attributes beyond the limit', () => {
  const limit = program.defaults.limits.attributes
  const attributes = Array.from({ length: limit + 5 }, (_, i) => ({ key: `made.up.${i}`, value: text('zebra') }))

  it('go and are counted, whatever they are called', () => {
    const own = createEngine(program)
    const body = Buffer.from(JSON.stringify(log({ attributes: [...attributes, { key: 'user_id', value: text('u') }] })))
    own.process({ signal: 'logs', encoding: 'json', body })
    expect(Object.fromEntries(own.tally.dropped)).toEqual({ 'attribute-limit': 6 })
  })
})
