// The section `metrics:`: what it compiles to, over layers, and its faults with their places.
import { describe, expect, it } from 'vitest'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { MetricRules } from '../../src/ruleset/program.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }
const load = (text: string, files: Record<string, string> = {}) =>
  loadRuleset({
    file: '/rules/mine.yaml',
    readText: (path) => ({ '/rules/mine.yaml': `version: 1\nname: mine\n${text}`, ...files })[path]!,
    key,
  })
const metrics = (text: string, files?: Record<string, string>): MetricRules => {
  const { program, diagnostics, sources } = load(text, files)
  expect(renderDiagnostics(diagnostics, sources)).toBe('')
  return program!.metrics
}
const said = (text: string, files?: Record<string, string>): string => {
  const { diagnostics, sources } = load(text, files)
  return renderDiagnostics(diagnostics, sources)
}
const derived = (fields: string): string => `metrics: {derived: [{name: m, from: event, ${fields}}]}`
const one = (fields: string) => metrics(derived(fields)).derived[0]

describe('a ruleset without metrics', () => {
  it('makes none, but can add up: buckets for every unit, bounds', () => {
    const { derived, cumulative, maxSeries, expireAfterMs } = metrics('')
    expect(derived).toEqual([])
    expect(cumulative.dropLabels).toEqual([])
    expect([...cumulative.buckets.keys()].toSorted()).toEqual(['*', 'By', 'ms', 's'])
    expect([maxSeries, expireAfterMs]).toEqual([2000, 3_600_000])
  })

  it('has the same buckets for s and ms', () => {
    const { buckets } = metrics('').cumulative
    expect(buckets.get('ms')).toEqual(buckets.get('s')?.map((bound) => bound * 1000))
  })
})

describe('the shipped ruleset', () => {
  const shipped = loadRuleset({ key }).program!.metrics

  it('counts events, and observes their duration in seconds', () => {
    const by = ['service.version', 'event.name', 'outcome']
    expect(shipped.derived.slice(0, 2)).toMatchObject([
      { name: 'automagik.events', unit: '{event}', by, value: undefined, buckets: [] },
      { name: 'automagik.event.duration', unit: 's', by, value: { attribute: 'duration_ms', scale: 0.001 } },
    ])
    expect(shipped.derived[1].buckets).toEqual(shipped.cumulative.buckets.get('s'))
  })

  it('drops what the SDKs put on every point, and who', () => {
    expect(shipped.cumulative.dropLabels).toEqual(
      expect.arrayContaining(['os.type', 'host.arch', 'system.project_*', 'user.id', 'session.id', '*_ms', 'unit']),
    )
  })
})

describe('a derived metric', () => {
  it.each([
    ['value: duration_ms, unit: s', 'duration_ms', 's', 0.001],
    ['value: duration_ms, unit: ms', 'duration_ms', 'ms', 1],
    ['value: duration_ms', 'duration_ms', 'ms', 1],
    ['value: wait_seconds, unit: ms', 'wait_seconds', 'ms', 1000],
    ['value: wait_s', 'wait_s', 's', 1],
    ['value: wait_us, unit: s', 'wait_us', 's', 1e-6],
    ['value: wait_ns, unit: us', 'wait_ns', 'us', 0.001],
    ['value: size, unit: By', 'size', 'By', 1],
    ['value: size_kb', 'size_kb', '', 1],
    ['value: duration_ms, unit: By', 'duration_ms', 'By', 1],
    ['value: items', 'items', '', 1],
  ])('%s', (fields, attribute, unit, scale) => {
    expect(one(`by: [], ${fields}`)).toMatchObject({ unit, value: { attribute, scale } })
  })

  it('takes the buckets of its unit, its own, or those of every unit', () => {
    const ofUnit = 'cumulative: {buckets: {s: [1, 2], "*": [3]}}'
    const bucketsOf = (fields: string) =>
      metrics(`metrics: {${ofUnit}, derived: [{name: m, from: event, by: [], value: ${fields}}]}`).derived[0].buckets
    expect(bucketsOf('a, unit: s')).toEqual([1, 2])
    expect(bucketsOf('a, unit: s, buckets: [0.5]')).toEqual([0.5])
    expect(bucketsOf('a, unit: furlong')).toEqual([3])
  })

  it('has a description and a unit of its own when it says so', () => {
    expect(one('by: [], count: true, unit: "{order}", description: Orders.')).toEqual({
      name: 'm',
      description: 'Orders.',
      unit: '{order}',
      from: 'event',
      where: [],
      by: [],
      value: undefined,
      distinct: undefined,
      buckets: [],
    })
  })

  it('is made of events, or of all spans, of which all conditions hold', () => {
    const where =
      'where: {event.name: a, status: [1, true, x], b: {exists: false}, c: {status_class: [4xx, 5xx]}, d: {status_class: 2xx}}'
    expect(one(`by: [], count: true, ${where}`)).toMatchObject({
      from: 'event',
      where: [
        { is: 'one-of', attribute: 'event.name', values: ['a'] },
        { is: 'one-of', attribute: 'status', values: ['1', 'true', 'x'] },
        { is: 'there', attribute: 'b', wanted: false },
        { is: 'status-class', attribute: 'c', hundreds: [4, 5] },
        { is: 'status-class', attribute: 'd', hundreds: [2] },
      ],
    })
    const spans = metrics('metrics: {derived: [{name: m, from: span, value: span.duration, by: [span.name]}]}')
    expect(spans.derived[0]).toMatchObject({
      from: 'span',
      unit: 's',
      value: { attribute: 'span.duration', scale: 1e-9 },
      buckets: spans.cumulative.buckets.get('s'),
    })
  })

  it('counts the different values of an attribute over a window', () => {
    expect(one('by: [], distinct: user.id, window: 24h')).toMatchObject({
      unit: '{value}',
      value: undefined,
      distinct: { attribute: 'user.id', windowMs: 86_400_000 },
      buckets: [],
    })
  })

  it('may have a label that no rule speaks of, that detectors look at, or that is a path', () => {
    expect(
      metrics(
        `extends: [builtin:automagik]\n${derived('count: true, by: [channel, http.route, outcome, file]')}`,
      ).derived.map(({ name }) => name),
    ).toContain('m')
  })
})

