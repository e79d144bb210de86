// Validation in the pipeline: what is marked, what is refused, what is left alone.
import { describe, expect, it } from 'vitest'
import { shippedEvents } from '../../src/events/read-schemas.ts'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { decodeRequest } from '../../src/otlp/to-json.ts'
import { createEngine } from '../../src/processors/engine.ts'
import { WireError } from '../../src/otlp/wire-error.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { delimited, tag, varint } from '../arbitrary/writer.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

/** @param schema the only other file there is */
function programOf(rules: string, base = 'builtin:automagik', schema = '') {
  const text = `version: 1\nname: x\nextends: [${base}]\n${rules}`
  const { program, diagnostics } = loadRuleset({
    file: 'x.yaml',
    readText: (file) => (file.endsWith('.json') ? schema : text),
    key,
  })
  if (program === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return program
}
const engineOf = (rules: string, base?: string) => createEngine(programOf(rules, base))

type Plain = string | number | boolean
interface Sent {
  readonly name: string
  readonly attributes?: Readonly<Record<string, Plain>>
  readonly service?: string
  readonly isSdk?: boolean
}

const anyValue = (value: Plain) =>
  typeof value === 'string'
    ? { stringValue: value }
    : typeof value === 'number'
      ? { doubleValue: value }
      : { boolValue: value }
const pairs = (values: Readonly<Record<string, Plain>>) =>
  Object.entries(values).map(([name, value]) => ({ key: name, value: anyValue(value) }))

function spanOf({ name, attributes = {}, service = 'omni', isSdk = false }: Sent): Buffer {
  const span = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), name, attributes: pairs(attributes) }
  const resource = { 'service.name': service, ...(isSdk ? { 'telemetry.sdk.name': 'automagik-telemetry' } : {}) }
  const scope = { name: isSdk ? `${service}.telemetry` : 'lib' }
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [{ resource: { attributes: pairs(resource) }, scopeSpans: [{ scope, spans: [span] }] }],
    }),
  )
}

/** One request with all of them. */
function requestOf(...sent: readonly Sent[]): Buffer {
  const requests = sent.map((each) => JSON.parse(spanOf(each).toString()) as { resourceSpans: object[] })
  return Buffer.from(JSON.stringify({ resourceSpans: requests.flatMap(({ resourceSpans }) => resourceSpans) }))
}

/** What comes out: the attributes of the span, and what was refused. */
function process(engine: ReturnType<typeof createEngine>, sent: Sent) {
  const { batch, refused } = engine.process({ signal: 'traces', encoding: 'json', body: spanOf(sent) })
  return { refused, attributes: batch === undefined ? undefined : attributesIn(batch.bytes), bytes: batch?.bytes }
}

function attributesIn(bytes: Uint8Array): Record<string, unknown> {
  const { resourceSpans } = decodeRequest('traces', bytes) as {
    resourceSpans: { scopeSpans: { spans: { attributes?: { key: string; value: Record<string, unknown> }[] }[] }[] }[]
  }
  const found = resourceSpans[0].scopeSpans[0].spans[0].attributes ?? []
  return Object.fromEntries(found.map(({ key: name, value }) => [name, Object.values(value)[0]]))
}

const valid = { name: 'automagik.health', attributes: { service_name: 'database', status: 'healthy' } }
const invalid = { name: 'automagik.health', attributes: { status: 'healthy' } }
const annotate = 'validation: { on_violation: annotate }\ndefaults: { event: annotate }\n'
const drop = 'validation: { on_violation: drop }\ndefaults: { event: drop }\n'

