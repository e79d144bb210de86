// What /health answers: what runs, and whether its exporters deliver. Names and figures only.
import type { ExporterFigures, QueueFigures, Sources } from './instrument.ts'

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
  const queue = sources.queue()
  const troubled =
    figures.some(({ trouble }) => trouble !== undefined) ||
    reloads?.isInForce === false ||
    queue?.trouble !== undefined ||
    (queue?.imbalances.length ?? 0) > 0
  return {
    status: stopping ? 'stopping' : troubled ? 'degraded' : 'ok',
    version: sources.build.version,
    uptime_seconds: Math.floor((Date.now() - sources.startedMs) / 1000),
    ruleset: reloads?.last === undefined ? sources.ruleset : { ...sources.ruleset, reload: reloads.last },
    receivers,
    ...(queue && { queue: queueOf(queue) }),
    exporters: [...new Set(figures.map(({ exporter }) => exporter))].map((exporter) => ({
      exporter,
      signals: Object.fromEntries(
        figures.filter((each) => each.exporter === exporter).map((each) => [each.signal, stateOf(each)]),
      ),
    })),
  }
}

function stateOf(figures: ExporterFigures): object {
  const { accepted, replayed, sent, failed, dead, queuedRecords, queuedBytes, capacityBytes } = figures
  const { oldestMs, trouble, isCircuitOpen } = figures
  return {
    accepted,
    ...(replayed > 0 && { replayed }),
    sent,
    lost: failed,
    dead_lettered: dead,
    queued: queuedRecords,
    queue_bytes: queuedBytes,
    queue_capacity_bytes: capacityBytes,
    ...(oldestMs !== undefined && { oldest_seconds: Math.max(0, Math.floor((Date.now() - oldestMs) / 1000)) }),
    last: trouble ?? 'ok',
    ...(isCircuitOpen && { circuit: 'open' }),
  }
}

function queueOf(figures: QueueFigures): object {
  const { fileBytes, deadLetters, quarantine, commits, commitFailures, trouble, imbalances } = figures
  return {
    disk_bytes: fileBytes,
    dead_letters: deadLetters.letters,
    ...(deadLetters.letters > 0 && { dead_letters_by_reason: deadLetters.kept }),
    ...(quarantine.letters > 0 && {
      quarantine: quarantine.kept.map(({ signal, reason, records }) => ({ signal, reason, records })),
    }),
    commits,
    commit_failures: commitFailures,
    books: imbalances.length === 0 ? 'balanced' : imbalances.map(({ name, signal }) => `${name} ${signal}`),
    last: trouble ?? 'ok',
  }
}
