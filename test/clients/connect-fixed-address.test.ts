// docs/connect.md, "Omni v1 and Spark: a fixed address": the gateway with the page's file stands in for the host that
// their client has in its source. Requests are the recorded, unmodified ones.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { LookupFunction } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attributesOf, everything, logsIn, spansIn, until, written } from '../e2e/support/gateway.ts'
import { makeAuthority } from '../tls/certificates.ts'
import { startPageGateway, type PageGateway } from './connect-page.ts'

const host = 'telemetry.namastex.ai'
const samples = [
  '10-omni-v1-legacy-trace-api-request-phone-in-path',
  '11-omni-v1-legacy-trace-webhook-failed',
  '12-spark-legacy-trace-workflow-execution',
]
const personal = [/5511912345678/, /FAKEfake/, /10\.0\.0\.5/, /98f7b649/, /f112cbe5/]

let gateway: PageGateway
let ca: string
beforeAll(async () => {
  const authority = await makeAuthority()
  const { cert, key } = await authority.issue({ name: host, hosts: [host] })
  ca = authority.cert
  gateway = await startPageGateway('otlp/tls', { files: { 'tls/server.pem': cert, 'tls/server.key': key } })
})
afterAll(() => gateway?.stop())

/** Stands for the line in /etc/hosts. */
const lookup: LookupFunction = (_name, options, found) => {
  if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}

function post(path: string, body: string, trusted?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', connection: 'close' }
    const call = request(
      { host, port: gateway.tls, path, method: 'POST', headers, lookup, ...(trusted !== undefined && { ca: trusted }) },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

describe('the fixed address', () => {
  it('takes the recorded requests of Omni v1 and Spark, with the only status that counts for them', async () => {
    for (const name of samples) {
      const body = readFileSync(new URL(`../samples/${name}.json`, import.meta.url), 'utf8')
      expect([name, await post('/v1/traces', body, ca)]).toEqual([name, { status: 200, text: '{}' }])
    }
    await until('three spans', () => spansIn(written(gateway, 'traces')).length >= 3)
    const spans = spansIn(written(gateway, 'traces'))
    const byName = Object.fromEntries(spans.map((span) => [span.name, span]))
    expect(Object.keys(byName).toSorted()).toEqual([
      'automagik.api.request',
      'automagik.omni.webhook.processed',
      'automagik.spark.workflow.completed',
    ])
    expect(spans.every(({ traceId }) => /^[0-9a-f]{32}$/.test(traceId))).toBe(true)
    expect(attributesOf(byName['automagik.api.request'])['url.path']).toBe('/api/v1/traces/phone/{phone}')
    expect(byName['automagik.omni.webhook.processed'].status.code).toBe(2)
    const workflow = byName['automagik.spark.workflow.completed']
    expect(BigInt(workflow.endTimeUnixNano) - BigInt(workflow.startTimeUnixNano)).toBe(2_500_000_000n)
    const kept = everything(gateway.folder) + gateway.output()
    expect(personal.filter((value) => value.test(kept))).toEqual([])
  })

  it('answers what the page tries it with, and has the other signals too', async () => {
    expect(await post('/v1/traces', '{}', ca)).toEqual({ status: 200, text: '{}' })
    expect(await post('/v1/metrics', '{}', ca)).toEqual({ status: 200, text: '{}' })
    const log = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'by the fixed address' } }] }] }] }
    expect(await post('/v1/logs', JSON.stringify(log), ca)).toEqual({ status: 200, text: '{}' })
    await until('the log', () => logsIn(written(gateway, 'logs')).length >= 1)
  })

  it('is not believed by a program that does not trust the CA', async () => {
    await expect(post('/v1/traces', '{}')).rejects.toThrow(/certificate/)
  })
})
