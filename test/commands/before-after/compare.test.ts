import { describe, expect, it } from 'vitest'
import { compare } from '../../../src/commands/before-after/compare.ts'
import { fieldsOf } from '../../../src/commands/before-after/fields.ts'
import type { Conventions } from '../../../src/ruleset/program.ts'

const conventions: Conventions = {
  rename: new Map([['endpoint', 'url.path']]),
  coerce: new Map(),
  services: new Map(),
  events: new Map([
    [
      'automagik.api.request',
      { rename: new Map([['status', 'http.response.status_code']]), coerce: new Map(), routes: [] },
    ],
  ]),
  aliases: new Map(),
  metricIdentity: [],
  keepOldNames: false,
}

describe('the fields of a record', () => {
  it('are named by context, with values as people write them', () => {
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
    expect([...fields]).toEqual([
      ['resource a', 'text'],
      ['resource b', 'false'],
      ['resource c', '{"values":[]}'],
      ['scope name', 'x.telemetry'],
      ['span name', 'hello'],
      ['span startTimeUnixNano', '2026-11-21T19:37:20.421Z'],
      ['span a', 'text'],
      ['span b', 'false'],
      ['span c', '{"values":[]}'],
      ['span resource', 'a second copy of 3 attributes'],
      ['status code', 'STATUS_CODE_OK'],
      ['event name', 'exception'],
      ['event timeUnixNano', '2026-11-21T19:37:20.421Z'],
    ])
  })
})

describe('before and after', () => {
  const before = new Map([
    ['span name', 'api_request'],
    ['span kept', 'x'],
    ['span event.endpoint', '/a'],
    ['span status', '200'],
    ['span prompt', 'words'],
  ])
  const after = new Map([
    ['span name', 'automagik.api.request'],
    ['span kept', 'x'],
    ['span url.path', '/{phone}'],
    ['span http.response.status_code', '200'],
    ['span http.route', '/{id}'],
  ])

  it('follow a field through the conventions, and show what went and what is new', () => {
    expect(compare(before, after, conventions)).toEqual({
      unchanged: 1,
      changes: [
        { name: 'span name', before: 'api_request', after: 'automagik.api.request' },
        { name: 'span event.endpoint', renamedTo: 'span url.path', before: '/a', after: '/{phone}' },
        { name: 'span status', renamedTo: 'span http.response.status_code', before: '200', after: '200' },
        { name: 'span prompt', before: 'words' },
        { name: 'span http.route', after: '/{id}' },
      ],
    })
  })

  it('are all gone when nothing is left', () => {
    expect(compare(before, new Map(), conventions).changes.every((change) => change.after === undefined)).toBe(true)
  })
})
