// Who may ask for a reload over HTTP.
import { describe, expect, it } from 'vitest'
import { createGate } from '../../src/reload/endpoint.ts'

const status = (gate: ReturnType<typeof createGate>, headers: Record<string, string>): number =>
  gate(headers)?.status ?? 200

describe('on this machine only, without a token', () => {
  const gate = createGate('127.0.0.1', undefined)

  it.each(['127.0.0.1:8882', 'localhost:8882', '[::1]:8882', 'localhost', 'LOCALHOST:1'])('%s may be asked', (host) => {
    expect(status(gate, { host })).toBe(200)
  })

  it.each([
    ['a page that a browser shows', { host: '127.0.0.1:8882', origin: 'https://page.example' }],
    ['a page without an origin', { host: '127.0.0.1:8882', origin: 'null' }],
    ['a page of this machine', { host: '127.0.0.1:8882', origin: 'http://127.0.0.1:8882' }],
    ['a form of another page', { host: '127.0.0.1:8882', 'sec-fetch-site': 'cross-site' }],
    ['a name that leads here', { host: 'rebound.example:8882' }],
    ['a name that begins like this machine', { host: '127.0.0.1.example' }],
    ['nobody in particular', {}],
  ])('%s may not ask', (_who, headers) => {
    expect(gate(headers)).toMatchObject({ status: 403, body: { error: expect.stringContaining('web pages') } })
  })
})

describe('where other machines reach it', () => {
  it.each(['0.0.0.0', '::', '10.1.2.3', 'gateway.example'])('%s without a token: nobody, and what to write', (host) => {
    const refusal = createGate(host, undefined)({ host: '127.0.0.1' })
    expect(refusal).toMatchObject({ status: 403, body: { help: expect.stringContaining('bearer_token') } })
  })

  it('who has the token, whatever the name', () => {
    const gate = createGate('0.0.0.0', 'right')
    expect(status(gate, { host: 'gateway.example', authorization: 'Bearer right' })).toBe(200)
    expect(status(gate, { host: '127.0.0.1', authorization: 'Bearer wrong' })).toBe(401)
    expect(status(gate, { host: '127.0.0.1' })).toBe(401)
  })
})

it('a token is asked for on this machine as well, once there is one', () => {
  expect(status(createGate('127.0.0.1', 'right'), { host: 'localhost' })).toBe(401)
})
