import { describe, expect, it } from 'vitest'
import { compare } from '../../../src/commands/before-after/compare.ts'
import { fieldsOf, type Field } from '../../../src/commands/before-after/fields.ts'

describe('the fields of a record', () => {
  it('are called as rules call them, with values as people write them', () => {
    const attributes = [
      { key: 'a', value: { stringValue: 'text' } },
      { key: 'b', value: { boolValue: false } },
      { key: 'c', value: { arrayValue: { values: [] } } },
    ]
    const fields = fieldsOf({
      resourceSpans: [
        {
          resource: { attributes },
          scopeSpans: [
            {
              scope: { name: 'x.telemetry' },
              spans: [
                {
                  name: 'hello',
                  startTimeUnixNano: 1795289840421000000,
                  attributes,
                  resource: { attributes },
                  status: { code: 1 },
                  events: [{ name: 'exception', timeUnixNano: '1795289840421000000' }],
                },
              ],
            },
          ],
        },
      ],
    })
    expect([...fields].map(([key, { value }]) => [key, value])).toEqual([
      ["resource.attributes['a']", 'text'],
      ["resource.attributes['b']", 'false'],
      ["resource.attributes['c']", '[]'],
      ['scope.name', 'x.telemetry'],
      ['span.name', 'hello'],
      ['span.start_time_unix_nano', '2026-11-21T19:37:20.421Z'],
      ["span.attributes['a']", 'text'],
      ["span.attributes['b']", 'false'],
      ["span.attributes['c']", '[]'],
      ['span.resource', 'a second copy of 3 attributes'],
      ['span.status.code', 'STATUS_CODE_OK'],
      ['spanevent.name', 'exception'],
      ['spanevent.time_unix_nano', '2026-11-21T19:37:20.421Z'],
    ])
  })

  it('are told apart where they occur again, and from places of the same name', () => {
    const event = (value: string) => ({ name: 'e', attributes: [{ key: 'x', value: { stringValue: value } }] })
    const span = {
      name: 'n',
      attributes: [{ key: 'name', value: { intValue: '7' } }],
      events: [event('1'), event('2')],
    }
    const fields = fieldsOf({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    expect([...fields].map(([key, { value }]) => `${key}=${value}`)).toEqual([
      'span.name=n',
      "span.attributes['name']=7",
      'spanevent.name=e',
      "spanevent.attributes['x']=1",
      'spanevent.name #2=e',
      "spanevent.attributes['x'] #2=2",
    ])
  })

  it('are the places that explain knows, whatever the record', () => {
    const metric = {
      name: 'm',
      unit: '',
      sum: { dataPoints: [{ asInt: 1, attributes: [{ key: 'k', value: {} }], exemplars: [{ asInt: 1 }] }] },
      metadata: [{ key: 'k', value: { boolValue: true } }],
    }
    const spots = [...fieldsOf({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }).values()]
    expect(spots.flatMap(({ path, spot }) => (spot === undefined ? [] : [path]))).toEqual([
      'metric.name',
      "datapoint.attributes['k']",
      "metric.metadata['k']",
    ])
  })

  it('are there for what is no OTLP', () => {
    const span = { name: 7, attributes: 'none', events: [null], links: {}, made_up: [1] }
    const fields = fieldsOf({ resourceSpans: [{ resource: null, scopeSpans: [{ spans: [span] }] }] })
    expect(fields.get('span.made_up')?.value).toBe('[1]')
    expect(fieldsOf({ hello: 1 }).size).toBe(0)
  })
})

describe('before and after', () => {
  const fields = (of: Record<string, string>) =>
    new Map(Object.entries(of).map(([path, value]): [string, Field] => [path, { path, spot: undefined, value }]))
  const names: Record<string, string> = { 'span.endpoint': 'span.path', 'span.status': 'span.code' }
  const namesOf = ({ path }: Field) => (names[path] === undefined ? [] : [names[path]])
  const before = fields({
    'span.name': 'api_request',
    'span.kept': 'x',
    'span.endpoint': '/a',
    'span.status': '200',
    'span.prompt': 'words',
  })
  const after = fields({
    'span.name': 'automagik.api.request',
    'span.kept': 'x',
    'span.path': '/{phone}',
    'span.code': '200',
    'span.route': '/{id}',
  })

  it('follow a field through its names, and show what went and what is new', () => {
    const { changes, unchanged } = compare(before, after, namesOf)
    expect(unchanged).toBe(1)
    expect(changes.map(({ field: _field, ...change }) => change)).toEqual([
      { key: 'span.name', before: 'api_request', after: 'automagik.api.request' },
      { key: 'span.endpoint', renamedTo: 'span.path', before: '/a', after: '/{phone}' },
      { key: 'span.status', renamedTo: 'span.code', before: '200', after: '200' },
      { key: 'span.prompt', before: 'words' },
      { key: 'span.route', after: '/{id}' },
    ])
  })

  it('are all gone when nothing is left', () => {
    expect(compare(before, new Map(), namesOf).changes.every((change) => change.after === undefined)).toBe(true)
  })
})
