import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startAdmin, type Admin } from '../../src/telemetry/admin.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function admin(port = 0, metrics = async (): Promise<string> => 'figure 1\n'): Promise<Admin> {
  const started = await startAdmin({ host: '127.0.0.1', port, health: () => ({ status: 'ok' }), metrics })
  opened.push(() => started.close())
  return started
}

const ask = ({ port }: Admin, path: string, method = 'GET'): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { method })

describe('admin', () => {
  it('answers /health with JSON', async () => {
    const response = await ask(await admin(), '/health')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ status: 'ok' })
  })

  it('answers /metrics in the Prometheus text format, whatever the query', async () => {
    const response = await ask(await admin(), '/metrics?name=x')
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await response.text()).toBe('figure 1\n')
  })

  it('answers HEAD without a body', async () => {
    const response = await ask(await admin(), '/health', 'HEAD')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })

  it('has nothing else, and takes nothing', async () => {
    const started = await admin()
    expect((await ask(started, '/')).status).toBe(404)
    const post = await ask(started, '/metrics', 'POST')
    expect(post.status).toBe(405)
    expect(post.headers.get('allow')).toBe('GET, HEAD')
  })

  it('hides why the figures cannot be had', async () => {
    const started = await admin(0, () => Promise.reject(new Error('secret detail')))
    const response = await ask(started, '/metrics')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
  })

  it('takes the next free port when its own is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    opened.push(() => new Promise((resolve) => other.close(resolve)))
    const taken = (other.address() as AddressInfo).port
    const started = await admin(taken)
    expect(started.port).toBeGreaterThan(taken)
    expect((await ask(started, '/health')).status).toBe(200)
  })

  it('says so when the address is none of this host', async () => {
    const options = { host: '192.0.2.1', port: 0, health: () => ({}), metrics: async () => '' }
    await expect(startAdmin(options)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  })
})
