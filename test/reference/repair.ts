// What repair does to records, on plain objects: dialect, ids, times, outcome. Written from the product's rules.
import { createHash } from 'node:crypto'
import { errorTypeOf, mostErrorText } from '../../src/processors/error-type.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { type Attribute, numberOf, plainText } from './attributes.ts'
import { type AnyValue, type Message, messagesOf } from './model.ts'
import { lossy } from './values.ts'
import type { Signal } from './schema.ts'

const textField = (message: Message | undefined, field: string): string => {
  const value = message?.[field]
  return typeof value === 'string' || Buffer.isBuffer(value) ? lossy(value) : ''
}

/** The text of the last attribute of a name that has one. */
export function textAttribute(pairs: readonly Message[], name: string): string | undefined {
  const texts = pairs
    .filter(({ key }) => key === name)
    .map(({ value }) => (value as AnyValue | undefined)?.stringValue)
    .filter((text) => text !== undefined)
  const last = texts.at(-1)
  return last === undefined ? undefined : lossy(last)
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
  const names = [...aliases.keys(), ...aliases.values(), ...events.keys(), ...program.events.keys()]
  const known = names.includes(spanName)
  return signal !== 'traces' || (sdk?.startsWith('automagik-') ?? false) || known
}

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0)
const bytesField = (message: Message, field: string): Buffer => {
  const value = message[field]
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

export const messagesWithIds = new Set(['Span', 'Link', 'Exemplar', 'LogRecord'])

/** Removes ids that no store accepts: of a wrong length, or zero. */
export function dropBadIds(message: Message): void {
  for (const [field, length] of [
    ['traceId', 16],
    ['spanId', 8],
    ['parentSpanId', 8],
  ] as const) {
    const id = bytesField(message, field)
    if (id.length !== length || isZero(id)) delete message[field]
  }
}

/** Why a span is refused for its ids, if it is; a span id that is missing or zero is derived. */
export function repairSpanIds(span: Message): string | undefined {
  const traceId = bytesField(span, 'traceId')
  const spanId = bytesField(span, 'spanId')
  if (traceId.length !== 16 || isZero(traceId)) return 'invalid-trace-id'
  if (spanId.length !== 8 && spanId.length !== 0) return 'invalid-span-id'
  if (isZero(spanId)) span.spanId = derivedId
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

const find = (attributes: readonly Attribute[], name: string): AnyValue | undefined =>
  attributes.findLast(({ canonical }) => canonical === name)?.value

/** Start and status of a dialect's span, by its attributes. @returns its `error.type` where it failed and says none */
export function repairSpanOutcome(
  span: Message,
  attributes: readonly Attribute[],
  event: string | undefined,
): string | undefined {
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
  else return undefined
  span.status = status
  if (status.code !== 2 || find(attributes, 'error.type') !== undefined) return undefined
  if (attributes.some(({ canonical }) => canonical === 'error.type')) return undefined
  if (Number.isInteger(http) && http >= 500 && http < 600) return String(http)
  const text = error?.stringValue === undefined ? '' : lossy(error.stringValue)
  return Buffer.byteLength(text) > mostErrorText ? undefined : errorTypeOf(text)
}

export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Ids that a dialect's log has as attributes, moved into its fields where those are empty. Returns what stays. */
export function liftLogIds(log: Message, attributes: readonly Attribute[]): readonly Attribute[] {
  const parse = {
    traceId: (text: string) => {
      const hex = uuid.test(text) ? text.replaceAll('-', '') : text
      return /^([0-9a-f]{32}|[0-9a-f]{64})$/i.test(hex) ? Buffer.from(hex.slice(0, 32), 'hex') : undefined
    },
    spanId: (text: string) => (/^[0-9a-f]{16}$/i.test(text) ? Buffer.from(text, 'hex') : undefined),
  }
  const lifted = (
    [
      ['traceId', 'trace_id'],
      ['spanId', 'span_id'],
    ] as const
  ).map(([field, name]) => {
    const attribute = attributes.findLast(({ canonical }) => canonical === name)
    const text = attribute?.value?.stringValue
    const id = typeof text === 'string' ? parse[field](text) : undefined
    if (!id || isZero(id) || bytesField(log, field).length > 0) return undefined
    log[field] = id
    return attribute
  })
  const gone = new Set(lifted)
  return attributes.filter((attribute) => !gone.has(attribute))
}

/** The canonical name of a log's event, in the attribute and in the field. @param stays whether privacy leaves it there */
export function nameLog(log: Message, attributes: readonly Attribute[], event: string, stays: boolean): void {
  for (const attribute of attributes) {
    if (!attribute.isOld && attribute.canonical === 'event.name') attribute.value = { stringValue: event }
  }
  if (log.eventName !== undefined || stays) log.eventName = event
}

/** Of a metric's resource: what Prometheus would make part of the job. Under its own name a namespace stays. */
export function isOrganization({ canonical, repaired }: Attribute): boolean {
  return canonical === 'service.namespace' && repaired !== canonical
}
