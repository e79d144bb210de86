// Conventions and repair through the engine: names, old names on request, routes with their parameters, kinds of errors.
import { describe, expect, it } from 'vitest'
import { requestType } from '../../src/otlp/root.ts'
import { decodeRequest } from '../../src/otlp/to-json.ts'
import { errorTypeOf } from '../../src/processors/error-type.ts'
import { createEngine, type Engine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { event } from '../metrics/stage-under-test.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

function engineOf(sections = ''): Engine {
  const readText = (): string => `version: 1\nname: t\nextends: builtin:automagik\n${sections}`
  const { program, diagnostics } = loadRuleset({ file: '/t.yaml', readText, key })
  expect(diagnostics).toEqual([])
  return createEngine(program!)
}

interface Left {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly names: readonly string[]
  readonly code: number | undefined
}

/** What is left of a span that an Automagik SDK sent; sent twice, it must be the same. */
function leftOf(engine: Engine, name: string, values: Readonly<Record<string, unknown>>): Left {
  const body = Buffer.from(JSON.stringify(event(name, values)))
  const once = engine.process({ signal: 'traces', encoding: 'json', body }).batch!
  const twice = engine.process({ signal: 'traces', encoding: 'protobuf', body: once.bytes }).batch!
  expect(Buffer.from(twice.bytes).equals(Buffer.from(once.bytes))).toBe(true)
  const type = requestType('traces')
  const [span] = (type.toObject(type.decode(once.bytes), { longs: Number }) as any).resourceSpans[0].scopeSpans[0].spans
  const pairs: [string, unknown][] = (span.attributes ?? []).map(({ key: own, value }: any) => [
    own,
    Object.values(value)[0],
  ])
  return { attributes: Object.fromEntries(pairs), names: pairs.map(([own]) => own), code: span.status?.code }
}

describe('names', () => {
  const engine = engineOf()
  it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'a request',
      'api_request',
      { 'event.method': 'GET', 'event.status_code': 200, 'event.endpoint': '/health' },
      {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'url.path': '/health',
        'http.route': '/health',
      },
    ],
    [
      'the machine',
      'automagik.health',
      {
        'system.os': 'Linux',
        'system.os_version': '6.8',
        'system.architecture': 'x64',
        'system.node_version': 'v24',
      },
      {
        'os.type': 'linux',
        'os.version': '6.8',
        'host.arch': 'amd64',
        'process.runtime.version': 'v24',
        'process.runtime.name': 'nodejs',
      },
    ],
    [
      'another',
      'webhook_processed',
      { 'system.python_version': '3.12.1' },
      { 'process.runtime.version': '3.12.1', 'process.runtime.name': 'cpython' },
    ],
    [
      'a program that says its runtime',
      'automagik.health',
      { 'system.node_version': 'v1', 'process.runtime.name': 'bun' },
      { 'process.runtime.version': 'v1', 'process.runtime.name': 'bun' },
    ],
    [
      'an error',
      'automagik.error',
      { error_type: 'TypeError', error_message: 'x is not y', stack: 'at /home/ana/a.ts:1' },
      { 'error.type': 'TypeError', 'exception.message': 'x is not y', 'exception.stacktrace': 'at ~/a.ts:1' },
    ],
    [
      'tokens',
      'automagik.feature.used',
      { input_tokens: 12, output_tokens: '40' },
      { 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 40 },
    ],
    [
      'Claude Code',
      'claude_code.api_request',
      { model: 'claude-sonnet', input_tokens: '3', cache_read_tokens: '900', cache_creation_tokens: 40 },
      {
        'gen_ai.request.model': 'claude-sonnet',
        'gen_ai.usage.input_tokens': 3,
        'gen_ai.usage.cache_read.input_tokens': 900,
        'gen_ai.usage.cache_creation.input_tokens': 40,
      },
    ],
    ['its tools', 'claude_code.tool_result', { tool_name: 'Bash' }, { 'gen_ai.tool.name': 'Bash' }],
  ])('of %s are those of the registry', (_what, name, sent, wanted) => {
    expect(leftOf(engine, name, sent).attributes).toEqual(wanted)
  })
})

