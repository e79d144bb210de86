// The bodies that both peers get: a thousand spans a request with 14–17 attributes each, personal data in a chosen share
// of them, and single events as the SDKs send them. Made with the field table's own protobuf Root.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { requestType } from '../src/otlp/root.ts'

/** Spans per request. */
export const spansPerRequest = 1_000

/** A repeatable source of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
const int = (key: string, intValue: number): object => ({ key, value: { intValue } })

/**
 * An ExportTraceServiceRequest in protobuf.
 * @param personal share of the spans that carry an e-mail address, a home directory, a secret and a message
 */
export function traceBody(personal: number, seed = 1, count = spansPerRequest): Uint8Array {
  const random = seeded(seed)
  const hex = (bytes: number): Buffer =>
    Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 255) + 1))
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]
  const spans = Array.from({ length: count }, (_, index) => {
    const isPersonal = index < personal * count
    const id = Math.floor(random() * 1e6)
    const common = [
      text('http.request.method', pick(['GET', 'POST', 'PUT'])),
      text('http.route', pick(['/api/v1/instances', '/api/v1/tasks/{id}', '/health'])),
      int('http.response.status_code', pick([200, 201, 404])),
      text('server.address', 'api.internal'),
      int('server.port', 8080),
      text('network.protocol.version', '1.1'),
      text('url.scheme', 'https'),
      text('code.function', 'handleRequest'),
      text('thread.name', `worker-${index % 8}`),
      text('db.system', 'postgresql'),
      text('db.statement', 'SELECT id, name FROM tasks WHERE state = $1 ORDER BY created_at LIMIT 50'),
      { key: 'cache.hit', value: { boolValue: random() < 0.5 } },
      { key: 'duration_ms', value: { doubleValue: Math.round(random() * 1e5) / 100 } },
      text('feature_name', 'agent_invocation'),
    ]
    const own = [
      text('contact', `user${id}@example${id % 7}.com`),
      text('note', `read /home/ana${id % 100}/project/file.ts for request ${id % 1000}`),
      text('api_key', `key-number-${id}`),
    ]
    return {
      traceId: hex(16),
      spanId: hex(8),
      parentSpanId: hex(8),
      name: 'GET /api/v1/instances',
      kind: 2,
      startTimeUnixNano: '1795289840850000000',
      endTimeUnixNano: '1795289840862000000',
      attributes: isPersonal ? [...common, ...own] : common,
      status: { code: 1 },
    }
  })
  const request = {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'bench'), text('service.version', '1.2.3')] },
        scopeSpans: [{ scope: { name: 'bench', version: '1.0.0' }, spans }],
      },
    ],
  }
  const type = requestType('traces')
  return type.encode(type.fromObject(request)).finish()
}

/** One event as the npm SDK sends it, with an id that a strict server takes: so that both peers can be compared. */
export function eventBody(): Uint8Array {
  const sample = join(import.meta.dirname, '../test/samples/01-npm-sdk-0.1.3-trace-feature-used.json')
  const json = readFileSync(sample, 'utf8')
  return Buffer.from(json.replace(/"traceId":"([0-9a-f]{32})[0-9a-f]{32}"/, '"traceId":"$1"'))
}
