// Tells that an exporter began to fail, and that it delivers again: once each, however many requests fail in between.
import type { ExporterFigures } from './instrument.ts'
import type { OwnLog } from './own-log.ts'

/** @returns what looks at the exporters, to be called now and then */
export function createExporterWatch(exporters: () => Iterable<ExporterFigures>, ownLog: OwnLog): () => void {
  const failing = new Map<string, boolean>()
  return () => {
    for (const { exporter, signal, trouble } of exporters()) {
      const key = `${exporter} ${signal}`
      const isFailing = trouble !== undefined
      if (isFailing === (failing.get(key) ?? false)) continue
      failing.set(key, isFailing)
      const attributes = { 'exporter.name': exporter, 'exporter.signal': signal, 'exporter.reason': trouble }
      if (isFailing) {
        ownLog.tell({ event: 'exporter.failing', severity: 'warn', body: 'an exporter cannot deliver', attributes })
      } else ownLog.tell({ event: 'exporter.recovered', body: 'the exporter delivers again', attributes })
    }
  }
}
