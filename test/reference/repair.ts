// What repair does to records, on plain objects: dialect, ids, times, outcome. Written from the product's rules.
import { createHash } from 'node:crypto'
import type { Program } from '../../src/ruleset/program.ts'
import { type Attribute, numberOf, plainText } from './attributes.ts'
import { type AnyValue, type Message, messagesOf } from './model.ts'
import { lossy } from './values.ts'
import type { Signal } from './schema.ts'

const textField = (message: Message | undefined, field: string): string => {
  const value = message?.[field]
  return typeof value === 'string' || Buffer.isBuffer(value) ? lossy(value) : ''
}

/** The text of the last attribute of a name. */
export function textAttribute(pairs: readonly Message[], name: string): string | undefined {
  const value = pairs.findLast((pair) => pair.key === name)?.value as AnyValue | undefined
  return value?.stringValue === undefined ? undefined : lossy(value.stringValue)
}

/** Whether a record was sent by an Automagik SDK or program. */
export function isDialect(
  program: Program,
  signal: Signal,
  resource: Message,
  scope: Message,
  spanName: string,
): boolean {
  if (!program.repair || !textField(scope, 'name').endsWith('.telemetry')) return false
  const sdk = textAttribute(messagesOf(resource.attributes), 'telemetry.sdk.name')
  const { aliases, events } = program.conventions
  const known = aliases.has(spanName) || events.has(spanName) || [...aliases.values()].includes(spanName)
  return signal !== 'traces' || (sdk?.startsWith('automagik-') ?? false) || known
}

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0)
const bytesField = (message: Message, field: string): Buffer => {
  const value = message[field]
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

/** Gives a span the ids it must have. Returns why the span is refused, if it is. */
export function repairSpanIds(span: Message): string | undefined {
  const traceId = bytesField(span, 'traceId')
  if (traceId.length !== 16 || isZero(traceId)) return 'invalid-trace-id'
  const spanId = bytesField(span, 'spanId')
  if (spanId.length !== 8 && spanId.length !== 0) return 'invalid-span-id'
  if (isZero(spanId)) span.spanId = derivedId
  if (![0, 8].includes(bytesField(span, 'parentSpanId').length)) delete span.parentSpanId
  const links = messagesOf(span.links).filter((link) => hasGoodIds(link))
  if (links.length) span.links = links
  else delete span.links
  return undefined
}

/** Stands for an id made from a hash of the record: any eight bytes but zero. */
export const derivedId = createHash('sha256').update('any id').digest().subarray(0, 8)

function hasGoodIds(message: Message): boolean {
  const traceId = bytesField(message, 'traceId')
  const spanId = bytesField(message, 'spanId')
  return traceId.length === 16 && spanId.length === 8 && !isZero(traceId) && !isZero(spanId)
}

/** Ids of a log record or an exemplar: of the right length, or none. */
export function dropBadIds(message: Message): void {
  if (bytesField(message, 'traceId').length !== 16) delete message.traceId
  if (bytesField(message, 'spanId').length !== 8) delete message.spanId
}

const find = (attributes: readonly Attribute[], name: string): AnyValue | undefined =>
  attributes.find(({ canonical }) => canonical === name)?.value

/** Start and status of a dialect's span, by its attributes. */
export function repairSpanOutcome(span: Message, attributes: readonly Attribute[], event: string | undefined): void {
  const end = (span.endTimeUnixNano ?? 0n) as bigint
  const start = (span.startTimeUnixNano ?? 0n) as bigint
  const duration = numberOf(find(attributes, 'duration_ms'))
  if (duration !== undefined && Number.isFinite(duration) && duration >= 0 && end > 0n) {
    const nanos = BigInt(Math.round(duration * 1e6))
    if (nanos <= end && (end - start < 1_000_000n || start === 0n)) {
      if (end - nanos === 0n) delete span.startTimeUnixNano
      else span.startTimeUnixNano = end - nanos
    }
  }
  const status = { ...(span.status as Message | undefined) }
  const code = (status.code ?? 0) as number
  const failed = /^false$/i.test(plainText(find(attributes, 'success')))
  const error = find(attributes, 'error')
  const http = numberOf(find(attributes, 'http.response.status_code')) ?? 0
  if (event === 'automagik.error' || failed || (error?.stringValue?.length ?? 0) > 0 || http >= 500) status.code = 2
  else if (code === 1 && http >= 400) delete status.code
  else return
  span.status = status
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Ids that a dialect's log has as attributes, moved into its fields. Returns the attributes that stay. */
export function liftLogIds(log: Message, attributes: readonly Attribute[]): Attribute[] {
  const lift = (field: string, bytes: Buffer | undefined): boolean => {
    if (!bytes || isZero(bytes)) return false
    if (bytesField(log, field).length === 0) log[field] = bytes
    return true
  }
  return attributes.filter(({ canonical, value }) => {
    const text = plainText(value)
    if (canonical === 'trace_id') {
      const hex = uuid.test(text) ? text.replaceAll('-', '') : text
      return !lift(
        'traceId',
        /^([0-9a-f]{32}|[0-9a-f]{64})$/i.test(hex) ? Buffer.from(hex.slice(0, 32), 'hex') : undefined,
      )
    }
    if (canonical === 'span_id')
      return !lift('spanId', /^[0-9a-f]{16}$/i.test(text) ? Buffer.from(text, 'hex') : undefined)
    return true
  })
}

/** The route that a cleaned path belongs to. */
export function routeOf(path: string): string {
  const isId = (segment: string): boolean =>
    /^\d+$/.test(segment) ||
    uuid.test(segment) ||
    (/^[0-9a-f]{8,}$/i.test(segment) && /\d/.test(segment)) ||
    segment.includes('@') ||
    /hm:[^:/]+:[0-9a-f]+/.test(segment)
  const end = path.search(/[?#]/)
  return (end < 0 ? path : path.slice(0, end))
    .split('/')
    .map((segment) => (isId(segment) ? '{id}' : segment))
    .join('/')
}
