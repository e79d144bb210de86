// The two kinds of traffic that dashboards are looked at with, sent to a gateway, and what was sent.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { demoSender } from '../../../../src/commands/demo/send.ts'
import { demoTraffic, storyCount } from '../../../../src/commands/demo/traffic.ts'
import { atNow, post, recorded, type RecordedBody } from '../producers/bodies.ts'
import { addedUp, changedInDemo, changedInSamples } from './basics.ts'
import type { Sent } from './book.ts'

export interface SentTraffic {
  readonly sent: readonly Sent[]
  /** Fields that the gateway changes of it, by class. */
  readonly changed: Readonly<Record<string, number>>
}

interface Doors {
  readonly http: number
  readonly grpc: number
}

/** Every story of the six projects so many times: enough for quantiles that differ, and more traces than a panel shows. */
const rounds = 12
/** Between two requests, so that traces have an order. */
const apartMs = 13

export async function sendDemo({ http, grpc }: Doors): Promise<SentTraffic> {
  const sender = demoSender({ http: `http://127.0.0.1:${http}`, grpc: `127.0.0.1:${grpc}` })
  const count = rounds * storyCount
  let atMs = Date.now() - count * apartMs
  const requests = demoTraffic({ seed: 42, now: () => (atMs += apartMs) })
    .take(count)
    .toArray()
  for (const request of requests) await sender.send(request)
  sender.close()
  const changed = requests.map(({ project, title }) => changedInDemo[`${project} ${title}`])
  return { sent: requests, changed: addedUp(changed) }
}

const extra: readonly RecordedBody[] = (
  [
    ['genie-v4-claude-code-logs.synthesized.json', 'logs'],
    ['omni-v1-legacy-trace-command.json', 'traces'],
    // Python writes a NaN without quotes.
    ['python-sdk-0.1.4-trace-nan.not-valid-json.txt', 'traces'],
  ] as const
).map(([name, signal]) => ({
  name,
  signal,
  body: readFileSync(resolve(import.meta.dirname, '../../../samples/extra', name)),
}))

/** Every recorded request that is OTLP, once. */
export async function sendSamples({ http }: Doors): Promise<SentTraffic> {
  const bodies = [...recorded, ...extra].map((each) => ({ ...each, body: atNow(each.body) }))
  for (const { name, signal, body } of bodies) {
    const status = await post(http, signal, body)
    if (status !== 200) throw new Error(`${name} was answered ${status}`)
  }
  const sent = bodies.map(({ signal, body }) => ({
    signal,
    body: JSON.parse(body.toString().replaceAll(/\bNaN\b/g, 'null')),
  }))
  const changed = bodies.map(
    ({ name }) => Object.entries(changedInSamples).find(([start]) => name.startsWith(start))![1],
  )
  return { sent, changed: addedUp(changed) }
}