describe('layers', () => {
  const low = `version: 1
name: low
metrics:
  derived:
    - {name: low.a, from: event, count: true, by: []}
    - {name: low.b, from: event, count: true, by: []}
  cumulative: {drop_labels: [A, 'b**'], buckets: {ms: [1, 2], By: [3]}}
  max_series: 10
  expire_after: 5m
`

  it('add metrics and dropped labels; buckets of a unit and bounds are those of the upper one', () => {
    const made = metrics(
      `extends: low.yaml
metrics:
  derived: [{name: up, from: event, count: true, by: []}]
  cumulative: {drop_labels: [c, a], buckets: {ms: [5]}}
  max_series: 20
`,
      { '/rules/low.yaml': low },
    )
    expect(made.derived.map(({ name }) => name)).toEqual(['low.a', 'low.b', 'up'])
    expect(made.cumulative.dropLabels).toEqual(['a', 'b*', 'c'])
    expect([made.cumulative.buckets.get('ms'), made.cumulative.buckets.get('By')]).toEqual([[5], [3]])
    expect([made.maxSeries, made.expireAfterMs]).toEqual([20, 300_000])
  })

  it('turn metrics of those below off, and may put another in its place', () => {
    const files = { '/rules/low.yaml': low }
    const rest = (section: string): string[] =>
      metrics(`extends: low.yaml\nmetrics: {${section}}`, files).derived.map(({ name, unit }) => `${name} ${unit}`)
    expect(rest('off: [low.a]')).toEqual(['low.b {event}'])
    expect(rest('off: [low.a], derived: [{name: low.a, from: event, count: true, unit: x, by: []}]')).toEqual([
      'low.b {event}',
      'low.a x',
    ])
  })

  it('a histogram of a layer below takes the buckets that the upper layer gives its unit', () => {
    const files = { '/rules/low.yaml': `version: 1\nname: low\n${derived('value: a_ms, by: []')}` }
    const made = metrics('extends: low.yaml\nmetrics: {cumulative: {buckets: {ms: [7]}}}', files)
    expect(made.derived[0].buckets).toEqual([7])
  })
})

