// Single cases of the walk that no random request is sure to reach, each by name: structure, lengths, duplicates.
import { describe, expect, test } from 'vitest'
import { contexts } from '../../src/otlp/fields.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { idle, watchful } from '../arbitrary/programs.ts'
import { delimited, tag, tidy, varint, write } from '../arbitrary/writer.ts'
import { type AnyValue, type Message, messagesOf } from '../reference/model.ts'
import { read } from '../reference/read.ts'
import { type FieldInfo, type Signal, fieldsOf, requestName, signals } from '../reference/schema.ts'
import { placesOf, requestWith } from '../leak/places.ts'
import { search } from '../../src/leak/search.ts'
import { createEngine, fast, protobuf, readCanonical } from './harness.ts'

const number = (message: string, field: string): number => {
  const found = fieldsOf(message).find(({ name }) => name === field)
  if (!found) throw new Error(`${message} has no ${field}`)
  return found.number
}
/** A field of a message, by name. */
const block = (message: string, field: string, ...body: readonly Buffer[]): Buffer =>
  delimited(number(message, field), Buffer.concat(body))
const text = (message: string, field: string, value: string): Buffer => block(message, field, Buffer.from(value))

const ids = Buffer.concat([block('Span', 'traceId', Buffer.alloc(16, 1)), block('Span', 'spanId', Buffer.alloc(8, 2))])
const key = (name: string): Buffer => text('KeyValue', 'key', name)
const value = (...body: readonly Buffer[]): Buffer => block('KeyValue', 'value', ...body)
const string = (content: string): Buffer => text('AnyValue', 'stringValue', content)
const pair = (...body: readonly Buffer[]): Buffer => block('Span', 'attributes', ...body)
const service = (name: string): Buffer =>
  block('ResourceSpans', 'resource', block('Resource', 'attributes', key('service.name'), value(string(name))))
const span = (...body: readonly Buffer[]): Buffer =>
  block('ResourceSpans', 'scopeSpans', block('ScopeSpans', 'spans', ids, ...body))
const request = (...body: readonly Buffer[]): Buffer => block('ExportTraceServiceRequest', 'resourceSpans', ...body)
const withSpan = (...body: readonly Buffer[]): Buffer => request(span(...body))

const all = new Set(contexts)
const rule = (glob: string, className: string, services?: string[]): Program['rules'][number] => ({
  id: glob,
  class: className,
  selectors: [{ is: 'attribute', glob, contexts: all }],
  services,
})
const dropping: Program = { ...idle, rules: [rule('secret', 'content')] }

/** The first span that comes out. */
function spanOf(body: Buffer, program: Program): Message | undefined {
  const made = fast(createEngine(program), 'traces', body)
  if (made === 'malformed') throw new Error('malformed')
  const [group] = messagesOf(made.request?.resourceSpans)
  const [scope] = messagesOf(group?.scopeSpans)
  return messagesOf(scope?.spans)[0]
}

const attributesOf = (body: Buffer, program: Program): [string, AnyValue | undefined][] =>
  messagesOf(spanOf(body, program)?.attributes).map((one) => [one.key as string, one.value as AnyValue | undefined])

const dropped = (body: Buffer, program: Program): Record<string, number> => {
  const engine = createEngine(program)
  protobuf(engine, 'traces', body)
  return Object.fromEntries(engine.tally.dropped)
}

