// JSON bodies: the single cases by name.
import { describe, expect, test } from 'vitest'
import { idle, watchful } from '../arbitrary/programs.ts'
import { type Message, messagesOf } from '../reference/model.ts'
import { createEngine, fast } from './harness.ts'

const span = (members: string): string =>
  `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef"${members}}]}]}]}`
const attribute = (value: string): string => span(`,"attributes":[{"key":"a","value":${value}}]`)

const made = (json: string, rules = idle) => fast(createEngine(rules), 'traces', Buffer.from(json), 'json')

function first(json: string): Message {
  const result = made(json)
  if (result === 'malformed') throw new Error('malformed')
  const [group] = messagesOf(result.request?.resourceSpans)
  return messagesOf(messagesOf(group.scopeSpans)[0].spans)[0]
}

const valueOf = (json: string) => messagesOf(first(attribute(json)).attributes).map((pair) => pair.value)

describe('JSON numbers are exact', () => {
  test.each([
    ['a string', '"9007199254740993"', 9007199254740993n],
    ['bare', '9007199254740993', 9007199254740993n],
    ['negative', '-9223372036854775808', -9223372036854775808n],
    ['negative in a string', '"-9223372036854775808"', -9223372036854775808n],
    ['maximal', '9223372036854775807', 9223372036854775807n],
    ['with an exponent', '1e3', 1000n],
  ])('an int64 %s', (_form, json, expected) => {
    expect(valueOf(`{"intValue":${json}}`)).toEqual([{ intValue: expected }])
  })

  test('a fixed64 of all bits', () => {
    expect(first(span(',"endTimeUnixNano":"18446744073709551615"'))).toMatchObject({
      endTimeUnixNano: 18446744073709551615n,
    })
    expect(first(span(',"endTimeUnixNano":18446744073709551615'))).toMatchObject({
      endTimeUnixNano: 18446744073709551615n,
    })
  })

  test.each([
    ['NaN in a string', '"NaN"', Number.NaN],
    ['Infinity in a string', '"Infinity"', Number.POSITIVE_INFINITY],
    ['-Infinity in a string', '"-Infinity"', Number.NEGATIVE_INFINITY],
    ['1e3', '1e3', 1000],
    ['an integer', '5', 5],
  ])('a double that is %s', (_form, json, expected) => {
    expect(valueOf(`{"doubleValue":${json}}`)).toEqual([{ doubleValue: expected }])
  })
})

describe('what producers send that is not JSON or not OTLP', () => {
  test('a bare NaN or Infinity is read, and no record around it is lost', () => {
    for (const bare of ['NaN', 'Infinity', '-Infinity'])
      expect(made(attribute(`{"doubleValue":${bare}}`))).toMatchObject({ records: 1 })
  })

  test.each([
    '{"doubleValue":null}',
    '{"stringValue":null}',
    '{"arrayValue":null}',
    '{"kvlistValue":{"values":null}}',
    'null',
  ])('null for a value is no value: %s', (json) => {
    expect(made(attribute(json))).toMatchObject({ records: 1 })
  })

  test('null for any field is that field’s absence', () => {
    expect(made('{"resourceSpans":null}')).toMatchObject({ records: 0 })
    expect(made('{"resourceSpans":[{"resource":null,"scopeSpans":[{"scope":null,"spans":null}]}]}')).toMatchObject({
      records: 0,
    })
    expect(first(span(',"name":null,"attributes":null,"status":null,"events":null,"kind":null'))).toEqual({
      traceId: Buffer.from('0123456789abcdef0123456789abcdef', 'hex'),
      spanId: Buffer.from('0123456789abcdef', 'hex'),
    })
  })

  test('a snake_case key of a known field is refused, not lost', () => {
    expect(made('{"resource_spans":[]}')).toBe('malformed')
    expect(made(span(',"trace_state":"x"'))).toBe('malformed')
  })

  test('an unknown key is dropped with all that it holds', () => {
    const json = span(
      ',"resource":{"attributes":[{"key":"user.id","value":{"stringValue":"hidden"}}]},"x":[[{"y":"hidden"}]]',
    )
    expect(JSON.stringify(first(json))).not.toContain('hidden')
  })
})

describe('JSON that is not one value', () => {
  test.each(['{} {}', '{}x', '{', '[', '', '{"resourceSpans":[}', '"x"', '{"a":"\\u12"}'])(
    'is malformed: %s',
    (json) => {
      expect(made(json)).toBe('malformed')
    },
  )

  test('white space around it is fine', () => {
    expect(made(` \n${span('')}\r\n\t`)).toMatchObject({ records: 1 })
  })
})

describe('duplicate keys', () => {
  test('of a field: no first copy leaves unseen', () => {
    const json = span(',"name":"ana.silva@example.com","name":"open"')
    const other = span(',"name":"open","name":"ana.silva@example.com"')
    for (const body of [json, other]) {
      const { batch } = createEngine(watchful).process({ signal: 'traces', encoding: 'json', body: Buffer.from(body) })
      expect(Buffer.from(batch?.bytes ?? []).includes('ana.silva')).toBe(false)
    }
  })

  test('of a value: no first copy leaves unseen', () => {
    const json = attribute('{"stringValue":"ana.silva@example.com","intValue":5}')
    const { batch } = createEngine(watchful).process({ signal: 'traces', encoding: 'json', body: Buffer.from(json) })
    expect(Buffer.from(batch?.bytes ?? []).includes('ana.silva')).toBe(false)
  })
})

describe('a record that cannot be repaired', () => {
  const body = (id: string): string =>
    `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","name":"before"},{"name":"broken","traceId":${id},"spanId":"0123456789abcdef"},{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","name":"after"}]}]}]}`

  test.each(['"xyz"', '""', '"00000000000000000000000000000000"', '5'])(
    'is refused alone, and nothing of it stays: trace id %s',
    (id) => {
      const result = made(body(id), { ...idle, repair: true })
      if (result === 'malformed') throw new Error('malformed')
      const [group] = messagesOf(result.request?.resourceSpans)
      expect(messagesOf(messagesOf(group.scopeSpans)[0].spans).map(({ name }) => name)).toEqual(['before', 'after'])
      expect(Object.values(result.refused)).toEqual([1])
    },
  )

  test('a trace id of 64 hex digits is repaired to its first half', () => {
    const id = '0123456789abcdef0123456789abcdef'
    expect(first(span('').replace(id, id + id))).toMatchObject({ traceId: Buffer.from(id, 'hex') })
  })
})