describe('annotate', () => {
  const engine = engineOf(annotate)

  it('marks what fits', () => {
    expect(process(engine, valid).attributes).toEqual({ ...valid.attributes, 'automagik.schema.status': 'valid' })
  })

  it('says of what does not fit why, in the words of the schema', () => {
    expect(process(engine, invalid).attributes).toEqual({
      status: 'healthy',
      'automagik.schema.status': 'invalid',
      'automagik.schema.violations': '1',
      'automagik.schema.keyword': 'required',
      'automagik.schema.attribute': 'service_name',
    })
    expect(engine.tally.invalid.get('automagik.health')).toBeGreaterThan(0)
  })

  it('sees an event after repair and conventions: old names, the prefix, numbers as text', () => {
    const old = {
      name: 'api_request',
      isSdk: true,
      attributes: { 'event.endpoint': '/x', 'event.method': 'GET', 'event.status_code': '200' },
    }
    expect(process(engine, old).attributes).toMatchObject({
      'automagik.schema.status': 'valid',
      'http.response.status_code': '200',
    })
  })

  it('sees a number as the text that the ruleset makes of it', () => {
    const typing = engineOf(`${annotate}conventions: { coerce: { service_name: string } }\n`)
    const { attributes } = process(typing, { ...valid, attributes: { service_name: 7, status: 'healthy' } })
    expect(attributes).toMatchObject({ service_name: '7', 'automagik.schema.status': 'valid' })
  })

  it('sees an event before privacy: what goes was there', () => {
    const text = `validation: { on_violation: annotate }\nrules: [{ id: gone, attr: [service_name], class: content }]\n`
    const twice = engineOf(text)
    const once = process(twice, valid)
    expect(once.attributes).toEqual({ status: 'healthy', 'automagik.schema.status': 'valid' })
    const again = twice.process({ signal: 'traces', encoding: 'protobuf', body: once.bytes! })
    expect(Buffer.from(again.batch!.bytes)).toEqual(Buffer.from(once.bytes!))
  })

  it.each(['automagik.helth', 'made_up_event'])('marks the unknown event %s of an SDK', (name) => {
    expect(process(engine, { name, isSdk: true }).attributes).toMatchObject({ 'automagik.schema.status': 'unknown' })
  })

  it('leaves records alone that are no events', () => {
    expect(process(engine, { name: 'GET /', attributes: { a: 'b' } }).attributes).toEqual({ a: 'b' })
  })

  it('replaces marks that are none, with those that are true', () => {
    const marks = { 'automagik.schema.status': 7, 'automagik.schema.keyword': 'Ana Silva' }
    expect(process(engine, { ...valid, attributes: { ...valid.attributes, ...marks } }).attributes).toEqual({
      ...valid.attributes,
      'automagik.schema.status': 'valid',
    })
  })

  it('adds no marks where the record has no room for all of them', () => {
    const small = engineOf(
      `${annotate}  limits: { attributes: 3 }\n`.replace(
        'defaults: { event: annotate }\n',
        'defaults:\n  event: annotate\n',
      ),
    )
    const three = { status: 'healthy', a: 'b', c: 'd' }
    expect(process(small, { name: 'automagik.health', attributes: three }).attributes).toEqual(three)
  })
})

describe('drop', () => {
  it('refuses what does not fit, and unknown events, each with its reason', () => {
    const engine = engineOf(drop)
    expect(process(engine, valid).refused).toEqual([])
    expect(process(engine, valid).attributes).toEqual(valid.attributes)
    expect(process(engine, invalid).refused).toEqual([{ reason: 'schema-violation', records: 1 }])
    expect(process(engine, { name: 'automagik.helth' }).refused).toEqual([{ reason: 'unknown-event', records: 1 }])
  })

  it('does not go by marks, which a sender can write', () => {
    const marked = { ...invalid.attributes, 'automagik.schema.status': 'valid' }
    expect(process(engineOf(drop), { ...invalid, attributes: marked }).refused).toHaveLength(1)
  })

  it('holds for the services that are named, by group or name', () => {
    const engine = engineOf('validation: { services: { omni: drop } }\n')
    expect(process(engine, { ...invalid, service: 'automagik-omni' }).refused).toHaveLength(1)
    expect(process(engine, { ...invalid, service: 'hive' }).attributes).toEqual(invalid.attributes)
  })
})

describe('without validation', () => {
  it('nothing is marked, and nothing refused', () => {
    expect(process(engineOf(''), invalid).attributes).toEqual(invalid.attributes)
  })
})