describe('a fault is named with its place and what was meant', () => {
  const many = Array.from({ length: 101 }, (_, index) => index).join(', ')
  it.each<[string, string[]]>([
    [derived('by: []'), ['want exactly one of count, value, distinct', 'mine.yaml:3:21']],
    [derived('by: [], distinct: user.id'), ['window: want distinct and window together']],
    [derived('by: [], count: true, window: 1h'), ['window: want distinct and window together']],
    [derived('by: [], distinct: user.id, window: 745h'), ['want at most 744h']],
    [derived('by: [], distinct: user.id, window: 1h, count: true'), ['want exactly one of count, value, distinct']],
    [derived('by: [], count: true, where: {a: {exist: true}}'), ['want a value, a list of values, {exists: true}']],
    [derived('by: [], count: true, where: {a: {status_class: 6xx}}'), ['want a value, a list of values']],
    [derived('by: [], count: true, where: {a: []}'), ['must not be empty']],
    [
      `extends: builtin:automagik\n${derived('by: [], distinct: message, window: 1h')}`,
      ['ruleset/distinct-lost', 'the rule "message-content" gives it the class "content"', 'such as user.id'],
    ],
    [derived('by: [], count: true, value: a'), ['want exactly one of count, value']],
    [derived('by: [], count: false'), ['want true']],
    [derived('count: true'), ['needs the key "by"']],
    [derived('by: [], count: true, buckets: [1]'), ['buckets: a count has no buckets', 'mine.yaml:3:74']],
    [derived('by: [], value: a, buckets: []'), ['must not be empty']],
    [derived('by: [], value: a, buckets: [1, 3, 2]'), ['buckets[2]: want more than 3', 'mine.yaml:3:78']],
    [derived('by: [], value: a, buckets: [1, 1]'), ['buckets[1]: want more than 1']],
    [derived('by: [], value: a, buckets: [1, .inf]'), ['want a finite number', 'mine.yaml:3:75']],
    [derived('by: [], value: a, buckets: [1, .nan]'), ['want a finite number']],
    [derived('by: [], value: a, buckets: [1, x]'), ['got string, want a finite number']],
    [derived(`by: [], value: a, buckets: [${many}]`), ['want at most 100 items']],
    [derived('by: [le], count: true'), ['by[0]: want another name', 'mine.yaml:3:49']],
    ['metrics: {derived: [{name: 1st, from: event, count: true, by: []}]}', ['want a letter, then']],
    [`metrics: {derived: [{name: ${'m'.repeat(256)}, from: event, count: true, by: []}]}`, ['at most 255']],
    [
      'metrics: {derived: [{name: m, from: events, count: true, by: []}]}',
      ['want one of event, span', 'did you mean "event"'],
    ],
    [
      'metrics: {cumulative: {buckets: {ms: [2, 1]}}}',
      ['cumulative.buckets.ms[1]: want more than 2', 'mine.yaml:3:42'],
    ],
    ['metrics: {max_series: 0}', ['want at least 1']],
    ['metrics: {expire_after: 5}', ['want']],
    ['metrics: {expire_after: soon}', ['want a duration such as 30m or 1h', 'mine.yaml:3:25']],
    ['metrics: {expire_after: 10ms}', ['want at least 1s']],
    ['metrics: {derive: []}', ['has no key "derive", did you mean "derived"?']],
    ['metrics: {off: [m]}', ['no layer below has a metric called "m"', 'mine.yaml:3:17']],
    [
      'extends: builtin:metrics\nmetrics: {off: [automagik.event]}',
      ['did you mean "automagik.events"?', 'they have automagik.events, automagik.event.duration, '],
    ],
    [
      'metrics: {derived: [{name: m, from: event, count: true, by: []}, {name: m, from: event, count: true, by: []}]}',
      ['ruleset/duplicate-metric', 'two metrics are called "m"', 'mine.yaml:3:73'],
    ],
    [
      'metrics: {derived: [{name: m.a, from: event, count: true, by: []}, {name: M_a, from: event, count: true, by: []}]}',
      ['"M_a" and "m.a" are one name in Prometheus'],
    ],
    [
      'extends: builtin:metrics\nmetrics: {derived: [{name: automagik.events, from: event, count: true, by: []}]}',
      ['two metrics are called "automagik.events", the other is in builtin:metrics', 'off: [automagik.events]'],
    ],
    [derived('count: true, by: [a.b, a_b]'), ['"a.b" and "a_b" are one label in Prometheus', 'mine.yaml:3:67']],
  ])('%s', (text, parts) => {
    const text_ = said(text)
    for (const part of parts) expect(text_).toContain(part)
    expect(text_).toContain('error[ruleset/')
  })
})

