// Requests in OTLP/JSON: keys, strings, records that are refused alone, bodies that are no JSON.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Signal } from '../../src/otlp/fields.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { decodeRequest, protobufToJson } from '../../src/otlp/to-json.ts'
import { errorFor, errorOf, reasonFor, span, spans, spansOf, transcode, valueOf, type Answer } from './transcode.ts'

describe('keys', () => {
  it('of a resource inside a span go, and are counted as a repair', () => {
    const answer = spans('{"name":"a","resource":{"attributes":[{"key":"user.id","value":{"stringValue":"x"}}]}}')
    expect(spansOf(answer)).toEqual([{ name: 'a' }])
    expect(answer.repaired).toEqual(new Map([['span-resource', 1]]))
    expect(answer.dropped.size).toBe(0)
  })

  it('that are unknown go with everything below them, and are counted', () => {
    const answer = spans('{"name":"a","odd":{"x":[1,{"y":null}],"z":"\\u0041"},"Name":"b","instrumentation":[]}')
    expect(spansOf(answer)).toEqual([{ name: 'a' }])
    expect(answer.dropped).toEqual(new Map([['unknown-field', 3]]))
  })

  it('in snake_case are refused by name', () => {
    const error = errorFor('{"resource_spans":[]}')
    expect(error.code).toBe('snake-case-key')
    expect(error.message).toContain('"resource_spans" must be spelled "resourceSpans"')
    const inside = errorOf(() => spans('{"trace_id":"00"}'))
    expect(inside.code).toBe('snake-case-key')
    expect(inside.message).toContain('"trace_id" must be spelled "traceId"')
  })

  it('in snake_case are fine as names of attributes', () => {
    expect(span('"attributes":[{"key":"trace_id","value":{"stringValue":"x"}}]').attributes[0].key).toBe('trace_id')
  })

  it('may be escaped', () => {
    expect(span('"n\\u0061me":"a"')).toEqual({ name: 'a' })
  })

  it('that occur twice are written twice, in order', () => {
    const { bytes } = spans('{"name":"first","kind":1,"name":"second"}')
    const text = Buffer.from(bytes).toString('latin1')
    expect(text.indexOf('first')).toBeGreaterThan(0)
    expect(text.indexOf('second')).toBeGreaterThan(text.indexOf('first'))
  })

  it('of profiles are refused unless they are zero', () => {
    expect(errorOf(() => spans('{"attributes":[{"keyStrindex":1}]}')).code).toBe('profiles-field')
    expect(errorOf(() => spans('{"attributes":[{"key":"a","value":{"stringValueStrindex":"7"}}]}')).code).toBe(
      'profiles-field',
    )
    expect(span('"attributes":[{"key":"a","keyStrindex":0,"value":{"stringValueStrindex":0}}]')).toEqual({
      attributes: [{ key: 'a', value: {} }],
    })
  })
})

describe('strings', () => {
  it.each([
    ['\\" \\\\ \\/ \\b \\f \\n \\r \\t', '" \\ / \b \f \n \r \t'],
    ['\\u0041\\u00e9\\u20ac', 'Aé€'],
    ['\\ud83d\\ude00', '😀'],
    ['a\\uD83D\\uDE00b', 'a😀b'],
    ['\\ud83d', '\ufffd'],
    ['\\ude00\\ud83d', '\ufffd\ufffd'],
    ['\\ud83d\\ud83d\\ude00', '\ufffd😀'],
    ['\\ud83dx', '\ufffdx'],
    ['\\u0000', '\0'],
    ['ção 東京', 'ção 東京'],
    ['', ''],
  ])('are unescaped: %s', (written, text) => {
    expect(valueOf(`{"stringValue":"${written}"}`)).toEqual({ stringValue: text })
  })

  it('may hold control characters as they are', () => {
    expect(valueOf('{"stringValue":"a\nb\tc\0"}')).toEqual({ stringValue: 'a\nb\tc\0' })
  })

  it('keep bytes that are not UTF-8: the engine decides about them', () => {
    const raw = Buffer.concat([
      Buffer.from('{"resourceLogs":[{"schemaUrl":"'),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from('"}]}'),
    ])
    const { bytes } = jsonToProtobuf('logs', raw)
    expect(Buffer.from(bytes.subarray(-3))).toEqual(Buffer.from([0xff, 0xc3, 0x28]))
  })

  it.each([1, 126, 127, 128, 129, 16_382, 16_383, 16_384, 2_097_151, 2_097_152])(
    'hold %i characters, with and without escapes',
    (length) => {
      const long = 'x'.repeat(length)
      expect(valueOf(`{"stringValue":"${long}"}`)).toEqual({ stringValue: long })
      expect(valueOf(`{"stringValue":"${long.slice(1)}\\n"}`)).toEqual({ stringValue: `${long.slice(1)}\n` })
    },
  )

  it.each(['\\x41', '\\u12g4', '\\u12', '\\'])('with a bad escape are no JSON: %s', (written) => {
    expect(errorOf(() => spans(`{"name":"${written}"}`)).code).toBe('bad-json')
    expect(errorOf(() => spans(`{"odd":"${written}"}`)).code).toBe('bad-json')
  })

  it('of the wrong type refuse the record', () => {
    for (const written of ['1', 'true', '{}', '["a"]']) expect(reasonFor(`"name":${written}`)).toBe('wrong-type')
  })
})