describe('structure', () => {
  test('a value before its key is judged by the key', () => {
    expect(attributesOf(withSpan(pair(value(string('x')), key('secret'))), dropping)).toEqual([])
    expect(attributesOf(withSpan(pair(value(string('x')), key('open'))), dropping)).toEqual([
      ['open', { stringValue: 'x' }],
    ])
  })

  test('a key that is there twice and the same is one key', () => {
    expect(attributesOf(withSpan(pair(key('a'), key('a'), value(string('x')))), idle)).toEqual([
      ['a', { stringValue: 'x' }],
    ])
  })

  test('a pair with two different keys goes, and is counted', () => {
    const body = withSpan(pair(key('open'), key('secret'), value(string('x'))))
    expect(attributesOf(body, dropping)).toEqual([])
    expect(dropped(body, dropping)).toMatchObject({ 'ambiguous-key': 1 })
  })

  test('of a value that is there twice no first copy leaves', () => {
    const body = withSpan(pair(key('a'), value(string('first')), value(string('last'))))
    expect(attributesOf(body, idle)).toEqual([['a', { stringValue: 'last' }]])
    expect(Buffer.from(protobuf(createEngine(idle), 'traces', body).batch?.bytes ?? []).includes('first')).toBe(false)
  })

  test('of two members of a oneof the last counts and the other does not leave', () => {
    const int = Buffer.concat([tag(number('AnyValue', 'intValue'), 0), varint(7n)])
    const body = withSpan(pair(key('a'), value(string('first'), int)))
    expect(attributesOf(body, idle)).toEqual([['a', { intValue: 7n }]])
    expect(Buffer.from(protobuf(createEngine(idle), 'traces', body).batch?.bytes ?? []).includes('first')).toBe(false)
  })

  test('a resource after its scopes says which rules hold for them', () => {
    const program: Program = { ...idle, rules: [rule('a', 'content', ['omni'])] }
    const attribute = pair(key('a'), value(string('x')))
    expect(attributesOf(request(span(attribute), service('omni')), program)).toEqual([])
    expect(attributesOf(request(span(attribute), service('hive')), program)).toHaveLength(1)
  })

  test('a resource in two parts is one, with the service of the second', () => {
    const program: Program = { ...idle, rules: [rule('a', 'content', ['omni'])] }
    const other = block('ResourceSpans', 'resource', block('Resource', 'attributes', key('x'), value(string('y'))))
    const attribute = pair(key('a'), value(string('x')))
    expect(attributesOf(request(other, span(attribute), service('omni')), program)).toEqual([])
    expect(attributesOf(request(other, span(attribute), service('hive')), program)).toHaveLength(1)
  })

  test('an overlong tag or length means what the short one means', () => {
    const padded = Buffer.concat([tag(number('Span', 'name'), 2, 1), varint(1n, 3), Buffer.from('x')])
    expect(spanOf(withSpan(padded), idle)).toMatchObject({ name: 'x' })
    const long = Buffer.concat([
      tag(number('ExportTraceServiceRequest', 'resourceSpans'), 2),
      varint(BigInt(span().length), 3),
      span(),
    ])
    expect(spanOf(long, idle)).toMatchObject({ spanId: Buffer.alloc(8, 2) })
  })

  test('a known field with a wrong wire type goes, and is counted', () => {
    const body = withSpan(Buffer.concat([tag(number('Span', 'name'), 0), varint(5n)]), text('Span', 'traceState', 'y'))
    expect(spanOf(body, idle)).toEqual({ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2), traceState: 'y' })
    expect(dropped(body, idle)).toMatchObject({ 'unknown-field': 1 })
  })

  test('an unknown field goes at every level, and is counted', () => {
    const unknown = delimited(999, Buffer.from('5511912345678'))
    const body = Buffer.concat([
      request(
        block(
          'ResourceSpans',
          'scopeSpans',
          block('ScopeSpans', 'spans', ids, pair(key('a'), value(unknown), unknown), unknown),
          unknown,
        ),
        unknown,
      ),
      unknown,
    ])
    expect(dropped(body, idle)).toMatchObject({ 'unknown-field': 6 })
    expect(search(Buffer.from(protobuf(createEngine(idle), 'traces', body).batch?.bytes ?? []), phone)).toEqual([])
  })
})

const phone = [{ kind: 'phone', text: '5511912345678', traces: ['5511912345678'], digits: '5511912345678' }]

describe('bodies that are no OTLP are a WireError', () => {
  const inSpan: readonly (readonly [string, Buffer])[] = [
    [
      'a length past its parent, inside the buffer',
      Buffer.concat([tag(number('Span', 'name'), 2), varint(20n), Buffer.from('x')]),
    ],
    [
      'a varint of eleven bytes',
      Buffer.concat([tag(number('Span', 'kind'), 0), Buffer.alloc(10, 0x80), Buffer.from([1])]),
    ],
    ['tag 0', Buffer.from([0, 1])],
    ['wire type 6', Buffer.from([(number('Span', 'name') << 3) | 6])],
    ['wire type 7', Buffer.from([(number('Span', 'name') << 3) | 7])],
    ['a group', Buffer.concat([tag(99, 3), tag(99, 4)])],
    ['the end of a group', tag(99, 4)],
    [
      'a key by index, as profiles have it',
      pair(Buffer.concat([tag(number('KeyValue', 'keyStrindex'), 0), varint(3n)])),
    ],
    [
      'a string by index, as profiles have it',
      pair(key('a'), value(Buffer.concat([tag(number('AnyValue', 'stringValueStrindex'), 0), varint(3n)]))),
    ],
    ['a fixed value that is cut', Buffer.concat([tag(number('Span', 'endTimeUnixNano'), 1), Buffer.alloc(3)])],
  ]

  test.each(inSpan)('%s', (_name, bytes) => {
    const filler = request(span(text('Span', 'traceState', 'x'.repeat(60))))
    expect(fast(createEngine(watchful), 'traces', Buffer.concat([withSpan(bytes), filler]))).toBe('malformed')
  })

  test('a packed field of an odd size', () => {
    const counts = delimited(number('HistogramDataPoint', 'bucketCounts'), Buffer.alloc(12))
    const metric = block('Metric', 'histogram', block('Histogram', 'dataPoints', counts))
    expect(fast(createEngine(watchful), 'metrics', metrics(metric))).toBe('malformed')
  })
})