describe('labels', () => {
  const withLabel = (label: string): string =>
    said(`extends: builtin:automagik\n${derived(`count: true, by: [${label}]`)}`)

  it.each([
    ['user.id', 'user.id'],
    ['session.id', 'user.id'],
    ['User_Id', 'user.id'],
    ['sender_phone', 'phone'],
    ['user.email', 'email'],
    ['customer_name', 'person'],
    ['message', 'content'],
    ['api_token', 'secret'],
    ['client_ip', 'address'],
    ['cpf', 'identity'],
    ['card_number', 'payment'],
    // Of Omni only: one rule of one service is enough.
    ['session_name', 'phone'],
  ])('%s is refused, it is of the class %s', (label, name) => {
    expect(withLabel(label)).toContain(`error[ruleset/identifying-label]: "${label}" may be no label`)
    expect(withLabel(label)).toContain(`gives it the class "${name}"`)
    expect(withLabel(label)).toContain('mine.yaml:4:')
  })

  it('of shipped metrics go where a rule protects them, and what is counted there may be dropped', () => {
    const made = metrics(`extends: builtin:automagik
rules: [{id: a, attr: [channel, severity], class: user.id}, {id: b, attr: user.id, class: content}]
`)
    const by = (name: string) => made.derived.find((metric) => metric.name === name)?.by
    expect(by('automagik.messages')).toEqual(['event.name', 'outcome'])
    expect(by('automagik.errors')).toEqual(['error_code', 'error_category', 'error.type'])
  })

  it('are pseudonyms where a shipped rule makes them of what a shipped metric counts by: of instances', () => {
    const own = 'count: true, by: [instance_name]'
    const made = metrics(`extends: builtin:automagik\n${derived(own)}`)
    const by = (name: string) => made.derived.find((metric) => metric.name === name)?.by
    expect(by('automagik.instance.requests')).toContain('instance_name')
    expect(by('m')).toEqual(['instance_name'])
    const rule = 'rules: [{id: mine, attr: instance_name, class: user.id}]'
    expect(said(`extends: builtin:automagik\n${rule}\n${derived(own)}`)).toContain('the rule "mine" gives it the class')
  })

  it('are refused by the rule on the name that was received, too, and the rule is named', () => {
    const text = said(`conventions: {rename: {kunde: customer.number}}
rules: [{id: customers, attr: kunde, class: user.id}]
${derived('count: true, by: [customer.number]')}`)
    expect(text).toContain('"customer.number" may be no label: the rule "customers" gives it the class "user.id"')
  })

  it('are refused by rules that hold in one context only', () => {
    const text = said(
      `rules: [{id: r, attr: plan, in: resource, class: content}]\n${derived('count: true, by: [plan]')}`,
    )
    expect(text).toContain('the rule "r" gives it the class "content"')
  })

  it('and what a metric is made from: a name that is renamed before is a warning', () => {
    for (const fields of [
      'count: true, where: {status_code: 200}',
      'value: status_code',
      'distinct: status_code, window: 1h',
    ])
      expect(said(`extends: builtin:automagik\n${derived(`by: [], ${fields}`)}`)).toContain(
        'no event has "status_code": it is renamed to "http.response.status_code"',
      )
  })

  it.each([
    ['count: true, by: [], where: {event.name: automagik.eror}', '"automagik.eror", did you mean "automagik.error"?'],
    [
      'count: true, by: [], where: {event.name: [7, api_request]}',
      'the Automagik SDKs call "api_request" is "automagik.api.request"',
    ],
    ['count: true, by: [], where: {os.type: [linux, Darwin]}', '"Darwin" here: it becomes "darwin"'],
    ['count: true, by: [service_nam], where: {event.name: automagik.health}', 'write "service_name"'],
    ['count: true, by: [], where: {event.name: automagik.health, statu: healthy}', 'write "status"'],
    ['value: response_tme_ms, by: [], where: {event.name: automagik.health}', 'write "response_time_ms"'],
  ])('and names that are nearly those of an event, as in %s, are a warning', (fields, wanted) => {
    const text = said(`extends: builtin:automagik\n${derived(fields)}`)
    expect(text).toContain('warning[ruleset/unknown-name]')
    expect(text).toContain(wanted)
  })

  it('but not what an event without a schema may have, nor a name of one that nobody describes', () => {
    for (const fields of [
      'count: true, by: [service_nam]',
      'count: true, by: [], where: {event.name: shop.opened}',
      'count: true, by: [service.name, host.type, state], where: {event.name: automagik.health}',
      'distinct: user.id, window: 1h, by: [], where: {event.name: automagik.omni.message.processed}',
    ])
      expect(said(`extends: builtin:automagik\n${derived(fields)}`)).not.toContain('unknown-name')
  })

  it('that are renamed before are a warning, with the name to write', () => {
    const text = withLabel('endpoint')
    expect(text).toContain('warning[ruleset/renamed-label]')
    expect(text).toContain('write "url.path"')
    expect(text).not.toContain('error[')
  })
})
