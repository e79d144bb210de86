// The stores behind the gateway, all of them on free ports.
import { findPeer, type PeerName } from '../peers.ts'
import { skipped } from '../report.ts'
import { startJaeger, type Jaeger } from './jaeger.ts'
import { startLoki, type Loki } from './loki.ts'
import { startPrometheus, type Prometheus, type PrometheusSettings } from './prometheus.ts'
import { startTempo, type Tempo } from './tempo.ts'

export interface Stores {
  readonly prometheus: Prometheus
  readonly loki: Loki
  readonly jaeger: Jaeger
  /** Or its stand-in. */
  readonly tempo: Tempo
  /** All that the stores can be asked for, as text: for searching. */
  everything(): Promise<string>
  stop(): Promise<void>
}

/** The servers that a whole way needs; Tempo has a stand-in. */
export const storeNames = ['prometheus', 'loki', 'jaeger'] as const

/** Says of each peer that is not at hand that it was skipped. True when all are there. */
export function areAtHand(...names: readonly PeerName[]): boolean {
  const missing = names.flatMap((name) => {
    const found = findPeer(name)
    return 'missing' in found ? [{ name, reason: found.missing }] : []
  })
  for (const { name, reason } of missing) skipped(name, reason)
  return missing.length === 0
}

/** @throws when it is not at hand */
export function pathOf(name: PeerName): string {
  const found = findPeer(name)
  if ('missing' in found) throw new Error(found.missing)
  return found.path
}

/** Starts all or none. */
export async function startStores(settings: { prometheus?: PrometheusSettings } = {}): Promise<Stores> {
  const started = await Promise.allSettled([
    startPrometheus(pathOf('prometheus'), settings.prometheus),
    startLoki(pathOf('loki')),
    startJaeger(pathOf('jaeger')),
    startTempo(),
  ])
  const stop = async (): Promise<void> => {
    await Promise.all(started.flatMap((store) => (store.status === 'fulfilled' ? [store.value.stop()] : [])))
  }
  const [prometheus, loki, jaeger, tempo] = started
  if (
    prometheus.status === 'rejected' ||
    loki.status === 'rejected' ||
    jaeger.status === 'rejected' ||
    tempo.status === 'rejected'
  ) {
    await stop()
    throw started.find((store) => store.status === 'rejected')?.reason
  }
  const stores = { prometheus: prometheus.value, loki: loki.value, jaeger: jaeger.value, tempo: tempo.value }
  return {
    ...stores,
    everything: async () => (await Promise.all(Object.values(stores).map((store) => store.everything()))).join('\n'),
    stop,
  }
}
