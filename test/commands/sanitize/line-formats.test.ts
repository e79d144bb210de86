import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { otlpJsonLine, textLine } from '../../../src/commands/sanitize/line-formats.ts'
import { createEngine } from '../../../src/processors/engine.ts'
import { loadRuleset } from '../../../src/ruleset/load-ruleset.ts'

const { program } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } })
const engine = createEngine(program!)

/** Text with personal data between other text. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        'ana.silva@example.com',
        '+55 11 91234-5678',
        '5511912345678@s.whatsapp.net',
        '/home/ana/x',
        '10.1.2.3',
        '4111 1111 1111 1111',
        '{"password": "hunter2"}',
        "{'message': 'hi', 'n': 1}",
        ' ',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

function asText(text: string): string {
  const { output } = textLine(engine, Buffer.from(JSON.stringify({ text })))
  return (JSON.parse(output!) as { text: string }).text
}

function asAttribute(text: string): string {
  const attribute = { key: 'neutral.value', value: { stringValue: text } }
  const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: [attribute] }] }] }] }
  const { output } = otlpJsonLine(engine, Buffer.from(JSON.stringify(body)))
  interface Output {
    resourceLogs: { scopeLogs: { logRecords: { attributes?: { value: { stringValue: string } }[] }[] }[] }[]
  }
  const clean = JSON.parse(output!) as Output
  return clean.resourceLogs[0].scopeLogs[0].logRecords[0].attributes?.[0].value.stringValue ?? ''
}

describe('a text through sanitize', () => {
  it('equals the same text as an attribute', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(asText(text)).toBe(asAttribute(text))
      }),
    )
  })

  it('is the same after the second time', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = asText(text)
        expect(asText(once)).toBe(once)
      }),
    )
  })
})

describe('a body through sanitize', () => {
  it('is known by its first key, or by any when others come first', () => {
    const logs = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityText":"INFO"}]}]}]'
    expect(otlpJsonLine(engine, Buffer.from(`  ${logs}}`)).output).toContain('INFO')
    const late = `{${' '.repeat(200)}${logs.slice(1)}}`
    expect(otlpJsonLine(engine, Buffer.from(late)).output).toContain('INFO')
  })

  it('that is none is refused without its text', () => {
    for (const line of ['', 'words', '[]', 'null', '1', '{"resource":{}}']) {
      const { output, error } = otlpJsonLine(engine, Buffer.from(line))
      expect(output).toBeUndefined()
      expect(error).toMatch(/^not an OTLP\/JSON body/)
    }
  })
})
