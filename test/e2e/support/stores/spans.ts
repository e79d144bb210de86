// Spans as the trace stores answer them, brought to one form: ids in hex, enums as numbers, attributes as an object.

export interface StoredSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  /** OTLP's numbers: 2 is SERVER. */
  readonly kind: number
  /** OTLP's numbers: 0 unset, 1 ok, 2 error. */
  readonly status: number
  readonly startMs: number
  readonly durationMs: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: string
  readonly events: readonly string[]
}

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((kind) => `SPAN_KIND_${kind}`)
const codes = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`)
const numberOf = (names: readonly string[], value: unknown): number =>
  typeof value === 'string' ? names.indexOf(value) : Number(value ?? 0)

/** Hex of an id that is in hex (OTLP) or in base64 (protobuf's own JSON, which Tempo answers). */
function hexId(id: unknown, bytes: 8 | 16): string {
  if (typeof id !== 'string' || id === '') return ''
  return id.length === bytes * 2 && /^[0-9a-f]+$/i.test(id)
    ? id.toLowerCase()
    : Buffer.from(id, 'base64').toString('hex')
}

/** The spans of OTLP JSON: of `resourceSpans`, or of Tempo's older `batches`. */
export function storedSpans(trace: any): StoredSpan[] {
  return (trace?.resourceSpans ?? trace?.batches ?? []).flatMap((group: any) =>
    (group.scopeSpans ?? []).flatMap((scope: any) =>
      (scope.spans ?? []).map((span: any): StoredSpan => {
        const [start, end] = [BigInt(span.startTimeUnixNano ?? 0), BigInt(span.endTimeUnixNano ?? 0)]
        return {
          traceId: hexId(span.traceId, 16),
          spanId: hexId(span.spanId, 8),
          parentSpanId: hexId(span.parentSpanId, 8),
          name: span.name ?? '',
          kind: numberOf(kinds, span.kind),
          status: numberOf(codes, span.status?.code),
          startMs: Number(start / 1_000_000n),
          durationMs: Number(end - start) / 1e6,
          attributes: plain(span.attributes),
          resource: plain(group.resource?.attributes),
          scope: scope.scope?.name ?? '',
          events: (span.events ?? []).map(({ name }: any) => name ?? ''),
        }
      }),
    ),
  )
}

/** OTLP attributes as an object; integers as numbers. */
export function plain(attributes: any): Record<string, unknown> {
  return Object.fromEntries((attributes ?? []).map(({ key, value }: any) => [key, plainValue(value)]))
}

function plainValue(value: any): unknown {
  if (value?.intValue !== undefined) return Number(value.intValue)
  if (value?.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plainValue)
  if (value?.kvlistValue !== undefined) return plain(value.kvlistValue.values)
  return Object.values(value ?? {})[0]
}
