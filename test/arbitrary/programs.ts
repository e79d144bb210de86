// fast-check arbitraries of programs: random rules over a small alphabet of names, so that matches are frequent, and a
// taste of requests that speaks the same alphabet.
import * as fc from 'fast-check'
import type { Action } from '../../src/actions/action.ts'
import { detectorIds } from '../../src/detectors/detector.ts'
import { contexts } from '../../src/otlp/fields.ts'
import { emptyMetricRules } from '../../src/ruleset/metric-rules.ts'
import type { Coerce, Exception, Program, Rule, Selector } from '../../src/ruleset/program.ts'
import { type AnyValue, type Field, type KeyValue, type Message, messagesOf } from '../reference/model.ts'
import { type Signal, fieldsOf, requestName } from '../reference/schema.ts'
import { noValidation } from '../../src/ruleset/validation.ts'
import { schemasOf } from './event-schemas.ts'
import { someMarks, validation } from './validation.ts'
import { type Taste, anyValue, keyValue, plainTaste, request } from './requests.ts'
import { names, texts } from './words.ts'

const key = Buffer.from('a key of the tests, 32 bytes long.')
const keys: Program['keys'] = new Map([
  [
    'pseudonym',
    { active: 't1', keys: new Map([['t1', key] as const, ['t0', Buffer.from(key.toReversed())] as const]) },
  ],
])

const hmac = { method: 'hmac', key: 'pseudonym', chars: 16 } as const

/** Every action once and more. */
const classes: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['public', { is: 'keep' }],
  ['internal', { is: 'detect' }],
  ['short', { is: 'truncate', bytes: 12 }],
  ['masked', { is: 'mask' }],
  ['phone', { is: 'phone', show: 'country', hash: hmac }],
  ['email', { is: 'email', domain: hmac }],
  ['path', { is: 'path', home: '~' }],
  ['user.id', { is: 'hash', hash: hmac }],
  ['plain.hash', { is: 'hash', hash: { method: 'sha256', chars: 16 } }],
  ['secret', { is: 'replace', text: '[REDACTED]' }],
  ['address', { is: 'replace', text: '[{kind}]' }],
  ['payment', { is: 'replace', text: '[{kind}]' }],
  ['identity', { is: 'replace', text: '[{kind}]' }],
  ['person', { is: 'drop' }],
  ['content', { is: 'drop' }],
])
const classNames = [...classes.keys()]

/** A program that changes nothing: no rule, no detector, no repair. */
export const idle: Program = {
  name: 'idle',
  digest: '0'.repeat(64),
  classes,
  defaults: {
    attribute: 'public',
    body: 'public',
    name: 'public',
    onError: 'drop',
    limits: { valueBytes: 65_536, depth: 16, attributes: 128 },
  },
  detectors: { use: [], phoneRegions: ['BR'] },
  rules: [],
  exceptions: [],
  conventions: {
    rename: new Map(),
    values: new Map(),
    coerce: new Map(),
    services: new Map(),
    events: new Map(),
    aliases: new Map(),
    metricIdentity: [],
    keepOldNames: false,
  },
  repair: false,
  keys,
  metrics: emptyMetricRules,
  events: new Map(),
  validation: noValidation,
  tests: [],
}

/** Nothing but the detectors, everywhere. */
export const watchful: Program = {
  ...idle,
  name: 'watchful',
  defaults: { ...idle.defaults, attribute: 'internal', body: 'internal', name: 'internal' },
  detectors: { use: detectorIds, phoneRegions: ['BR'] },
}

const globs = [
  ...names.filter((name) => name !== '').map((name) => name.toLowerCase()),
  '*',
  'a.*',
  '*.b',
  '*token*',
  'm*e',
  '*_*',
  'user.*',
  'new',
  'new.status',
]
const places = [
  'span.name',
  'span.status.message',
  'span.trace_state',
  'spanevent.name',
  'spanlink.trace_state',
  'scope.name',
  'scope.version',
  'scope.schema_url',
  'resource.schema_url',
  'resource.entity.id_keys',
  'resource.entity.type',
  'metric.name',
  'metric.description',
  'metric.unit',
  'log.severity_text',
  'log.event_name',
]
const services = ['omni', 'automagik-omni', 'hive', 'other']
export const events = ['automagik.api.request', 'automagik.error', 'known']

const selector: fc.Arbitrary<Selector> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      is: fc.constant('attribute' as const),
      glob: fc.constantFrom(...globs),
      contexts: fc.oneof(
        fc.constant(new Set(contexts)),
        fc.subarray([...contexts], { minLength: 1 }).map((some) => new Set(some)),
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('place' as const), place: fc.constantFrom(...places) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('body' as const),
      keys: fc.array(fc.constantFrom('a', 'b', 'message', 'phone'), { maxLength: 2 }),
      deep: fc.boolean(),
    }),
  },
)