describe('an attribute', () => {
  const spellings = [
    '{"key":"K","value":{V}}',
    '{"key": "K", "value": {V}}',
    '{ "key" :"K" ,"value":{ V } }',
    '{"value":{V},"key":"K"}',
    '{"\\u006bey":"K","value":{V}}',
  ]
  const values = [
    '"stringValue":"text"',
    '"stringValue": ""',
    '"stringValue":"é\\n"',
    '"doubleValue":12.5',
    '"doubleValue": -0.0',
    '"doubleValue":"NaN"',
    '"boolValue":true',
    '"boolValue": false',
    '"intValue":"9007199254740993"',
    '"intValue": -1',
    '"intValue":null',
    '"boolValue":null',
    '"stringValue":null',
    '"bytesValue":"AAEC"',
    '"arrayValue":{"values":[{"stringValue":"a"}]}',
    '"stringValue":"a","stringValue":"b"',
    '"kvlistValue":{}',
    '"unknown":1',
    '',
  ]
  it.each(values)('is the same in every spelling: %s', (value) => {
    const written = spellings.map((spelling) => {
      const { bytes } = spans(`{"attributes":[${spelling.replace('K', 'name').replace('V', () => value)}]}`)
      // The order of a message's fields is the sender's.
      return JSON.parse(protobufToJson('traces', bytes))
    })
    for (const other of written) expect(other).toEqual(written[0])
    expect(JSON.stringify(written[0])).toContain('"key":"name"')
  })

  it.each([0, 1, 100, 110, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 300])(
    'of %i bytes is the same in every spelling',
    (length) => {
      const long = 'x'.repeat(length)
      for (const [key, text] of [
        ['k', long],
        [long, 'v'],
        [long, long],
        [long.slice(0, length / 2), long.slice(length / 2)],
      ]) {
        const compact = spans(`{"attributes":[{"key":"${key}","value":{"stringValue":"${text}"}}]}`)
        const spaced = spans(`{"attributes":[{"key"  :"${key}","value":{"stringValue":"${text}"}}]}`)
        expect(compact.bytes).toEqual(spaced.bytes)
        expect(spansOf(compact)[0].attributes[0].value).toEqual({ stringValue: text })
      }
    },
  )

  it.each([
    '{"key":"k","value":{"stringValue":"a"}',
    '{"key":"k","value":{"stringValue":"a"',
    '{"key":"k","value":{"boolValue":tru}}',
    '{"key":"k","value":{"boolValue":true}]',
    '{"key":"k","value":{"doubleValue":1.}}',
    '{"key":"k","value":{"doubleValue":1]}',
    '{"key":"k","value":{"intValue":1 2}}',
    '{"key":"k","value":{"intValue":}}',
    '{"key":"k","value":{"stringValue":}}',
    '{"key":"k","value":{"stringValue"}}',
    '{"key":"k""value":{}}',
  ])('that is no JSON is refused: %s', (attribute) => {
    expect(errorOf(() => spans(`{"attributes":[${attribute}]}`)).code).toBe('bad-json')
  })
})

