import { describe, expect, it } from 'vitest'
import { maxRequestBytesOf, signalUrl } from '../../src/backends/profiles.ts'

describe('the URL of a signal', () => {
  it.each([
    ['http://p:9090', 'metrics', 'prometheus', 'http://p:9090/api/v1/otlp/v1/metrics'],
    ['http://p:9090/', 'metrics', 'prometheus', 'http://p:9090/api/v1/otlp/v1/metrics'],
    ['http://p/prom/api/v1/otlp', 'metrics', 'prometheus', 'http://p/prom/api/v1/otlp/v1/metrics'],
    ['http://l:3100', 'logs', 'loki', 'http://l:3100/otlp/v1/logs'],
    ['http://l:3100/otlp/', 'logs', 'loki', 'http://l:3100/otlp/v1/logs'],
    ['http://t:4318', 'traces', 'tempo', 'http://t:4318/v1/traces'],
    ['http://c:4318/x?tenant=a', 'logs', 'collector', 'http://c:4318/x/v1/logs?tenant=a'],
    ['http://c:4318', 'logs', undefined, 'http://c:4318/v1/logs'],
  ] as const)('of %s for %s with the profile %s is %s', (endpoint, signal, profile, url) => {
    expect(signalUrl(new URL(endpoint), signal, profile).href).toBe(url)
  })
})

it('a gRPC server takes 4 MiB unless told otherwise, whatever it is', () => {
  expect(maxRequestBytesOf('otlp_grpc', undefined)).toBe(4 * 1024 * 1024)
  expect(maxRequestBytesOf('otlp_http', undefined)).toBeUndefined()
  expect(maxRequestBytesOf('otlp_http', 'loki')).toBeLessThan(4 * 1024 * 1024)
})
