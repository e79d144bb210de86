import { describe, expect, it } from 'vitest'
import { startRig, type Rig } from './rig.ts'

const bearerToken = 'bearer-7f3a9c'
const pathToken = 'path-51d0be/é'
const prefix = `/t/${encodeURIComponent(pathToken)}`

async function post(rig: Rig, path: string, authorization?: string): Promise<{ status: number; all: string }> {
  const response = await fetch(`http://127.0.0.1:${rig.http.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: '{}',
  })
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`)
  return { status: response.status, all: [...headers, await response.text()].join('\n') }
}

describe('with a bearer token and a path token', () => {
  it.each([
    ['the bearer token', '/v1/traces', `Bearer ${bearerToken}`],
    ['the scheme in another case', '/v1/traces', `bearer  ${bearerToken}`],
    ['the path token', `${prefix}/v1/traces`, undefined],
    ['the path token behind a query', `${prefix}/v1/traces?x=/t/y/`, undefined],
    ['both', `${prefix}/v1/traces`, `Bearer ${bearerToken}`],
    ['a wrong path token and the bearer token', '/t/wrong/v1/traces', `Bearer ${bearerToken}`],
    ['a wrong bearer token and the path token', `${prefix}/v1/traces`, 'Bearer wrong'],
  ])('takes a request with %s', async (_name, path, authorization) => {
    await using rig = await startRig({ auth: { bearerToken, pathToken } })
    expect(await post(rig, path, authorization)).toMatchObject({ status: 200 })
    expect(rig.arrivals).toHaveLength(1)
  })

  it.each([
    ['no token', '/v1/traces', undefined],
    ['a wrong bearer token', '/v1/traces', 'Bearer wrong'],
    ['a bearer token of the same length', '/v1/traces', `Bearer ${bearerToken.slice(0, -1)}d`],
    ['a prefix of the bearer token', '/v1/traces', `Bearer ${bearerToken.slice(0, -1)}`],
    ['the bearer token without its scheme', '/v1/traces', bearerToken],
    ['the bearer token under another scheme', '/v1/traces', `Basic ${bearerToken}`],
    ['the path token as bearer token', '/v1/traces', 'Bearer path-51d0be'],
    ['a wrong path token', '/t/wrong/v1/traces', undefined],
    ['the bearer token as path token', `/t/${bearerToken}/v1/traces`, undefined],
    ['a path token that is no valid encoding', '/t/%ff/v1/traces', undefined],
  ])('refuses a request with %s', async (_name, path, authorization) => {
    await using rig = await startRig({ auth: { bearerToken, pathToken } })
    const answer = await post(rig, path, authorization)
    expect(answer.status).toBe(401)
    expect(answer.all).toContain('www-authenticate: Bearer')
    expect(JSON.parse(answer.all.split('\n').at(-1)!)).toEqual({ code: 16, message: 'a valid token is needed' })
    expect(rig.arrivals).toEqual([])
    expect(rig.observed).toEqual(['refused http unauthenticated'])
  })

  it.each([
    '/t//v1/traces',
    '/t/v1/traces',
    `${prefix}/v1/traces/`,
    `${prefix}//v1/traces`,
    `/T/${bearerToken}/v1/traces`,
  ])('knows no path %s', async (path) => {
    await using rig = await startRig({ auth: { bearerToken, pathToken } })
    expect(await post(rig, path, `Bearer ${bearerToken}`)).toMatchObject({ status: 404 })
  })

  it('repeats no token in any answer', async () => {
    await using rig = await startRig({ auth: { bearerToken, pathToken } })
    const paths = [
      '/v1/traces',
      `${prefix}/v1/traces`,
      `${prefix}/v1/x`,
      `/t/${bearerToken}/v1/logs`,
      `/${bearerToken}`,
    ]
    const outcomes = [
      () => ({ is: 'taken', refused: [{ reason: 'x', records: 1 }] }) as const,
      () => ({ is: 'refused', reason: 'malformed', message: 'm' }) as const,
      () => {
        throw new Error(`with ${bearerToken}`)
      },
    ]
    for (const consume of outcomes) {
      rig.consume = consume
      for (const path of paths)
        for (const authorization of [undefined, `Bearer ${bearerToken}`, `Basic ${bearerToken}`]) {
          const { all } = await post(rig, path, authorization)
          expect(all).not.toMatch(/7f3a9c|51d0be/)
        }
    }
    expect(rig.observed.join('\n')).not.toMatch(/7f3a9c|51d0be/)
  })
})

it('takes everybody when no token is configured', async () => {
  await using rig = await startRig()
  expect(await post(rig, '/v1/traces', 'Bearer whatever')).toMatchObject({ status: 200 })
})

it('knows no path with a token when no path token is configured', async () => {
  await using rig = await startRig({ auth: { bearerToken } })
  expect(await post(rig, '/t/x/v1/traces', `Bearer ${bearerToken}`)).toMatchObject({ status: 404 })
})
