// Which web pages may send to the HTTP receiver, as a browser would ask.
import { describe, expect, it } from 'vitest'
import { createCors, type CorsOptions } from '../../src/receivers/cors.ts'
import { startRig } from './rig.ts'

const app = 'https://app.example.com'
const cors: CorsOptions = { allowedOrigins: [app] }

const preflight = (port: number, origin: string, path = '/v1/traces', asked = 'authorization,content-type') =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': asked },
  })
const send = (port: number, origin: string, headers: Record<string, string> = {}, path = '/v1/traces') =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, ...headers },
    body: '{}',
  })
const corsHeaders = (answer: Response): string[] =>
  [...answer.headers.keys()].filter((name) => name.startsWith('access-control-') || name === 'vary').toSorted()

describe('a page of an allowed origin', () => {
  it('is told by the preflight what it may send, without a token', async () => {
    await using rig = await startRig({
      cors: { ...cors, allowedHeaders: ['X-Team'], maxAgeSeconds: 600 },
      auth: { bearerToken: 'secret' },
    })
    const answer = await preflight(rig.http.port, app)
    expect(answer.status).toBe(204)
    expect(await answer.text()).toBe('')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'accept, authorization, content-encoding, content-type, x-requested-with, x-team',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    })
    expect(answer.headers.has('content-length')).toBe(false)
    expect(rig.observed).toEqual([])
  })

  it('sends with its token, and may read the answer', async () => {
    await using rig = await startRig({ cors, auth: { bearerToken: 'secret' } })
    const answer = await send(rig.http.port, app, { authorization: 'Bearer secret' })
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Retry-After',
      vary: 'Origin',
    })
    expect(rig.arrivals).toHaveLength(1)
  })

  it('may read why it is refused', async () => {
    await using rig = await startRig({ cors, auth: { bearerToken: 'secret' } })
    rig.consume = () => ({ is: 'busy', reason: 'queue-full', retryAfterMs: 1000 })
    const right = { authorization: 'Bearer secret' }
    const answers = [
      await send(rig.http.port, app),
      await send(rig.http.port, app, { ...right, 'content-type': 'text/plain' }),
      await send(rig.http.port, app, right, '/v2/traces'),
      await send(rig.http.port, app, right),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 415, 404, 503])
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe(app)
    expect(answers[3].headers.get('retry-after')).toBe('1')
  })

  it('may send to a path with a token, which the preflight need not have right', async () => {
    await using rig = await startRig({ cors, auth: { pathToken: 'abc' } })
    expect((await preflight(rig.http.port, app, '/t/abc/v1/logs')).status).toBe(204)
    expect((await preflight(rig.http.port, app, '/t/wrong/v1/logs')).status).toBe(204)
    expect((await send(rig.http.port, app, {}, '/t/abc/v1/logs')).status).toBe(200)
    expect((await send(rig.http.port, app, {}, '/t/wrong/v1/logs')).status).toBe(401)
  })
})

describe('nobody else is told anything', () => {
  it('a page of another origin', async () => {
    await using rig = await startRig({ cors })
    const asked = await preflight(rig.http.port, 'https://evil.example')
    expect([asked.status, corsHeaders(asked)]).toEqual([204, ['vary']])
    const sent = await send(rig.http.port, 'https://evil.example')
    expect([sent.status, corsHeaders(sent)]).toEqual([200, ['vary']])
  })

  it('a request of no page, and OPTIONS that is no preflight', async () => {
    await using rig = await startRig({ cors })
    const url = `http://127.0.0.1:${rig.http.port}/v1/traces`
    expect(corsHeaders(await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' } }))).toEqual([
      'vary',
    ])
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(405)
    expect((await fetch(url, { method: 'OPTIONS', headers: { origin: app } })).status).toBe(405)
    expect((await preflight(rig.http.port, app, '/other')).status).toBe(404)
  })

  it('anybody, where it is not configured', async () => {
    await using rig = await startRig()
    const asked = await preflight(rig.http.port, app)
    const sent = await send(rig.http.port, app)
    expect([asked.status, corsHeaders(asked), corsHeaders(sent)]).toEqual([405, [], []])
    expect(asked.headers.get('allow')).toBe('POST')
  })
})

describe('origins', () => {
  const allows = (allowedOrigins: string[], origin: string): boolean =>
    'Access-Control-Allow-Origin' in createCors({ allowedOrigins }).answer(origin)

  it.each([
    [['https://app.example.com'], 'https://app.example.com', true],
    [['https://App.Example.com'], 'https://app.example.com', true],
    [['https://app.example.com'], 'http://app.example.com', false],
    [['https://app.example.com'], 'https://app.example.com:8443', false],
    [['https://app.example.com'], 'https://app.example.com.evil.example', false],
    [['https://*.example.com'], 'https://a.b.example.com', true],
    [['https://*.example.com'], 'https://example.com', false],
    [['https://*.example.com'], 'https://evil.example/.example.com', false],
    [['https://*.example.com'], 'https://evil.example#.example.com', false],
    [['https://*.example.com'], 'https://evil.example?.example.com', false],
    [['https://*.example.com'], 'https://user@.example.com', false],
    [['http://localhost:*'], 'http://localhost:5173', true],
    [['http://localhost:*'], 'http://localhost.evil.example', false],
    [['https://aa*aa'], 'https://aaa', false],
    [['https://a.example', 'https://b.example'], 'https://b.example', true],
    [['https://a.example'], 'null', false],
    [['*'], 'null', true],
    [['*'], 'https://anything.example', true],
  ])('%j and %s: %s', (allowed, origin, expected) => {
    expect(allows(allowed, origin)).toBe(expected)
  })

  it('all of them is without what a browser keeps for this host', () => {
    expect(createCors({ allowedOrigins: ['*', app] }).answer(app)).toEqual({
      Vary: 'Origin',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': 'Retry-After',
    })
  })

  it('with any header get those that they ask for', () => {
    const { preflight } = createCors({ allowedOrigins: [app], allowedHeaders: ['*'] })
    const headers = { origin: app, 'access-control-request-method': 'POST' }
    expect(preflight({ ...headers, 'access-control-request-headers': 'x-a,x-b' })).toMatchObject({
      'Access-Control-Allow-Headers': 'x-a,x-b',
    })
    expect(preflight(headers)['Access-Control-Allow-Headers']).toContain('content-type')
  })
})