describe('deep nesting', () => {
  const nested = (depth: number, inside: Buffer): Buffer => {
    let body = inside
    for (let i = 0; i < depth; i++) body = block('AnyValue', 'arrayValue', block('ArrayValue', 'values', body))
    return body
  }

  test.each([17, 60, 101, 150, 3000])('of %i arrays in arrays leaves no text, or is a WireError', (depth) => {
    for (const extra of [Buffer.alloc(0), delimited(999, Buffer.from('x'))]) {
      const body = withSpan(pair(key('a'), value(nested(depth, string('hidden')))), extra)
      const made = fast(createEngine(idle), 'traces', body)
      const out = made === 'malformed' ? undefined : protobuf(createEngine(idle), 'traces', body).batch
      expect(Buffer.from(out?.bytes ?? []).includes('hidden')).toBe(false)
    }
  })

  test('up to the limit is kept', () => {
    const body = withSpan(pair(key('a'), value(nested(16, string('x')))))
    expect(JSON.stringify(attributesOf(body, idle))).toContain('"stringValue":"x"')
  })
})

const metrics = (...metric: readonly Buffer[]): Buffer =>
  block(
    'ExportMetricsServiceRequest',
    'resourceMetrics',
    block('ResourceMetrics', 'scopeMetrics', block('ScopeMetrics', 'metrics', ...metric)),
  )

describe('repeated scalars', () => {
  const fixed = (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(value)
    return bytes
  }
  const at = number('HistogramDataPoint', 'bucketCounts')
  const forms: readonly (readonly [string, Buffer])[] = [
    ['packed', delimited(at, Buffer.concat([fixed(1n), fixed(2n), fixed(3n)]))],
    ['unpacked', Buffer.concat([1n, 2n, 3n].flatMap((count) => [tag(at, 1), fixed(count)]))],
    [
      'in chunks',
      Buffer.concat([
        delimited(at, fixed(1n)),
        delimited(at, Buffer.alloc(0)),
        delimited(at, Buffer.concat([fixed(2n), fixed(3n)])),
      ]),
    ],
    [
      'packed and unpacked',
      Buffer.concat([tag(at, 1), fixed(1n), delimited(at, Buffer.concat([fixed(2n), fixed(3n)]))]),
    ],
  ]
  test.each(forms)('%s are the same', (_form, counts) => {
    const metric = block('Metric', 'histogram', block('Histogram', 'dataPoints', counts))
    const { batch } = protobuf(createEngine(idle), 'metrics', metrics(metric))
    expect(batch && readCanonical('metrics', batch.bytes)).toEqual(
      read(requestName.metrics, metrics(block('Metric', 'histogram', block('Histogram', 'dataPoints', forms[0][1])))),
    )
  })
})

