// What Tempo takes and refuses, as it was measured: all of a request or nothing of it.
import { createRequire } from 'node:module'

// The OTLP classes that OpenTelemetry's own exporters were made with: nothing of the gateway's reads here.
const root = createRequire(import.meta.url)(
  '../../../../node_modules/@opentelemetry/otlp-transformer-0.214/build/src/generated/root.js',
)
const requestType = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest

/** A request that is not taken. The text quotes the request, as Tempo's does. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly reason: 'invalid_trace_id' | 'invalid_span_id' | undefined
  constructor(message: string, reason?: 'invalid_trace_id' | 'invalid_span_id') {
    super(message)
    this.reason = reason
  }
}

/** The resourceSpans of a JSON body, with ids in hex. A body of another signal has none. */
export function readJson(body: Buffer): any[] {
  const text = body.toString('utf8')
  for (const { index, 0: member, 1: key, 2: id } of text.matchAll(/"(trace|span|parentSpan)Id"\s*:\s*"([^"]*)"/g)) {
    if (id !== '' && id.length !== (key === 'trace' ? 32 : 16))
      throw new RefusedError(jsonFault('ID.UnmarshalJSONIter: length mismatch', text, index + member.length))
  }
  try {
    // Times are 64 bits, and may be written as numbers.
    return JSON.parse(text.replaceAll(/("\w+UnixNano"\s*:\s*)(\d+)/g, '$1"$2"')).resourceSpans ?? []
  } catch {
    throw new RefusedError(jsonFault('readObjectStart: expect { or n', text, 10))
  }
}

/** The error of Go's jsoniter: it quotes what stands around the fault. */
function jsonFault(fault: string, text: string, at: number): string {
  const around = (bytes: number): string => text.slice(Math.max(0, at - bytes), at + bytes)
  return `${fault}, error found in #10 byte of ...|${around(10)}|..., bigger context ...|${around(50)}|...`
}

/** The resourceSpans of a protobuf body, in OTLP's JSON form. */
export function readProtobuf(body: Buffer): any[] {
  let decoded: any
  try {
    decoded = requestType.toObject(requestType.decode(body), { longs: String, bytes: String })
  } catch {
    throw new RefusedError('proto: illegal wireType')
  }
  const resourceSpans: any[] = decoded.resourceSpans ?? []
  for (const span of spansOf(resourceSpans)) {
    span.traceId = hexOf(span.traceId, 16)
    span.spanId = hexOf(span.spanId, 8)
    span.parentSpanId = hexOf(span.parentSpanId, 8)
  }
  return resourceSpans
}

/** An id of another length is as bad as none. */
function hexOf(base64: string | undefined, bytes: 8 | 16): string {
  const id = Buffer.from(base64 ?? '', 'base64')
  return id.length === bytes ? id.toString('hex') : ''
}

export function spansOf(resourceSpans: any[]): any[] {
  return resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }: any) => spans))
}

const isZero = (id: string): boolean => /^0*$/.test(id)

/** Refuses a request with one id that is empty or all zeros. */
export function checkIds(resourceSpans: any[]): void {
  for (const { traceId = '', spanId = '' } of spansOf(resourceSpans)) {
    if (isZero(traceId))
      throw new RefusedError(`trace ids must be 128 bit, received ${traceId.length * 4} bits`, 'invalid_trace_id')
    if (isZero(spanId))
      throw new RefusedError(
        `span ids must be 64 bit and not all zero, received ${spanId.length * 4} bits`,
        'invalid_span_id',
      )
  }
}

const maxAttributeBytes = 2048

/** Cuts texts of attributes; returns how many were cut. Nothing else says so. */
export function truncateAttributes(resourceSpans: any[]): number {
  let cut = 0
  const shorten = (attributes: any[] = []): void => {
    for (const { value } of attributes) {
      const bytes = typeof value?.stringValue === 'string' ? Buffer.from(value.stringValue, 'utf8') : undefined
      if (bytes === undefined || bytes.length <= maxAttributeBytes) continue
      value.stringValue = bytes.subarray(0, maxAttributeBytes).toString('utf8')
      cut++
    }
  }
  for (const { resource } of resourceSpans) shorten(resource?.attributes)
  for (const span of spansOf(resourceSpans)) {
    shorten(span.attributes)
    for (const { attributes } of [...(span.events ?? []), ...(span.links ?? [])]) shorten(attributes)
  }
  return cut
}

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((kind) => `SPAN_KIND_${kind}`)
const codes = ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`)

/** Protobuf's own JSON of a span, which Tempo answers: ids in base64, enums by name. */
export function answered({ traceId, spanId, parentSpanId, kind, status, ...span }: any): any {
  const base64 = (id: string | undefined): string | undefined =>
    id ? Buffer.from(id, 'hex').toString('base64') : undefined
  const named = (names: readonly string[], value: unknown): unknown =>
    typeof value === 'number' ? names[value] : (value ?? names[0])
  return {
    traceId: base64(traceId),
    spanId: base64(spanId),
    parentSpanId: base64(parentSpanId),
    ...span,
    kind: named(kinds, kind),
    status: status === undefined ? {} : { ...status, code: named(codes, status.code) },
  }
}
