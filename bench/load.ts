// Sends one body again and again over keep-alive connections, a fixed number of times, and says how long it took.
import { Agent, request } from 'node:http'

export interface Load {
  readonly port: number
  /** The same for all, or of each request by its number, from 0. */
  readonly body: Uint8Array | ((request: number) => Uint8Array)
  readonly headers: Readonly<Record<string, string>>
  readonly requests: number
  readonly connections: number
  /** Requests a second, sent when they are due however long the answers take; as fast as can be unless given. */
  readonly perSecond?: number
  /** Hears the number of each request that was answered 200. */
  readonly onTaken?: (request: number) => void
}

export interface LoadResult {
  readonly seconds: number
  /** Round trips in ms, ascending. */
  readonly latencies: readonly number[]
  /** Answers other than 200. */
  readonly failed: number
}

/** Runs the load; a 503 is sent again after 20 ms, as a client would. */
export async function run(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const latencies: number[] = []
  let left = load.requests
  let failed = 0
  const start = performance.now()
  const worker = async (): Promise<void> => {
    while (left > 0) {
      const number = load.requests - left
      const due = load.perSecond === undefined ? 0 : start + (number / load.perSecond) * 1000
      left--
      const early = due - performance.now()
      if (early > 0) await new Promise((done) => setTimeout(done, early))
      // Counted from when it was due, so that a peer that stalls does not hide the requests it holds up.
      const sent = due === 0 ? performance.now() : Math.max(due, start)
      const body = typeof load.body === 'function' ? load.body(number) : load.body
      let status = await send(agent, load, body)
      while (status === 503) {
        await new Promise((done) => setTimeout(done, 20))
        status = await send(agent, load, body)
      }
      if (status === 200) load.onTaken?.(number)
      else failed++
      latencies.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: load.connections }, worker))
  agent.destroy()
  return { seconds: (performance.now() - start) / 1000, latencies: latencies.toSorted((a, b) => a - b), failed }
}

function send(agent: Agent, { port, headers }: Load, body: Uint8Array): Promise<number> {
  return new Promise((done, fail) => {
    const outgoing = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path: '/v1/traces',
        method: 'POST',
        headers: { ...headers, 'content-length': body.length },
      },
      (answer) => {
        answer.resume()
        answer.on('end', () => done(answer.statusCode ?? 0))
        answer.on('error', fail)
      },
    )
    outgoing.on('error', fail)
    outgoing.end(body)
  })
}
