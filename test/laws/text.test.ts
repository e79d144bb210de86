// Text through OTLP: the single cases by name, and that `engine.text` is the same treatment.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Engine } from '../../src/processors/engine.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { program, watchful } from '../arbitrary/programs.ts'
import { write } from '../arbitrary/writer.ts'
import { type AnyValue, type Message, type Text, messagesOf } from '../reference/model.ts'
import { requestName } from '../reference/schema.ts'
import { search } from '../../src/leak/search.ts'
import { detectable } from '../leak/values.ts'
import { createEngine, protobuf, readCanonical } from './harness.ts'
import { runs } from './runs.ts'

const name = requestName.traces

const withAttribute = (key: Text, value: AnyValue): Message => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: Buffer.alloc(16, 1),
              spanId: Buffer.alloc(8, 2),
              attributes: [{ key, value: value as Message }],
            },
          ],
        },
      ],
    },
  ],
})

/** The attribute as it comes out: undefined when it went. */
function treated(
  rules: Program,
  key: Text,
  value: AnyValue,
  engine = createEngine(rules),
): { key?: Text; value?: AnyValue } | undefined {
  const { batch } = protobuf(engine, 'traces', write(name, withAttribute(key, value)))
  if (!batch) throw new Error('the span is gone')
  const [group] = messagesOf(readCanonical('traces', batch.bytes).resourceSpans)
  const [span] = messagesOf(messagesOf(group.scopeSpans)[0].spans)
  return messagesOf(span.attributes)[0]
}

const text = (rules: Program, stringValue: Text, engine?: Engine): Text | undefined =>
  treated(rules, 'app.detail', { stringValue }, engine)?.value?.stringValue

const interesting = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(fc.oneof(fc.constantFrom(...detectable().map((secret) => secret.text)), fc.string({ maxLength: 6 })), {
      maxLength: 5,
    })
    .map((parts) => parts.join(' ')),
  fc.json({ maxDepth: 3 }),
)

const someTexts = fc.array(interesting, { minLength: 1, maxLength: 6 })

describe('text', () => {
  test('through engine.text is what a string attribute of a neutral name becomes', () => {
    fc.assert(
      fc.property(program, someTexts, (rules, texts) => {
        // A neutral name is one that no rule speaks of.
        const neutral: Program = { ...rules, rules: [], exceptions: [], conventions: watchful.conventions }
        const engine = createEngine(neutral)
        for (const given of texts) expect(engine.text(given) ?? undefined).toEqual(text(neutral, given, engine))
      }),
      runs(30),
    )
  })

  test('treated twice is treated once', () => {
    fc.assert(
      fc.property(program, someTexts, (rules, texts) => {
        const engine = createEngine(rules)
        for (const once of texts.map((given) => engine.text(given))) {
          if (once !== null) expect(engine.text(once)).toBe(once)
        }
      }),
      runs(30),
    )
  })

  test('that is not valid UTF-8 is replaced or goes, as on_error says', () => {
    const bad = Buffer.from([0x61, 0xff, 0xc3, 0x28])
    const onError = (how: 'drop' | 'replace'): Program => ({
      ...watchful,
      defaults: { ...watchful.defaults, onError: how },
    })
    expect(text(onError('drop'), bad)).toBeUndefined()
    expect(text(onError('replace'), bad)).toBe('[undecodable]')
  })

  test('with a lone surrogate in UTF-8 is not valid', () => {
    expect(text(watchful, Buffer.from([0x61, 0xed, 0xa0, 0x80]))).toBeUndefined()
  })

  const hidden: readonly (readonly [string, string])[] = [
    ['after NUL', '\u0000+5511961234567'],
    ['before NUL', '+5511961234567\u0000'],
    ['in full-width digits', '+５５１１９６１２３４５６７'],
    ['in Arabic digits', '+٥٥١١٩٦١٢٣٤٥٦٧'],
    ['with zero-width joiners in it', '+55\u200d11\u200d96123\u200b4567'],
    ['with %2B for +', '%2B5511961234567'],
  ]
  test.each(hidden)('with a phone number %s is not kept', (_how, given) => {
    const out = text(watchful, given) ?? ''
    expect(out).not.toBe(given)
    const digits = String(out)
      .normalize('NFKC')
      .replaceAll(/[^\p{Nd}]/gu, '')
    expect(digits).not.toContain('961234567')
  })

  test.each(['ana.silva%40example.com', '{"a": "ana.silva\\u0040example.com"}', 'ana.silva＠example.com'])(
    'with an encoded e-mail address is not kept: %s',
    (given) => {
      expect(text(watchful, given) ?? '').not.toContain('ana.silva')
    },
  )

  test('is never cut inside a pseudonym or a replacement', () => {
    const given = `${'x'.repeat(10)} ana.silva@example.com +5511961234567 ${'y'.repeat(50)}`
    for (let valueBytes = 1; valueBytes < 90; valueBytes++) {
      const limits = { ...watchful.defaults.limits, valueBytes }
      const rules: Program = { ...watchful, defaults: { ...watchful.defaults, limits } }
      const out = String(text(rules, given) ?? '')
      expect(Buffer.byteLength(out)).toBeLessThanOrEqual(valueBytes)
      expect(out.match(/hm:[^ ]*/g) ?? []).toEqual(out.match(/hm:t1:[0-9a-f]{16}/g) ?? [])
      expect(out).not.toMatch(/\[(?:e|em|ema|emai|email)?$/)
      expect(createEngine(rules).text(out)).toBe(out)
    }
  })

  test('whose replacement forms a new match with its neighbour is looked at again', () => {
    const rules: Program = {
      ...watchful,
      classes: new Map([...watchful.classes, ['address', { is: 'replace', text: '11961234567' }]]),
    }
    const out = text(rules, '+55 192.0.2.77 x')
    expect(search(Buffer.from(String(out ?? '')), [phone])).toEqual([])
  })
})

const phone = { kind: 'phone', text: '+5511961234567', traces: ['5511961234567'], digits: '5511961234567' }

describe('attribute names', () => {
  const rules: Program = {
    ...watchful,
    rules: [
      {
        id: 'token',
        class: 'content',
        selectors: [{ is: 'attribute', glob: '*token*', contexts: new Set(['span']) }],
        services: undefined,
      },
    ],
  }

  test.each(['token', 'TOKEN', 'Api_Token', 'to\u212aen', 'TO\u212aEN'])(
    'are matched whatever their case: %s',
    (key) => {
      expect(treated(rules, key, { stringValue: 'x' })).toBeUndefined()
      const nested: AnyValue = { kvlistValue: { values: [{ key, value: { stringValue: 'x' } }] } }
      expect(treated(rules, 'app.detail', nested)).toEqual({ key: 'app.detail', value: { kvlistValue: {} } })
    },
  )

  test('that hold personal data lose it and stay', () => {
    const kept = treated(watchful, 'to ana.silva@example.com', { intValue: 1n })
    expect(kept).toEqual({ key: 'to {email}', value: { intValue: 1n } })
  })

  test('that are not valid UTF-8 go with their values', () => {
    expect(treated(watchful, Buffer.from([0x61, 0xff]), { stringValue: 'x' })).toBeUndefined()
  })
})