describe('a record that cannot be read', () => {
  it('is taken back, and the others live', () => {
    const answer = spans(
      '{"name":"a"}',
      '{"name":"b","attributes":[{"key":"k","value":{"intValue":"x"}}],"kind":[{"deep":["]"]}]}',
      '{"name":"c"}',
    )
    expect(spansOf(answer)).toEqual([{ name: 'a' }, { name: 'c' }])
    expect(answer.refused).toEqual([{ reason: 'bad-number', records: 1 }])
  })

  it('is counted by reason', () => {
    const answer = spans('{"kind":"X"}', '{"name":1}', '5', '{"kind":"Y"}')
    expect(answer.refused).toEqual([
      { reason: 'bad-enum', records: 2 },
      { reason: 'wrong-type', records: 2 },
    ])
    expect(spansOf(answer)).toEqual([])
  })

  it('counts no repair and no loss of its own', () => {
    const answer = spans(
      `{"traceId":"${'a'.repeat(64)}","odd":1,"kind":"SPAN_KIND_SERVER","name":1}`,
      '{"kind":"SPAN_KIND_SERVER"}',
    )
    expect(answer.repaired).toEqual(new Map([['enum-name', 1]]))
    expect(answer.dropped.size).toBe(0)
  })

  it('may be a data point of any kind, or a log record', () => {
    const metric = (kind: string): Answer =>
      transcode(
        'metrics',
        `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"${kind}":{"dataPoints":[{"timeUnixNano":"x"},{"flags":1}]}}]}]}]}`,
      )
    for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']) {
      const answer = metric(kind)
      expect(answer.refused).toEqual([{ reason: 'bad-number', records: 1 }])
      expect(answer.json.resourceMetrics[0].scopeMetrics[0].metrics[0][kind].dataPoints).toEqual([{ flags: 1 }])
    }
    const logs = transcode(
      'logs',
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":"text"},{"severityNumber":9}]}]}]}',
    )
    expect(logs.refused).toEqual([{ reason: 'wrong-type', records: 1 }])
    expect(logs.json.resourceLogs[0].scopeLogs[0].logRecords).toEqual([{ severityNumber: 9 }])
  })

  it('may occur very often', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => (i % 2 === 0 ? '{"name":"a","kind":true}' : '7'))
    expect(spans(many.join(',')).refused).toEqual([{ reason: 'wrong-type', records: 200_000 }])
  })

  it('still has to be JSON', () => {
    expect(errorOf(() => spans('{"name":1,"odd":}')).code).toBe('bad-json')
    expect(errorOf(() => spans('{"name":1')).code).toBe('bad-json')
  })
})