describe('old names', () => {
  const keeping = engineOf('conventions: {keep_old_names: true}')

  it('go unless they are asked for', () => {
    expect(leftOf(engineOf(), 'api_request', { 'event.method': 'GET' }).names).toEqual(['http.request.method'])
  })

  it('stay beside the new ones: without the prefix, and as they came', () => {
    expect(leftOf(keeping, 'api_request', { 'event.status_code': 200.0, 'event.method': 'GET' }).attributes).toEqual({
      'http.response.status_code': 200,
      status_code: 200,
      'http.request.method': 'GET',
      method: 'GET',
    })
  })

  it('stay where the new one is there already, and of two old ones each stays once', () => {
    const sent = { 'http.response.status_code': 200, status: 201, status_code: 202, 'event.status': 203 }
    expect(leftOf(keeping, 'automagik.api.request', sent)).toMatchObject({
      attributes: { 'http.response.status_code': 200, status: 201, status_code: 202 },
      names: ['http.response.status_code', 'status', 'status_code'],
    })
  })

  it('have the class of the new ones, and the new ones theirs', () => {
    const rules = `conventions: {keep_old_names: true, rename: {kunde: customer.number, kanal: sales.channel}}
rules: [{id: a, attr: kunde, class: user.id}, {id: b, attr: sales.channel, class: content}]
`
    const { attributes } = leftOf(engineOf(rules), 'automagik.health', { kunde: 'Ana', kanal: 'shop' })
    expect(attributes).toEqual({
      'customer.number': expect.stringMatching(/^hm:/),
      kunde: attributes['customer.number'],
    })
  })

  it('clean a path under both', () => {
    const { attributes } = leftOf(keeping, 'api_request', { endpoint: '/chats/5511912345678' })
    expect(attributes).toEqual({
      'url.path': '/chats/{phone}',
      endpoint: '/chats/{phone}',
      'http.route': '/chats/{phone}',
    })
  })

  it('take no more room than there is', () => {
    const engine = engineOf('conventions: {keep_old_names: true}\ndefaults: {limits: {attributes: 3}}')
    const { names } = leftOf(engine, 'api_request', { method: 'GET', status_code: 200 })
    expect(names).toEqual(['http.request.method', 'method', 'http.response.status_code'])
  })
})