describe('quarantine', () => {
  const quarantine = 'validation: { on_violation: quarantine }\ndefaults: { event: quarantine }\n'
  const secret = { ...invalid, attributes: { ...invalid.attributes, 'user.id': 'ana@example.com' } }
  const other = { name: 'GET /' }
  const unknown = { name: 'automagik.helth' }

  it('keeps aside what does not fit, clean and marked, and lets the rest go on as if it were alone', () => {
    const engine = engineOf(quarantine)
    const { batch, quarantined, refused, records } = engine.process({
      signal: 'traces',
      encoding: 'json',
      body: requestOf(valid, secret, other, unknown),
    })
    const alone = engine.process({ signal: 'traces', encoding: 'json', body: requestOf(valid, other) })
    expect([records, refused]).toEqual([2, []])
    expect(Buffer.from(batch!.bytes)).toEqual(Buffer.from(alone.batch!.bytes))
    expect(quarantined.map(({ reason, batch: kept }) => [reason, kept.records])).toEqual([
      ['schema-violation', 1],
      ['unknown-event', 1],
    ])
    const [first, second] = quarantined.map(({ batch: kept }) => attributesIn(kept.bytes))
    expect(first).toMatchObject({
      'user.id': expect.stringMatching(/^hm:ktest:/),
      'automagik.schema.status': 'invalid',
      'automagik.schema.violations': '1',
      'automagik.schema.keyword': 'required',
      'automagik.schema.attribute': 'service_name',
    })
    expect(second).toEqual({ 'automagik.schema.status': 'unknown' })
    expect(engine.tally.quarantined).toEqual(
      new Map([
        ['schema-violation', 1],
        ['unknown-event', 1],
      ]),
    )
  })

  it('counts what it finds in what is kept aside, and no event twice', () => {
    const engine = engineOf(quarantine)
    engine.process({ signal: 'traces', encoding: 'json', body: requestOf(secret) })
    expect(engine.tally.changed.get('user.id')).toBe(1)
    expect(engine.tally.invalid).toEqual(new Map([['automagik.health', 1]]))
    expect(engine.tally.refused.size).toBe(0)
  })

  it('holds for the services that are named, and refuses others where those are dropped', () => {
    const engine = engineOf('validation: { on_violation: drop, services: { omni: quarantine } }\n')
    const of = (service: string) =>
      engine.process({ signal: 'traces', encoding: 'json', body: requestOf({ ...invalid, service }) })
    expect(of('omni')).toMatchObject({ batch: undefined, refused: [], quarantined: [{ reason: 'schema-violation' }] })
    expect(of('hive')).toMatchObject({ refused: [{ reason: 'schema-violation', records: 1 }], quarantined: [] })
  })

  it('does not go by marks, which a sender can write', () => {
    const marked = { ...invalid, attributes: { ...invalid.attributes, 'automagik.schema.status': 'valid' } }
    const { quarantined } = engineOf(quarantine).process({
      signal: 'traces',
      encoding: 'json',
      body: requestOf(marked),
    })
    expect(attributesIn(quarantined[0].batch.bytes)['automagik.schema.status']).toBe('invalid')
  })

  it('takes logs as well, in protobuf, and leaves nothing behind for the next request', () => {
    const engine = engineOf(quarantine)
    const json = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: 'automagik.helth' }] }] }] }
    const { bytes } = jsonToProtobuf('logs', Buffer.from(JSON.stringify(json)))
    const { batch, quarantined } = engine.process({ signal: 'logs', encoding: 'protobuf', body: bytes })
    expect([batch, quarantined[0].batch.signal, quarantined[0].batch.records]).toEqual([undefined, 'logs', 1])
    expect(process(engine, valid).attributes).toEqual(valid.attributes)
  })
})