const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })

const someServices = sometimes(fc.subarray(services, { minLength: 1, maxLength: 2 }))
const className = fc.constantFrom(...classNames)

const rule: fc.Arbitrary<Rule> = fc.record({
  id: fc.constant('rule'),
  class: className,
  selectors: fc.array(selector, { minLength: 1, maxLength: 2 }),
  services: someServices,
})

const exception: fc.Arbitrary<Exception> = fc.record({
  class: className,
  selectors: fc.array(selector, { minLength: 1, maxLength: 2 }),
  services: someServices,
  reason: fc.constant('a test'),
  owner: fc.constant('tests'),
  expires: fc.constantFrom(undefined, '2000-01-01', '2999-01-01'),
})

const coerce: fc.Arbitrary<Coerce> = fc.constantFrom('int', 'double', 'string', 'bool', 'plain-number')
const coercions = fc.dictionary(fc.constantFrom('new', 'a', 'status', 'new.status', 'success'), coerce, { maxKeys: 2 })
const wordings = fc.dictionary(
  fc.constantFrom('true', '200', 'hello world', 'ana'),
  fc.constantFrom('503', 'False', 'w'),
)
const mapOf = <T>(record: Record<string, T>): ReadonlyMap<string, T> => new Map(Object.entries(record))
/** Old names and new ones are apart, as the ruleset's check demands: no chains, no swaps. */
const old = fc.constantFrom('old', 'older', 'status', 'b')
const renames = fc.dictionary(old, fc.constantFrom('new', 'a', 'new.status'), { maxKeys: 3 })

export const routes = ['/api/{a}', '/api/v1/users/{new}', '/{phone}/{b}/users/42/{a}', '/api/v1']

const conventions: fc.Arbitrary<Program['conventions']> = fc
  .record({
    rename: renames,
    values: fc.dictionary(fc.constantFrom('new', 'a', 'status'), wordings.map(mapOf), { maxKeys: 2 }),
    coerce: coercions,
    eventRename: renames,
    eventCoerce: coercions,
    identity: fc.boolean(),
    keepOldNames: fc.boolean(),
  })
  .map(({ rename, values, coerce: types, eventRename, eventCoerce, identity, keepOldNames }) => ({
    rename: mapOf(rename),
    values: mapOf(values),
    coerce: mapOf(types),
    services: new Map([['automagik-omni', 'omni']]),
    events: new Map(events.map((event) => [event, { rename: mapOf(eventRename), coerce: mapOf(eventCoerce), routes }])),
    aliases: new Map(Object.entries({ api_request: 'automagik.api.request', oldest: 'known' })),
    metricIdentity: identity ? ['user.id', 'session.id'] : [],
    keepOldNames,
  }))

const eventSchemas = schemasOf([...events, 'automagik.health'], className)

/** A program of random rules. */
export const program: fc.Arbitrary<Program> = fc
  .record({
    attribute: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('public', 'internal') },
      { weight: 1, arbitrary: className },
    ),
    body: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('public', 'internal') },
      { weight: 1, arbitrary: className },
    ),
    name: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('public', 'internal') },
      { weight: 1, arbitrary: className },
    ),
    onError: fc.constantFrom('drop' as const, 'replace' as const),
    limits: fc.record({
      // Long enough for every name: a name that is cut is another name.
      valueBytes: fc.constantFrom(48, 65_536),
      depth: fc.constantFrom(1, 3, 16),
      attributes: fc.constantFrom(2, 128, 128),
    }),
    // Few different sets: a scanner is made once for each.
    use: fc.constantFrom<Program['detectors']['use']>(
      detectorIds,
      detectorIds,
      [],
      ['email', 'phone'],
      ['cpf', 'ipv4'],
    ),
    rules: fc.array(rule, { maxLength: 6 }),
    exceptions: fc.array(exception, { maxLength: 2 }),
    conventions,
    repair: fc.boolean(),
    schemas: fc.oneof(fc.constant<Program['events']>(new Map()), eventSchemas),
    validation,
  })
  .map(
    ({
      attribute,
      body,
      name,
      onError,
      limits,
      use,
      rules,
      exceptions,
      conventions: conventional,
      repair,
      schemas,
      validation,
    }) => ({
      ...idle,
      name: 'random',
      defaults: { attribute, body, name, onError, limits },
      detectors: { use, phoneRegions: ['BR'] },
      rules,
      exceptions,
      conventions: conventional,
      repair,
      events: schemas,
      validation,
    }),
  )

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...texts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
)
const int = fc.oneof(fc.constantFrom(0n, 1n, 200n, 404n, 503n, 5511912345678n, -5n), plainTaste.int)
const double = fc.oneof(fc.constantFrom(0, 200, 404, 503, 12.5, 5511912345678, -1, 1e21), plainTaste.double)