describe('routes', () => {
  const engine = engineOf(`conventions:
  events: {automagik.api.request: {routes: ['/shops/{shop_name}/orders', '/shops/open', '/shops/{shop_name}']}}
`)
  it.each<[string, string, Record<string, unknown>]>([
    [
      '/api/v1/instances/ana-bot/qr',
      '/api/v1/instances/{instance_name}/qr',
      { instance_name: expect.stringMatching(/^hm:/) },
    ],
    ['/api/v1/instances/discover', '/api/v1/instances/discover', {}],
    ['/api/v1/instances', '/api/v1/instances', {}],
    ['/webhook/evolution/main', '/webhook/evolution/{instance_name}', { instance_name: expect.stringMatching(/^hm:/) }],
    [
      '/api/v1/traces/phone/5511912345678',
      '/api/v1/traces/phone/{phone}',
      { phone: expect.stringMatching(/^\+55 hm:/) },
    ],
    [
      '/api/v1/main/contacts/5511912345678@s.whatsapp.net?page=2',
      '/api/v1/{instance_name}/contacts/{contact_id}',
      { instance_name: expect.stringMatching(/^hm:/), contact_id: expect.stringMatching(/^hm:/) },
    ],
    ['/orders/42/items/550e8400-e29b-41d4-a716-446655440000', '/orders/{id}/items/{id}', {}],
    ['/shops/corner/orders/7#top', '/shops/{shop_name}/orders/{id}', { shop_name: 'corner' }],
    ['/shops/open', '/shops/open', {}],
    ['/shops/corner', '/shops/{shop_name}', { shop_name: 'corner' }],
    ['/shops/', '/shops/', {}],
  ])('%s is of %s', (path, route, more) => {
    const { attributes } = leftOf(engine, 'api_request', { endpoint: path })
    expect(attributes).toMatchObject({ 'http.route': route, ...more })
    expect(Object.keys(attributes).toSorted()).toEqual(['url.path', 'http.route', ...Object.keys(more)].toSorted())
  })

  it('one instance is one pseudonym, as in commands', () => {
    const asked = leftOf(engine, 'api_request', { endpoint: '/webhook/evolution/ana-bot' }).attributes['instance_name']
    expect(leftOf(engine, 'command', { instance_name: 'ana-bot' }).attributes['instance_name']).toBe(asked)
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['api_request', { endpoint: '/webhook/evolution/ana-bot' }, { 'url.path': '/webhook/evolution/{instance_name}' }],
    [
      'api_request',
      { endpoint: '/api/v1/instances/ana-bot/contacts/123456789012345678?page=2' },
      { 'url.path': '/api/v1/instances/{instance_name}/contacts/{contact_id}?page=2' },
    ],
    ['api_request', { endpoint: '/api/v1/traces/phone/99123' }, { 'url.path': '/api/v1/traces/phone/{phone}' }],
    ['api_request', { endpoint: '/api/v1/traces/summary' }, { 'url.path': '/api/v1/traces/summary' }],
    ['api_request', { endpoint: '/shops/corner' }, { 'url.path': '/shops/corner' }],
    // The paths of other events are of the same API, and a route of its own does not make a path clean.
    [
      'automagik.error',
      { endpoint: '/webhook/evolution/ana-bot' },
      { 'http.route': '/webhook/evolution/{instance_name}' },
    ],
    [
      'automagik.security.instance.accessed',
      { 'url.path': '/webhook/evolution/ana-bot', 'http.route': '/webhook/*' },
      { 'url.path': '/webhook/evolution/{instance_name}', 'http.route': '/webhook/*' },
    ],
  ])('of %s with %j: what a route names and privacy protects is not in the path', (name, sent, wanted) => {
    const { attributes } = leftOf(engine, name, sent)
    expect(attributes).toMatchObject(wanted)
    expect(JSON.stringify(attributes)).not.toMatch(/ana-bot|123456789012345678|99123/)
    if (JSON.stringify(sent).includes('ana-bot')) expect(attributes['instance_name']).toMatch(/^hm:/)
  })

  it('under its old name, and where there are two, a path is clean too', () => {
    const keeping = engineOf('conventions: {keep_old_names: true}')
    const path = '/webhook/evolution/{instance_name}'
    const sent = { endpoint: '/webhook/evolution/ana-bot' }
    expect(leftOf(keeping, 'api_request', sent).attributes).toMatchObject({ 'url.path': path, endpoint: path })
    const twice = { 'url.path': '/webhook/evolution/ana-bot', endpoint: '/webhook/evolution/bia-bot' }
    expect(JSON.stringify(leftOf(keeping, 'api_request', twice))).not.toMatch(/ana-bot|bia-bot/)
  })

  it('clean the label of a metric that an SDK sends, and of no other', () => {
    const attributes = [{ key: 'endpoint', value: { stringValue: '/webhook/evolution/ana-bot' } }]
    const textOf = (scope: string): string => {
      const metrics = [{ name: 'api.latency', gauge: { dataPoints: [{ asDouble: 1, attributes }] } }]
      const request = { resourceMetrics: [{ scopeMetrics: [{ scope: { name: scope }, metrics }] }] }
      const body = Buffer.from(JSON.stringify(request))
      const { batch } = engine.process({ signal: 'metrics', encoding: 'json', body })
      return JSON.stringify(decodeRequest('metrics', batch!.bytes))
    }
    expect(textOf('omni.telemetry')).toContain('/webhook/evolution/{instance_name}')
    expect(textOf('shop')).toContain('/webhook/evolution/ana-bot')
  })

  it('are of events of every sender, of logs too', () => {
    const attributes = [{ key: 'url.path', value: { stringValue: '/webhook/evolution/ana-bot' } }]
    const name = 'automagik.api.request'
    const span = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), name, attributes }
    const requests = [
      ['traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }],
      ['logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: name, attributes }] }] }] }],
    ] as const
    for (const [signal, request] of requests) {
      const { batch } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
      const text = JSON.stringify(decodeRequest(signal, batch!.bytes))
      expect(text.match(/\/webhook\/evolution\/\{instance_name\}/g)).toHaveLength(2)
      expect(text).not.toContain('ana-bot')
      expect(text).toMatch(/"instance_name","value":\{"stringValue":"hm:/)
    }
  })

  it('and what they name have the type that the ruleset gives them', () => {
    const typing = engineOf(
      'conventions: {coerce: {page_id: int}, events: {api_request: {routes: ["/pages/{page_id}"]}}}',
    )
    const { attributes } = leftOf(typing, 'api_request', { endpoint: '/pages/42' })
    expect(attributes).toMatchObject({ 'http.route': '/pages/{page_id}', page_id: 42 })
  })

  it('what the record says itself stays', () => {
    const sent = { endpoint: '/shops/corner', shop_name: 'own' }
    expect(leftOf(engine, 'api_request', sent).attributes).toMatchObject({ shop_name: 'own' })
    expect(leftOf(engine, 'api_request', { endpoint: '/shops/1', 'http.route': '/mine' }).attributes).toEqual({
      'url.path': '/shops/1',
      'http.route': '/mine',
    })
  })
})

describe('the name of a log that is an event', () => {
  /** The record that is left of one; sent twice, it must be the same. */
  function logOf(record: object, engine = engineOf(), scope = 'omni.telemetry'): Record<string, any> {
    const request = { resourceLogs: [{ scopeLogs: [{ scope: { name: scope }, logRecords: [record] }] }] }
    const body = Buffer.from(JSON.stringify(request))
    const once = engine.process({ signal: 'logs', encoding: 'json', body }).batch!
    const twice = engine.process({ signal: 'logs', encoding: 'protobuf', body: once.bytes }).batch!
    expect(Buffer.from(twice.bytes).equals(Buffer.from(once.bytes))).toBe(true)
    return (decodeRequest('logs', once.bytes) as any).resourceLogs[0].scopeLogs[0].logRecords[0]
  }
  const named = (name: string): object => ({ attributes: [{ key: 'event.name', value: { stringValue: name } }] })
  const claude = 'com.anthropic.claude_code.events'

  it.each<[string, object, string, object]>([
    ['an old name of ours', named('webhook_processed'), 'omni.telemetry', named('automagik.omni.webhook.processed')],
    ['a name', named('automagik.health'), 'shop', named('automagik.health')],
    [
      'a short name',
      { body: { stringValue: 'claude_code.api_error' }, ...named('api_error') },
      claude,
      named('claude_code.api_error'),
    ],
    ['a body', { body: { stringValue: 'claude_code.user_prompt' } }, claude, {}],
    [
      'a field',
      { eventName: 'automagik.health', attributes: [{ key: 'event.name', value: { intValue: 1 } }] },
      'x',
      {},
    ],
    ['an old name in the field', { eventName: 'api_request' }, 'omni.telemetry', {}],
  ])('of %s is the canonical one, in the field and in the attribute', (_what, record, scope, wanted) => {
    const left = logOf(record, engineOf(), scope)
    expect(left).toMatchObject(wanted)
    expect(left['attributes']).toContainEqual({ key: 'event.name', value: { stringValue: left['eventName'] } })
    expect(left['eventName']).toMatch(/^(?:automagik|claude_code)\.[a-z_.]+$/)
  })

  it('stays as it came where no event is known by it, and where a rule speaks of names', () => {
    expect(logOf(named('webhook_processed'), engineOf(), 'shop')).toEqual(named('webhook_processed'))
    expect(logOf(named('shop.opened'))).toEqual(named('shop.opened'))
    const dropping = engineOf('rules: [{id: names, path: log.event_name, class: content}]')
    expect(logOf(named('automagik.health'), dropping)['eventName']).toBeUndefined()
  })
})

describe('error.type', () => {
  const engine = engineOf()
  it.each<[string, Record<string, unknown>, string | undefined]>([
    ['api_request', { status_code: 503 }, '503'],
    ['api_request', { status_code: 404 }, undefined],
    ['webhook_processed', { success: false, error: 'Agent API 401 for user' }, '401'],
    ['webhook_processed', { success: false, error: 'Evolution API: Connection refused' }, 'connection_refused'],
    ['webhook_processed', { success: true }, undefined],
    ['workflow_execution', { success: false, error: 'POST http://10.0.0.5:8886/teams/ana/runs failed: 502' }, '502'],
    ['automagik.error', { error_type: 'KeyError', error: 'timeout' }, 'KeyError'],
    ['automagik.error', {}, undefined],
  ])('of %s with %j is %s', (name, sent, wanted) => {
    expect(leftOf(engine, name, sent).attributes['error.type']).toBe(wanted)
  })

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connection_refused'],
    ['[Errno 111] Connection refused', 'connection_refused'],
    ['read ECONNRESET', 'connection_reset'],
    ['Server disconnected without sending a response.', 'connection_reset'],
    ['getaddrinfo ENOTFOUND evolution', 'dns'],
    ['[Errno -2] Name or service not known', 'dns'],
    ['[SSL: CERTIFICATE_VERIFY_FAILED]', 'tls'],
    ['Read timed out. (read timeout=60)', 'timeout'],
    ['ReadTimeout', 'timeout'],
    ['connect ETIMEDOUT', 'timeout'],
    ['All connection attempts failed', 'network'],
    ['HTTP 500: no', '500'],
    ['status code 429', '429'],
    ['Evolution API returned 400', '400'],
    ["Server error '502 Bad Gateway' for url 'http://10.0.0.5/x'", '502'],
    ['502 Server Error: Bad Gateway for url: http://10.0.0.5/x', '502'],
    ["404, message='Not Found', url='http://10.0.0.5/x'", '404'],
    ['404 contacts were not synced', undefined],
    ['order 404 was not found', undefined],
    ['call 55 11 91234 5678', undefined],
    ['', undefined],
  ])('%s: %s', (text, wanted) => {
    expect(errorTypeOf(text)).toBe(wanted)
  })
})

describe('the organization that the SDKs send', () => {
  const attributes = (values: Readonly<Record<string, string>>): object[] =>
    Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const span = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), name: 'x' }
  const metrics = [{ name: 'x', gauge: { dataPoints: [{ asDouble: 1 }] } }]

  it('is the namespace of the service, in metrics none: Prometheus would make it part of the job', () => {
    const engine = engineOf('')
    const left = (values: Readonly<Record<string, string>>): string[] => {
      const resource = { attributes: attributes(values) }
      const requests = [
        ['traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }],
        ['metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }],
      ] as const
      return requests.map(([signal, request]) => {
        const { batch } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
        return JSON.stringify(Object.values(decodeRequest(signal, batch!.bytes))[0])
      })
    }
    const [traces, points] = left({ 'service.name': 'hive', 'service.organization': 'namastex' })
    expect(traces).toContain('{"key":"service.namespace","value":{"stringValue":"namastex"}}')
    expect(points).not.toContain('namastex')
    expect(engine.tally.dropped.get('metric-organization')).toBe(1)
    for (const each of left({ 'service.name': 'orders', 'service.namespace': 'shop' })) expect(each).toContain('shop')
  })
})