describe('an array in protobuf that is not canonical', () => {
  const schema = JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'automagik.crm.meeting.held',
    description: 'People met.',
    type: 'object',
    'x-status': 'proposed',
    'x-since': '1.0.0',
    'x-project': 'crm',
    required: ['tags'],
    properties: {
      tags: {
        description: 'Words.',
        type: 'array',
        items: { type: 'string' },
        'x-class': 'internal',
        examples: [['a']],
      },
    },
    examples: [{ tags: ['a'] }],
  })
  const value = (text: string) => delimited(1, Buffer.from(text))
  const requestWith = (values: Buffer): Buffer => {
    const tags = delimited(9, Buffer.concat([value('tags'), delimited(2, delimited(5, values))]))
    const ids = [delimited(1, Buffer.alloc(16, 1)), delimited(2, Buffer.alloc(8, 1))]
    const name = delimited(5, Buffer.from('automagik.crm.meeting.held'))
    return delimited(1, delimited(2, delimited(2, Buffer.concat([...ids, name, tags]))))
  }

  it.each([
    ['fields that no decoder knows', Buffer.concat([delimited(1, value('a')), delimited(2, Buffer.from([0x10, 1]))])],
    ['a tag with more bytes than it needs', Buffer.concat([tag(1, 2, 1), varint(3n), value('a')])],
  ])('is read as decoders do: %s', (_what, values) => {
    const rules = 'validation: { on_violation: quarantine }\nevents: { schemas: [automagik.crm.meeting.held.json] }\n'
    const engine = createEngine(programOf(rules, 'builtin:automagik', schema))
    const { records, quarantined } = engine.process({
      signal: 'traces',
      encoding: 'protobuf',
      body: requestWith(values),
    })
    expect([records, quarantined]).toEqual([1, []])
  })
})

describe('a request that is refused as a whole', () => {
  it('has counted nothing, where what is wrong is in an event that does not fit', () => {
    const engine = engineOf('validation: { on_violation: quarantine }\n')
    const ids = [delimited(1, Buffer.alloc(16, 1)), delimited(2, Buffer.alloc(8, 1))]
    const name = delimited(5, Buffer.from('automagik.health'))
    const spanEvent = delimited(11, Buffer.of(0x12, 0x7f))
    const body = delimited(1, delimited(2, delimited(2, Buffer.concat([...ids, name, spanEvent]))))
    expect(() => engine.process({ signal: 'traces', encoding: 'protobuf', body })).toThrow(WireError)
    const { quarantined, invalid, decided } = engine.tally
    const fields = [...decided.values()].reduce((sum, each) => sum + each.fields, 0)
    expect([quarantined.size, invalid.size, fields]).toEqual([0, 0, 0])
  })
})

describe('what was cleaned before', () => {
  it.each([annotate, drop, 'validation: { on_violation: quarantine }\ndefaults: { event: quarantine }\n'])(
    'is not held against its schema again: %s',
    (rules) => {
      const { bytes } = jsonToProtobuf('traces', requestOf(invalid, { name: 'automagik.helth' }))
      const batch = engineOf(rules).clean('traces', bytes)!
      expect([batch.records, attributesIn(batch.bytes)]).toEqual([2, invalid.attributes])
    },
  )
})

describe('an event that fits', () => {
  it.each(['builtin:automagik', 'builtin:strict'])('fits again behind a gateway with %s', (base) => {
    const engine = engineOf(drop, base)
    for (const { name, examples, project } of shippedEvents().values()) {
      for (const attributes of examples as Record<string, Plain>[]) {
        const service = project === 'any' ? 'omni' : project
        const once = process(engine, { name, attributes, service, isSdk: true })
        expect([name, once.refused]).toEqual([name, []])
        const twice = engine.process({ signal: 'traces', encoding: 'protobuf', body: once.bytes! })
        expect([name, twice.refused]).toEqual([name, []])
        expect(Buffer.from(twice.batch!.bytes)).toEqual(Buffer.from(once.bytes!))
      }
    }
  })
})

describe('a log', () => {
  const engine = engineOf(annotate)
  const logOf = (record: object) =>
    engine.process({
      signal: 'logs',
      encoding: 'json',
      body: Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })),
    }).batch!.bytes
  const marked = (record: object): boolean => Buffer.from(logOf(record)).includes('automagik.schema.status')

  it.each([
    ['its event name', { eventName: 'automagik.health' }],
    ['its attribute event.name', { attributes: pairs({ 'event.name': 'automagik.health' }) }],
    [
      'a body that is the name, as of Claude Code',
      { body: { stringValue: 'claude_code.user_prompt' }, attributes: pairs({ 'event.name': 'user_prompt' }) },
    ],
  ])('is an event by %s', (_what, record) => {
    expect(marked(record)).toBe(true)
  })

  it.each([
    ['without a name', { body: { stringValue: 'claude_code.user_prompt was sent' } }],
    ['with a name that is not ours', { eventName: 'device.crashed' }],
  ])('%s is none', (_what, record) => {
    expect(marked(record)).toBe(false)
  })
})