describe('the body', () => {
  it('may be an empty request', () => {
    expect(transcode('traces', '{}').bytes.length).toBe(0)
    expect(transcode('metrics', ' { "resourceMetrics" : [ ] } \r\n\t').bytes.length).toBe(0)
  })

  it('may start with a byte order mark', () => {
    expect(transcode('logs', '\ufeff{"resourceLogs":[{}]}').json).toEqual({ resourceLogs: [{}] })
  })

  it.each([
    '',
    ' ',
    '\ufeff',
    'null',
    '[]',
    '"x"',
    '{',
    '{]',
    '{"resourceSpans"}',
    '{"resourceSpans":}',
    '{"resourceSpans":[}',
    '{"resourceSpans":[{},]}',
    '{"resourceSpans":[],}',
    '{,}',
    '{"a":1 "b":2}',
    '{"a":01}',
    '{"a":tru}',
    '{"a":"}',
    '{"a":1.}',
    '{"a":+1}',
    "{'a':1}",
    '{"a":1}}',
    '{} {}',
    '{}x',
    '{"a":[1 2]}',
    '{"a":[1,]}',
    '{"a":{"b":1,}}',
  ])('that is not JSON is refused: %s', (text) => expect(errorFor(text).code).toBe('bad-json'))

  it.each([
    '{"resourceSpans":"x"}',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[1]}',
    '{"resourceSpans":[{"resource":[]}]}',
    '{"resourceSpans":[{"resource":{"attributes":[{"key":1}]}}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}',
  ])('with a wrong type outside of a record is refused: %s', (text) => expect(errorFor(text).code).toBe('bad-json'))

  it('that is wrong is described by place, not by content', () => {
    const error = errorFor('{"resourceSpans":[{"schemaUrl":"+5511912345678" x}]}')
    expect(error.message).not.toContain('5511')
    expect(error.offset).toBe(48)
    expect(
      errorFor('{"resourceSpans":[{"resource":{"attributes":[{"key":"ana@example.com","value":7}]}}]}').message,
    ).not.toContain('ana')
  })

  it.each([
    ['objects', `{"a":${'{"b":'.repeat(200)}1${'}'.repeat(201)}`],
    ['arrays', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`],
    ['a million brackets', `{"a":${'['.repeat(1_000_000)}`],
  ])('that nests unknown %s too deep is refused', (_, text) => expect(errorFor(text).code).toBe('too-deep'))

  it('that nests values too deep is refused, and 40 levels are fine', () => {
    const nested = (levels: number): string =>
      `${'{"arrayValue":{"values":['.repeat(levels)}{"intValue":1}${']}}'.repeat(levels)}`
    expect(errorOf(() => spans(`{"attributes":[{"key":"k","value":${nested(60)}}]}`)).code).toBe('too-deep')
    expect(errorOf(() => spans(`{"attributes":[{"key":"k","value":${nested(100_000)}}]}`)).code).toBe('too-deep')
    expect(JSON.stringify(valueOf(nested(40)))).toBe(nested(40).replace('1}', '"1"}'))
  })

  it('leaves nothing behind for the next one', () => {
    errorOf(() => spans('{"attributes":[{"key":"k","value":{"doubleValue":null},'))
    const answer = spans('{"attributes":[{"key":"k","value":{"intValue":1}}]}')
    expect(spansOf(answer)).toEqual([{ attributes: [{ key: 'k', value: { intValue: '1' } }] }])
    expect(answer.repaired.size).toBe(0)
    const first = spans('{"name":"first"}')
    spans('{"name":"other"}')
    expect(spansOf({ ...first, json: JSON.parse(protobufToJson('traces', first.bytes)) })).toEqual([{ name: 'first' }])
  })

  it.each([
    ['digits', `{"kind":${'9'.repeat(1_000_000)}}`],
    ['zeros behind the point', `{"startTimeUnixNano":1.${'0'.repeat(1_000_000)}}`],
    ['digits of an exponent', `{"startTimeUnixNano":1e-${'9'.repeat(1_000_000)}}`],
    ['escapes', `{"kind":"${'\\u0041'.repeat(200_000)}"}`],
    ['white space', `{${' '.repeat(1_000_000)}"kind":"X"}`],
    ['keys', `{${'"a":{"b":[]},'.repeat(100_000)}"kind":"X"}`],
    ['brackets, closed', `{"x":${'[[],'.repeat(90)}1${']'.repeat(90)},"kind":"X"}`],
  ])('may hold a great many %s', (_, record) => {
    const answer = spans(record, '{"name":"last"}')
    expect(spansOf(answer).at(-1)).toEqual({ name: 'last' })
  })

  it('may grow on the way to protobuf', () => {
    const zeros = Array.from({ length: 50_000 }, () => '0').join(',')
    const { bytes } = transcode(
      'metrics',
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[{"bucketCounts":[${zeros}]}]}}]}]}]}`,
    )
    expect(bytes.length).toBeGreaterThan(400_000)
  })
})

describe('the bodies that the SDKs send', () => {
  const samples: readonly (readonly [string, Signal, number])[] = [
    ['01-npm-sdk-0.1.3-trace-feature-used.json', 'traces', 1],
    ['02-npm-sdk-0.1.3-trace-error.json', 'traces', 1],
    ['03-npm-sdk-0.1.3-metric-histogram.json', 'metrics', 1],
    ['04-npm-sdk-0.1.3-metric-counter.json', 'metrics', 1],
    ['05-npm-sdk-0.1.3-log.json', 'logs', 1],
    ['06-python-sdk-0.1.4-traces-batch.json', 'traces', 5],
    ['07-python-sdk-0.1.4-metrics-batch.json', 'metrics', 4],
    ['08-python-sdk-0.1.4-metric-dict-as-value.json', 'metrics', 1],
    ['09-python-sdk-0.1.4-log.json', 'logs', 1],
    ['10-omni-v1-legacy-trace-api-request-phone-in-path.json', 'traces', 1],
    ['11-omni-v1-legacy-trace-webhook-failed.json', 'traces', 1],
    ['12-spark-legacy-trace-workflow-execution.json', 'traces', 1],
    ['extra/python-sdk-0.1.4-trace-nan.not-valid-json.txt', 'traces', 1],
  ]
  it.each(samples)('%s loses no record', (file, signal, records) => {
    const { bytes, refused, dropped } = jsonToProtobuf(
      signal,
      readFileSync(new URL(`../samples/${file}`, import.meta.url)),
    )
    expect(refused).toEqual([])
    expect(dropped.size).toBe(0)
    const text = JSON.stringify(decodeRequest(signal, bytes))
    expect(text.match(/"(endTimeUnixNano|timeUnixNano)"/g)).toHaveLength(records)
  })
})
