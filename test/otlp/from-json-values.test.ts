// Single values of OTLP/JSON: numbers, ids, bytes, enums, null, and an object where a number belongs.
import { describe, expect, it } from 'vitest'
import {
  point,
  points,
  pointsOf,
  reasonFor,
  reasonForValue,
  span,
  spans,
  spansOf,
  transcode,
  valueOf,
} from './transcode.ts'

describe('64-bit integers', () => {
  it.each([
    ['"9223372036854775807"', '9223372036854775807'],
    ['9223372036854775807', '9223372036854775807'],
    ['"-9223372036854775808"', '-9223372036854775808'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['4294967296', '4294967296'],
    ['-4294967296', '-4294967296'],
    ['999999999999999', '999999999999999'],
    ['1000000000000001', '1000000000000001'],
    ['0', '0'],
    ['-0', '0'],
    ['"-1"', '-1'],
    ['1e3', '1000'],
    ['"1E+3"', '1000'],
    ['12.0', '12'],
    ['1.5e1', '15'],
    ['922337203685477580.7e1', '9223372036854775807'],
    ['0.0e99999999999999999999', '0'],
    ['1000000000000000000000e-3', '1000000000000000000'],
    ['"\\u0031\\u0032"', '12'],
  ])('reads %s exactly', (written, exact) => {
    expect(valueOf(`{"intValue":${written}}`)).toEqual({ intValue: exact })
  })

  it.each([
    '9223372036854775808',
    '"-9223372036854775809"',
    '1e19',
    '1.5',
    '"12.5"',
    '1e999999999999',
    '100000000000000000000',
    '1e-1',
  ])('refuses the record when %s does not fit', (written) =>
    expect(reasonForValue(`{"intValue":${written}}`)).toBe('bad-number'),
  )

  it.each(['""', '" 1"', '"1 "', '"+1"', '"0x10"', '"007"', '"NaN"', '"1e"', '"1."', '"-"'])(
    'refuses the text %s as a number',
    (written) => {
      expect(reasonForValue(`{"intValue":${written}}`)).toBe('bad-number')
    },
  )

  it('reads times exactly as strings and as numbers', () => {
    const read = span('"startTimeUnixNano":1795289840850000001,"endTimeUnixNano":"18446744073709551615"')
    expect(read).toEqual({ startTimeUnixNano: '1795289840850000001', endTimeUnixNano: '18446744073709551615' })
  })

  it.each(['18446744073709551616', '-1', '"-1"', '99999999999999999999'])('refuses %s as a time', (written) => {
    expect(reasonFor(`"startTimeUnixNano":${written}`)).toBe('bad-number')
  })

  it('reads counts and bucket counts as numbers and as strings', () => {
    const { json } = transcode(
      'metrics',
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"histogram":{"dataPoints":[
        {"count":3,"bucketCounts":[1,"2",18446744073709551615],"explicitBounds":[0.5,"1.5"],"sum":0}]}},
        {"exponentialHistogram":{"dataPoints":[{"scale":-3,"positive":{"offset":-2,"bucketCounts":[300,"4"]}}]}}]}]}]}`,
    )
    const [histogram, exponential] = json.resourceMetrics[0].scopeMetrics[0].metrics
    expect(histogram.histogram.dataPoints[0]).toEqual({
      count: '3',
      bucketCounts: ['1', '2', '18446744073709551615'],
      explicitBounds: [0.5, 1.5],
      sum: 0,
    })
    expect(exponential.exponentialHistogram.dataPoints[0]).toEqual({
      scale: -3,
      positive: { offset: -2, bucketCounts: ['300', '4'] },
    })
  })

  it.each([
    ['"droppedAttributesCount":4294967295', true],
    ['"droppedAttributesCount":4294967296', false],
    ['"droppedAttributesCount":-1', false],
    ['"flags":4294967295', true],
    ['"flags":4294967296', false],
    ['"kind":2147483647', true],
    ['"kind":2147483648', false],
    ['"kind":-2147483648', true],
    ['"kind":-2147483649', false],
  ])('keeps to 32 bits: %s', (members, fits) => {
    expect(reasonFor(members)).toBe(fits ? undefined : 'bad-number')
  })
})

describe('doubles', () => {
  it.each([
    '0',
    '-0',
    '1',
    '12.5',
    '123.45',
    '1e22',
    '1e23',
    '5e-324',
    '1.7976931348623157e308',
    '0.1',
    '-2.5E-3',
    '9007199254740993',
    '0.30000000000000004',
    '123456789012345678901234567890',
    '1795289840850000001.5',
    '0.000001234',
  ])('rounds %s as JSON.parse does', (written) => {
    const { bytes } = transcode(
      'logs',
      `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"doubleValue":${written}}}]}]}]}`,
    )
    expect(Buffer.from(bytes.subarray(-8)).readDoubleLE()).toBe(JSON.parse(written))
  })

  it('reads numeric strings and the three words of the JSON mapping', () => {
    expect(valueOf('{"doubleValue":"12.5"}')).toEqual({ doubleValue: 12.5 })
    expect(valueOf('{"doubleValue":"NaN"}')).toEqual({ doubleValue: 'NaN' })
    expect(valueOf('{"doubleValue":"Infinity"}')).toEqual({ doubleValue: 'Infinity' })
    expect(valueOf('{"doubleValue":"-Infinity"}')).toEqual({ doubleValue: '-Infinity' })
  })

  it('reads the bare NaN and Infinity that Python writes, and counts them', () => {
    const answer = spans(
      '{"attributes":[{"key":"a","value":{"doubleValue":NaN}},{"key":"b","value":{"doubleValue":-Infinity}},{"key":"c","value":{"doubleValue":Infinity}}]}',
    )
    expect(spansOf(answer)[0].attributes.map((attribute: any) => attribute.value.doubleValue)).toEqual([
      'NaN',
      '-Infinity',
      'Infinity',
    ])
    expect(answer.repaired).toEqual(new Map([['json-nan', 3]]))
  })

  it.each(['1e999', '"1e999"', '"nan"', '"abc"', '""'])('refuses %s', (written) => {
    expect(reasonForValue(`{"doubleValue":${written}}`)).toBe('bad-number')
  })

  it.each(['true', '[1]', '{"a":1}'])('refuses %s as the wrong type', (written) => {
    expect(reasonForValue(`{"doubleValue":${written}}`)).toBe('wrong-type')
  })

  it('drops an attribute whose number is null, and only that', () => {
    const answer = spans('{"attributes":[{"key":"a","value":{"doubleValue":null}},{"key":"b","value":{"intValue":1}}]}')
    expect(spansOf(answer)[0].attributes).toEqual([{ key: 'b', value: { intValue: '1' } }])
    expect(answer.repaired).toEqual(new Map([['null-number', 1]]))
  })

  it('keeps the place of a null number in an array, and drops the entry of a map', () => {
    const value = valueOf(
      '{"arrayValue":{"values":[{"doubleValue":null},{"kvlistValue":{"values":[{"key":"x","value":{"doubleValue":null}},{"key":"y"}]}}]}}',
    )
    expect(value).toEqual({ arrayValue: { values: [{}, { kvlistValue: { values: [{ key: 'y' }] } }] } })
  })

  it('refuses a data point whose number is null: a point without a value reads as 0 elsewhere', () => {
    const answer = points('{"asDouble":null,"timeUnixNano":"1"}', '{"asDouble":1}')
    expect(answer.refused).toEqual([{ reason: 'null-number', records: 1 }])
    expect(pointsOf(answer)).toEqual([{ asDouble: 1 }])
  })
})

describe('null', () => {
  it('is an absent field', () => {
    expect(
      span('"name":null,"traceId":null,"kind":null,"attributes":null,"status":null,"startTimeUnixNano":null'),
    ).toEqual({})
    expect(point('"asInt":null,"exemplars":null')).toEqual({})
  })

  it('is an empty value in an array and nothing in another list', () => {
    expect(valueOf('{"arrayValue":{"values":[null,{"intValue":1}]}}')).toEqual({
      arrayValue: { values: [{}, { intValue: '1' }] },
    })
    const answer = spans('{"attributes":[null],"events":[null]}')
    expect(spansOf(answer)).toEqual([{}])
    expect(answer.dropped).toEqual(new Map([['null-element', 2]]))
  })

  it('is no record', () => {
    expect(spans('null', '{}').refused).toEqual([{ reason: 'wrong-type', records: 1 }])
  })
})

describe('ids', () => {
  const id = '0af7651916cd43dd8448eb211c80319c'

  it('are hex in either case', () => {
    expect(span(`"traceId":"${id.toUpperCase()}","spanId":"00F067aa0ba902b7"`)).toEqual({
      traceId: id,
      spanId: '00f067aa0ba902b7',
    })
  })

  it('of 64 digits keep the first 32 wherever a trace id occurs', () => {
    const long = `${id}${'f'.repeat(32)}`
    const answer = spans(`{"traceId":"${long}","links":[{"traceId":"${long}"}]}`)
    expect(spansOf(answer)[0]).toEqual({ traceId: id, links: [{ traceId: id }] })
    expect(answer.repaired).toEqual(new Map([['trace-id-64-hex', 2]]))
  })

  it('of other lengths are the bytes they are', () => {
    const parent = 'ab'.repeat(32)
    expect(span(`"traceId":"abcd","spanId":"${'00'.repeat(12)}","parentSpanId":"${parent}"`)).toEqual({
      traceId: 'abcd',
      spanId: '00'.repeat(12),
      parentSpanId: parent,
    })
  })

  it.each(['"xyz"', '"abc"', `"${'a'.repeat(66)}"`, '"0af76519-16cd-43dd-8448-eb211c80319c"'])(
    'that are not hex are absent: %s',
    (written) => {
      const answer = spans(`{"traceId":${written}}`)
      expect(spansOf(answer)).toEqual([{}])
      expect(answer.dropped).toEqual(new Map([['bad-id', 1]]))
    },
  )

  it('that are empty are absent', () => {
    const answer = spans('{"traceId":"","parentSpanId":""}')
    expect(spansOf(answer)).toEqual([{}])
    expect(answer.dropped.size).toBe(0)
  })

  it('that are numbers refuse the record', () => {
    expect(reasonFor('"traceId":12')).toBe('wrong-type')
  })
})

describe('bytes', () => {
  it.each(['+/8=', '-_8=', '-_8', '+/8'])('take both alphabets, with and without padding: %s', (written) => {
    expect(valueOf(`{"bytesValue":"${written}"}`)).toEqual({ bytesValue: '+/8=' })
  })

  it.each([0, 1, 2, 3, 4, 5, 200, 20_000])('hold %i bytes', (length) => {
    const written = Buffer.alloc(length, 0xfe).toString('base64')
    expect(valueOf(`{"bytesValue":"${written}"}`)).toEqual({ bytesValue: written })
  })

  it.each(['"A"', '"AA=A"', '"AAA=="', '"===="', '"A A="', '"é="'])(
    'refuse the record when the base64 is bad: %s',
    (written) => {
      expect(reasonForValue(`{"bytesValue":${written}}`)).toBe('bad-base64')
    },
  )
})

describe('enums and booleans', () => {
  it('takes an enum by number, known or not', () => {
    expect(span('"kind":3')).toEqual({ kind: 3 })
    expect(span('"kind":77')).toEqual({ kind: 77 })
    expect(span('"kind":-1')).toEqual({ kind: -1 })
  })

  it('takes an enum by name and counts it', () => {
    const answer = spans('{"kind":"SPAN_KIND_INTERNAL","status":{"code":"STATUS_CODE_ERROR"}}')
    expect(spansOf(answer)[0]).toEqual({ kind: 1, status: { code: 2 } })
    expect(answer.repaired).toEqual(new Map([['enum-name', 2]]))
  })

  it.each(['"INTERNAL"', '"1"', '""', '"STATUS_CODE_OK"'])('refuses the record for the unknown name %s', (written) => {
    expect(reasonFor(`"kind":${written}`)).toBe('bad-enum')
  })

  it('takes only true and false as booleans', () => {
    expect(valueOf('{"boolValue":true}')).toEqual({ boolValue: true })
    expect(valueOf('{"boolValue":false}')).toEqual({ boolValue: false })
    expect(reasonForValue('{"boolValue":"true"}')).toBe('wrong-type')
    expect(reasonForValue('{"boolValue":1}')).toBe('wrong-type')
  })
})

describe('asDouble with an object', () => {
  it('is its duration, with the other scalars as attributes', () => {
    const answer = points(
      '{"asDouble":{"operation_type":"api.list","duration_ms":12.5,"ok":true,"bad":false,"n":2,"gone":null,"deep":{"a":[1]}},"timeUnixNano":"5","attributes":[{"key":"k"}]}',
    )
    expect(pointsOf(answer)).toEqual([
      {
        timeUnixNano: '5',
        asDouble: 12.5,
        attributes: [
          { key: 'operation_type', value: { stringValue: 'api.list' } },
          { key: 'ok', value: { boolValue: true } },
          { key: 'bad', value: { boolValue: false } },
          { key: 'n', value: { doubleValue: 2 } },
          { key: 'k' },
        ],
      },
    ])
    expect(answer.repaired).toEqual(new Map([['number-object', 1]]))
    expect(answer.dropped).toEqual(new Map([['unknown-field', 1]]))
  })

  it.each(['{}', '{"operation_type":"x"}', '{"duration_ms":null}'])(
    'refuses the point without a duration: %s',
    (object) => {
      const answer = points(`{"asDouble":${object}}`, '{"asInt":7}')
      expect(answer.refused).toEqual([{ reason: 'number-object', records: 1 }])
      expect(pointsOf(answer)).toEqual([{ asInt: '7' }])
    },
  )
})