/** What names a request speaks. */
export interface Vocabulary {
  readonly names: readonly string[]
  readonly events: readonly string[]
}

const own: Vocabulary = {
  names,
  events: ['api_request', 'oldest', 'known', 'automagik.api.request', 'automagik.error', 'automagik.health', 'GET /'],
}

const words = (vocabulary: Vocabulary): Taste => ({
  key: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...vocabulary.names) },
    { weight: 1, arbitrary: fc.constantFrom('5511912345678', 'ana@example.com', 'x_token', 'to\u212aen') },
  ),
  text,
  bytes: fc.oneof(
    text.map((one) => Buffer.from(one)),
    plainTaste.bytes,
  ),
  int,
  double,
  depth: 3,
  goodIds: false,
})

/** What an Automagik span says of itself. */
const said = fc.constantFrom<KeyValue>(
  { key: 'duration_ms', value: { doubleValue: 0 } },
  { key: 'duration_ms', value: { doubleValue: 12.5 } },
  { key: 'event.duration_ms', value: { intValue: 2000n } },
  { key: 'duration_ms', value: { doubleValue: -1 } },
  { key: 'duration_ms', value: { stringValue: '12.25' } },
  { key: 'a', value: { stringValue: 'GET' } },
  { key: 'a', value: { stringValue: 'fetch' } },
  { key: 'new', value: { stringValue: '0055' } },
  { key: 'new', value: { stringValue: 'TRUE' } },
  { key: 'success', value: { boolValue: false } },
  { key: 'event.success', value: { stringValue: 'False' } },
  { key: 'error', value: { stringValue: 'no' } },
  { key: 'error', value: { stringValue: '' } },
  { key: 'http.response.status_code', value: { doubleValue: 503 } },
  { key: 'http.response.status_code', value: { intValue: 404n } },
  { key: 'url.path', value: { stringValue: '/api/v1/users/42/5511912345678?x=ana@example.com' } },
  { key: 'trace_id', value: { stringValue: '550e8400-e29b-41d4-a716-446655440000' } },
  { key: 'span_id', value: { stringValue: '00f067aa0ba902b7' } },
  { key: 'event.name', value: { stringValue: 'known' } },
  ...someMarks,
)

/** Requests that speak a vocabulary. */
function speaking(vocabulary: Vocabulary): Taste {
  const taste = words(vocabulary)
  const pairs = fc.array(fc.oneof(keyValue(taste), said), { maxLength: 5 }).map((list): Field => list as Message[])
  const event = fc.constantFrom(...vocabulary.events)
  const body = fc
    .oneof(
      { weight: 6, arbitrary: anyValue(taste) },
      { weight: 1, arbitrary: event.map((name): AnyValue => ({ stringValue: name })) },
    )
    .map((value) => value as Message)
  return {
    ...taste,
    fields: {
      'Span.name': event,
      'Span.attributes': pairs,
      'LogRecord.attributes': pairs,
      'LogRecord.eventName': event,
      'LogRecord.body': body,
      'InstrumentationScope.name': fc.constantFrom('x.telemetry', 'x.telemetry', 'lib'),
      'Span.startTimeUnixNano': fc.constantFrom(0n, 1_700_000_000_000_000_000n, 1_700_000_000_000_500_000n),
      'Span.endTimeUnixNano': fc.constantFrom(0n, 5n, 1_700_000_000_000_600_000n, 1_700_000_009_000_000_000n),
    },
  }
}

const tells = fc.constantFrom(
  ['service.name', 'omni'],
  ['service.name', 'automagik-omni'],
  ['service.name', 'hive'],
  ['service.name', 'other'],
  ['telemetry.sdk.name', 'automagik-omni'],
  ['telemetry.sdk.name', 'opentelemetry'],
)

/** A request in the programs' alphabet, whose resources mostly say which service they are. */
export function telling(signal: Signal, vocabulary: Vocabulary = own): fc.Arbitrary<Message> {
  const [groups] = fieldsOf(requestName[signal])
  const told = fc.array(fc.array(tells, { maxLength: 2 }), { maxLength: 2 })
  return fc.tuple(request(signal, speaking(vocabulary)), told).map(([body, more]) => {
    const found = messagesOf(body[groups.name]).map((group, at): Message => {
      const pairs = (more[at] ?? []).map(([name, value]) => ({ key: name, value: { stringValue: value } }))
      if (!pairs.length) return group
      const resource = (group.resource ?? {}) as Message
      return { ...group, resource: { ...resource, attributes: [...messagesOf(resource.attributes), ...pairs] } }
    })
    return found.length ? { ...body, [groups.name]: found } : body
  })
}
