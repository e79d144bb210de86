// Tempo where its binary is at hand, with the configuration of deploy/; else a stand-in. And its API.
import { resolve } from 'node:path'
import { answers, findPeer, freePort } from '../peers.ts'
import { startServer, temporaryFolder } from '../processes.ts'
import { startTempoStandIn } from '../tempo/stand-in.ts'
import { ask, askJson, parameters } from './ask.ts'
import type { Series } from './prometheus.ts'
import { plain, storedSpans, type StoredSpan } from './spans.ts'

const configuration = resolve(import.meta.dirname, '../../../../deploy/tempo/tempo.yaml')

interface FoundTrace {
  /** 32 hex digits. */
  readonly traceId: string
  readonly rootName: string
  readonly rootService: string
  readonly durationMs: number
  /** Spans that the query selected. Tempo counts too few for a trace that came in parts. */
  readonly matched: number
}

export interface Tempo {
  /** Which of the two answers. */
  readonly is: 'tempo' | 'tempo-stand-in'
  readonly url: string
  readonly otlp: string
  readonly otlpGrpc: string
  /** The spans of a trace; none when it is not known. */
  trace(traceId: string): Promise<StoredSpan[]>
  /** Traces of the last hour. */
  search(traceQl: string, limit?: number): Promise<FoundTrace[]>
  queryRange(traceQl: string, options?: { minutes?: number; stepS?: number }): Promise<Series[]>
  /** All traces of the last hour, as text. */
  everything(): Promise<string>
  stop(): Promise<void>
}

export async function startTempo(): Promise<Tempo> {
  const found = findPeer('tempo')
  return 'path' in found ? startRealTempo(found.path) : startStandIn()
}

export async function startStandIn(): Promise<Tempo> {
  const standIn = await startTempoStandIn()
  return { ...tempoApi('tempo-stand-in', standIn.url), ...standIn }
}

export async function startRealTempo(path: string): Promise<Tempo> {
  const ports = {
    http: await freePort(),
    grpc: await freePort(),
    otlpGrpc: await freePort(),
    otlpHttp: await freePort(),
  }
  const url = `http://127.0.0.1:${ports.http}`
  const running = await startServer(
    path,
    [`-config.file=${configuration}`, '-config.expand-env=true'],
    () => answers(`${url}/ready`),
    {
      env: {
        TEMPO_DIR: temporaryFolder('tempo'),
        TEMPO_LISTEN_ADDRESS: '127.0.0.1',
        TEMPO_HTTP_PORT: String(ports.http),
        TEMPO_GRPC_PORT: String(ports.grpc),
        TEMPO_OTLP_GRPC_PORT: String(ports.otlpGrpc),
        TEMPO_OTLP_HTTP_PORT: String(ports.otlpHttp),
      },
    },
  )
  return {
    ...tempoApi('tempo', url),
    otlp: `http://127.0.0.1:${ports.otlpHttp}`,
    otlpGrpc: `127.0.0.1:${ports.otlpGrpc}`,
    // It hangs on SIGTERM once it was queried.
    stop: () => running.stop('SIGKILL'),
  }
}

function tempoApi(is: Tempo['is'], url: string): Omit<Tempo, 'otlp' | 'otlpGrpc' | 'stop'> {
  const seconds = (): { start: number; end: number } => {
    const now = Math.ceil(Date.now() / 1000)
    return { start: now - 3600, end: now + 60 }
  }
  const trace = async (traceId: string): Promise<any> => (await askJson(`${url}/api/v2/traces/${traceId}`)).trace
  const search = async (traceQl: string, limit = 1000): Promise<FoundTrace[]> => {
    const { traces } = await askJson(`${url}/api/search?${parameters({ q: traceQl, limit, ...seconds() })}`)
    return (traces ?? []).map((found: any) => ({
      traceId: found.traceID.padStart(32, '0'),
      rootName: found.rootTraceName ?? '',
      rootService: found.rootServiceName ?? '',
      durationMs: found.durationMs ?? 0,
      matched: (found.spanSets ?? [found.spanSet]).reduce((sum: number, set: any) => sum + (set?.matched ?? 0), 0),
    }))
  }
  return {
    is,
    url,
    trace: async (traceId) => storedSpans(await trace(traceId)),
    search,
    async queryRange(traceQl, { minutes = 5, stepS = 15 } = {}) {
      const end = Math.ceil(Date.now() / 1000) + stepS
      const values = { q: traceQl, start: end - minutes * 60, end, step: `${stepS}s` }
      const { series } = await askJson(`${url}/api/metrics/query_range?${parameters(values)}`)
      return (series ?? []).map(({ labels, samples }: any) => ({
        labels: Object.fromEntries(Object.entries(plain(labels)).map(([key, value]) => [key, String(value)])),
        samples: (samples ?? []).map(({ timestampMs, value }: any) => [Number(timestampMs) / 1000, value ?? 0]),
      }))
    },
    async everything() {
      const found = await ask(`${url}/api/search?${parameters({ q: '{}', limit: 10_000, ...seconds() })}`)
      const traces = await Promise.all((await search('{}', 10_000)).map(({ traceId }) => trace(traceId)))
      return found.text + JSON.stringify(traces)
    },
  }
}
