// What /health answers: what runs, and whether its exporters deliver. Names and figures only.
import type { ExporterFigures, Sources } from './metrics.ts'

/** An address that a receiver listens on. */
export interface HealthReceiver {
  readonly receiver: string
  readonly protocol: string
  readonly endpoint: string
  /** `plaintext`, `tls`, or `mtls`: with certificates of those who connect. */
  readonly security: string
}

/** The body of /health. `degraded`: everything is taken, but an exporter cannot deliver, or a changed ruleset was refused. */
export function healthOf(sources: Sources, receivers: readonly HealthReceiver[], stopping: boolean): object {
  const figures = [...sources.exporters()]
  const reloads = sources.reloads()
  const troubled = figures.some(({ trouble }) => trouble !== undefined) || reloads?.isInForce === false
  return {
    status: stopping ? 'stopping' : troubled ? 'degraded' : 'ok',
    version: sources.build.version,
    uptime_seconds: Math.floor((Date.now() - sources.startedMs) / 1000),
    ruleset: reloads?.last === undefined ? sources.ruleset : { ...sources.ruleset, reload: reloads.last },
    receivers,
    exporters: [...new Set(figures.map(({ exporter }) => exporter))].map((exporter) => ({
      exporter,
      signals: Object.fromEntries(
        figures.filter((each) => each.exporter === exporter).map((each) => [each.signal, stateOf(each)]),
      ),
    })),
  }
}

function stateOf({ sent, failed, queuedBytes, capacityBytes, trouble, isCircuitOpen }: ExporterFigures): object {
  return {
    sent,
    lost: failed,
    queue_bytes: queuedBytes,
    queue_capacity_bytes: capacityBytes,
    last: trouble ?? 'ok',
    ...(isCircuitOpen && { circuit: 'open' }),
  }
}