describe('lengths', () => {
  const sizes = [100, 126, 127, 128, 129, 16_300, 16_383, 16_384, 16_385, 2_097_100, 2_097_151, 2_097_152, 2_097_200]

  test.each(sizes)('a value that shrinks from %i bytes mends the lengths of every level', (size) => {
    const shrinking: Program = { ...idle, rules: [rule('a', 'masked')] }
    expect(attributesOf(withSpan(pair(key('a'), value(string('x'.repeat(size))))), shrinking)).toEqual([
      ['a', { stringValue: '****' }],
    ])
  })

  test.each(sizes)('a value that grows to %i bytes mends the lengths of every level', (size) => {
    const growing: Program = {
      ...idle,
      classes: new Map([...idle.classes, ['grown', { is: 'replace', text: 'y'.repeat(size) }]]),
      rules: [rule('a', 'grown')],
    }
    expect(attributesOf(withSpan(pair(key('a'), value(string('x')))), growing)).toEqual([
      ['a', { stringValue: 'y'.repeat(size) }],
    ])
  })

  test('many small changes cross a length’s size together, both ways', () => {
    for (const [from, text_] of [
      ['x', 'y'.repeat(40)],
      ['x'.repeat(40), 'y'],
    ] as const) {
      const program: Program = {
        ...idle,
        classes: new Map([...idle.classes, ['other', { is: 'replace', text: text_ }]]),
        rules: [rule('a', 'other')],
      }
      const pairs = Array.from({ length: 100 }, () => pair(key('a'), value(string(from))))
      expect(attributesOf(withSpan(...pairs), program)).toEqual(pairs.map(() => ['a', { stringValue: text_ }]))
    }
  })

  test('a record that loses all its attributes stays', () => {
    expect(spanOf(withSpan(pair(key('secret'), value(string('x')))), dropping)).toEqual({
      traceId: Buffer.alloc(16, 1),
      spanId: Buffer.alloc(8, 2),
    })
  })

  test('a scope and a resource whose records were all refused go', () => {
    const good = withSpan(text('Span', 'name', 'good'))
    const bad = request(
      service('x'),
      block('ResourceSpans', 'scopeSpans', block('ScopeSpans', 'spans', text('Span', 'name', 'bad'))),
    )
    const made = fast(createEngine({ ...idle, repair: true }), 'traces', Buffer.concat([bad, good, bad]))
    expect(made).toMatchObject({ refused: { 'invalid-trace-id': 2 }, records: 1 })
    expect(made === 'malformed' ? [] : messagesOf(made.request?.resourceSpans)).toHaveLength(1)
  })

  test('of a request whose records were all refused nothing goes on', () => {
    const bad = request(block('ResourceSpans', 'scopeSpans', block('ScopeSpans', 'spans', text('Span', 'name', 'bad'))))
    const { batch, refused, records } = protobuf(createEngine({ ...idle, repair: true }), 'traces', bad)
    expect({ batch, refused, records }).toEqual({
      batch: undefined,
      refused: [{ reason: 'invalid-trace-id', records: 1 }],
      records: 0,
    })
  })

  test('two requests one after the other are one request with both', () => {
    const [a, b] = ['a', 'b'].map((name) => withSpan(text('Span', 'name', name)))
    const { batch, records } = protobuf(createEngine(idle), 'traces', Buffer.concat([a, b]))
    expect(records).toBe(2)
    expect(Buffer.from(batch?.bytes ?? [])).toEqual(Buffer.concat([a, b]))
  })
})

/** Every singular field with text or bytes that is no id, with the request that holds it. */
const singular = signals.flatMap((signal) =>
  placesOf(signal)
    .filter(({ path }) => !path[path.length - 1].repeated)
    .map((place) => ({ signal, place, name: `${signal} ${place.name}` })),
)

/** Writes the request with a copy of the innermost field before or after the one that it has. */
function withCopy(signal: Signal, path: readonly FieldInfo[], held: Message, copy: Buffer, first: boolean): Buffer {
  const [field, ...rest] = path
  const inner = (message: string, plain: Message, [next, ...more]: readonly FieldInfo[]): Buffer => {
    const others = Object.fromEntries(Object.entries(plain).filter(([name]) => name !== next.name))
    const own = plain[next.name] as Message | Message[]
    const content = more.length
      ? delimited(next.number, inner(next.message ?? '', Array.isArray(own) ? own[0] : own, more))
      : write(message, { [next.name]: own })
    const copies = more.length
      ? [content]
      : first
        ? [delimited(next.number, copy), content]
        : [content, delimited(next.number, copy)]
    return Buffer.concat([write(message, others, tidy), ...copies])
  }
  return inner(requestName[signal], held, [field, ...rest])
}

describe('a secret in a copy of a singular field never leaks', () => {
  const secret = 'ana.silva@example.com'
  const wanted = [{ kind: 'email', text: secret, traces: [secret, 'ana.silva'] }]
  test.each(singular)('$name', ({ signal, place }) => {
    const isValue = place.holds === 'value'
    const held = requestWith(place, isValue ? { stringValue: 'open' } : 'open')
    const copy = isValue ? string(secret) : Buffer.from(secret)
    const engine = createEngine(watchful)
    for (const first of [true, false]) {
      const body = withCopy(signal, place.path, held, copy, first)
      expect(body.includes(secret)).toBe(true)
      const out = Buffer.from(protobuf(engine, signal, body).batch?.bytes ?? [])
      expect(out.length).toBeGreaterThan(0)
      expect(search(out, wanted)).toEqual([])
    }
  })
})
