// Where raw data can go in a Collector's configuration: a pipeline that a raw receiver feeds is tainted, and so is each
// that a connector feeds out of a tainted one.

interface Pipeline {
  readonly receivers: readonly string[]
  readonly exporters: readonly string[]
}

export interface CollectorConfig {
  readonly connectors?: Readonly<Record<string, unknown>>
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> }
}

/**
 * The exporters that get data which has not been through the gateway.
 * @param isClean whether a receiver is one that only the gateway sends to
 */
export function taintedExporters(
  { service, connectors = {} }: CollectorConfig,
  isClean: (receiver: string) => boolean,
): Set<string> {
  const pipelines = Object.values(service.pipelines)
  const isConnector = (name: string): boolean => Object.hasOwn(connectors, name)
  const tainted = new Set<string>()
  for (let size = -1; size !== tainted.size;) {
    size = tainted.size
    for (const { receivers, exporters } of pipelines) {
      const isTainted = receivers.some((name) => (isConnector(name) ? tainted.has(name) : !isClean(name)))
      if (isTainted) for (const exporter of exporters) tainted.add(exporter)
    }
  }
  return new Set([...tainted].filter((name) => !isConnector(name)))
}
