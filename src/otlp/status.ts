// The bodies that answer an Export request: google.rpc.Status for refusals, Export*ServiceResponse for success and
// partial success, in both encodings; and reading a backend's answers of the same kinds.
import { signals, type Signal } from './fields.ts'
import { readVarint, readVarint64, varintEnd } from './wire.ts'
import { newWriter, closeLength, makeRoom, openLength, putBytes, putVarint, putVarint64, type Writer } from './write.ts'

export type Encoding = 'protobuf' | 'json'

/** google.rpc.BadRequest.FieldViolation. */
interface FieldViolation {
  readonly field: string
  readonly description: string
}

/** google.rpc.Status with the two details that OTLP knows. */
export interface Status {
  /** A google.rpc.Code, the same as the gRPC code. */
  readonly code: number
  readonly message: string
  /** BadRequest, for data that will never be accepted. */
  readonly fieldViolations?: readonly FieldViolation[]
  /** RetryInfo, for data that will be accepted later. */
  readonly retryDelayMs?: number
}

/** The partial success of an Export*ServiceResponse. With none rejected, the message is a warning. */
export interface PartialSuccess {
  readonly rejected: number
  readonly errorMessage: string
}

/** Responses above this are not allowed (OTLP specification, "Response size"); the message is cut to fit. */
export const maxResponseBytes = 4 * 1024 * 1024

const rejectedField: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
}
const badRequestType = 'type.googleapis.com/google.rpc.BadRequest'
const retryInfoType = 'type.googleapis.com/google.rpc.RetryInfo'

/** Encodes a Status; at most 4 MiB. */
export function encodeStatus(status: Status, encoding: Encoding): Uint8Array {
  const { message, fieldViolations = [] } = status
  return encodeWithin(message, (text, isWhole) => {
    // A message too long for its envelope takes the details with it: they repeat it.
    const shown = { ...status, message: text, fieldViolations: isWhole ? fieldViolations : [] }
    return encoding === 'json' ? jsonBytes(statusJson(shown)) : statusProtobuf(shown)
  })
}

/** Encodes an Export*ServiceResponse; at most 4 MiB. `partial_success` is unset when everything was taken. */
export function encodeResponse(signal: Signal, partial: PartialSuccess | undefined, encoding: Encoding): Uint8Array {
  if (partial === undefined) return encoding === 'json' ? jsonBytes({}) : new Uint8Array(0)
  return encodeWithin(partial.errorMessage, (errorMessage) =>
    encoding === 'json'
      ? jsonBytes({ partialSuccess: { [rejectedField[signal]]: String(partial.rejected), errorMessage } })
      : partialProtobuf({ ...partial, errorMessage }),
  )
}

function encodeWithin(message: string, encode: (message: string, isWhole: boolean) => Uint8Array): Uint8Array {
  const body = encode(message, true)
  if (body.length <= maxResponseBytes) return body
  // No character takes more than 12 bytes in either encoding.
  return encode(message.slice(0, Math.floor(maxResponseBytes / 16)), false)
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function statusJson({ code, message, fieldViolations = [], retryDelayMs }: Status): unknown {
  const details: unknown[] = []
  if (fieldViolations.length > 0) details.push({ '@type': badRequestType, fieldViolations })
  if (retryDelayMs !== undefined)
    details.push({ '@type': retryInfoType, retryDelay: `${(retryDelayMs / 1000).toFixed(3)}s` })
  return { code, message, ...(details.length > 0 ? { details } : {}) }
}

function statusProtobuf({ code, message, fieldViolations = [], retryDelayMs }: Status): Uint8Array {
  const w = newWriter(256)
  putNumber(w, 1, code)
  putString(w, 2, message)
  if (fieldViolations.length > 0) {
    putAny(w, badRequestType, () => {
      for (const { field, description } of fieldViolations) {
        putNested(w, 1, () => {
          putString(w, 1, field)
          putString(w, 2, description)
        })
      }
    })
  }
  if (retryDelayMs !== undefined) {
    putAny(w, retryInfoType, () =>
      putNested(w, 1, () => {
        putNumber(w, 1, Math.floor(retryDelayMs / 1000))
        putNumber(w, 2, Math.round((retryDelayMs % 1000) * 1e6))
      }),
    )
  }
  return w.out.slice(0, w.to)
}

function partialProtobuf({ rejected, errorMessage }: PartialSuccess): Uint8Array {
  const w = newWriter(256)
  putNested(w, 1, () => {
    putNumber(w, 1, rejected)
    putString(w, 2, errorMessage)
  })
  return w.out.slice(0, w.to)
}

/** google.protobuf.Any in Status.details. */
function putAny(w: Writer, type: string, put: () => void): void {
  putNested(w, 3, () => {
    putString(w, 1, type)
    putNested(w, 2, put)
  })
}

function putNested(w: Writer, field: number, put: () => void): void {
  makeRoom(w, 8)
  putVarint(w, (field << 3) | 2)
  const body = openLength(w, 1)
  put()
  closeLength(w, body, 1)
}

function putString(w: Writer, field: number, value: string): void {
  if (value === '') return
  const text = Buffer.from(value)
  makeRoom(w, text.length + 8)
  putVarint(w, (field << 3) | 2)
  putVarint(w, text.length)
  putBytes(w, text, 0, text.length)
}

function putNumber(w: Writer, field: number, value: number): void {
  if (value === 0) return
  makeRoom(w, 16)
  putVarint(w, field << 3)
  putVarint64(w, Math.floor(value / 0x1_0000_0000), value >>> 0)
}

/**
 * Reads a backend's Export*ServiceResponse. Undefined when there is no partial success in it, or when it is none:
 * a success with a body that cannot be read is still a success.
 */
export function decodeResponse(body: Uint8Array, encoding: Encoding): PartialSuccess | undefined {
  const read = encoding === 'json' ? responseJson : responseProtobuf
  return attempt(() => read(body))
}

/** The delay in a Status's RetryInfo, in milliseconds; undefined when there is none, or the body is no Status. */
export function decodeRetryDelay(body: Uint8Array, encoding: Encoding): number | undefined {
  const read = encoding === 'json' ? retryDelayJson : retryDelayProtobuf
  return attempt(() => read(body))
}

function attempt<T>(read: () => T | undefined): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function responseJson(body: Uint8Array): PartialSuccess | undefined {
  const partial = member(JSON.parse(Buffer.from(body).toString()), 'partialSuccess')
  if (partial === undefined) return undefined
  const rejected = signals.map((signal) => Number(member(partial, rejectedField[signal]))).find(Number.isSafeInteger)
  return partialOf(rejected ?? 0, member(partial, 'errorMessage'))
}

function responseProtobuf(body: Uint8Array): PartialSuccess | undefined {
  const partial = bytesField(body, 1)
  if (partial === undefined) return undefined
  return partialOf(Number(numberField(partial, 1)), Buffer.from(bytesField(partial, 2) ?? []).toString())
}

function partialOf(rejected: number, message: unknown): PartialSuccess | undefined {
  const errorMessage = typeof message === 'string' ? message : ''
  return rejected > 0 || errorMessage !== '' ? { rejected: Math.max(0, rejected), errorMessage } : undefined
}

function retryDelayJson(body: Uint8Array): number | undefined {
  const details = member(JSON.parse(Buffer.from(body).toString()), 'details')
  if (!Array.isArray(details)) return undefined
  const info: unknown = details.find((detail) => member(detail, '@type') === retryInfoType)
  const delay = member(info, 'retryDelay')
  if (typeof delay !== 'string' || !/^\d+(\.\d+)?s$/.test(delay)) return undefined
  return Math.round(Number(delay.slice(0, -1)) * 1000)
}

function retryDelayProtobuf(body: Uint8Array): number | undefined {
  for (const detail of bytesFields(body, 3)) {
    if (Buffer.from(bytesField(detail, 1) ?? []).toString() !== retryInfoType) continue
    const delay = bytesField(bytesField(detail, 2) ?? new Uint8Array(0), 1)
    if (delay === undefined) return undefined
    const ms = Number(numberField(delay, 1)) * 1000 + Math.round(Number(numberField(delay, 2)) / 1e6)
    return ms >= 0 ? ms : undefined
  }
  return undefined
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The values of a length-delimited field. Throws when the bytes are not protobuf. */
function bytesFields(bytes: Uint8Array, number: number): Uint8Array[] {
  return fieldsOf(bytes).flatMap(({ tag, start, end }) =>
    tag === ((number << 3) | 2) ? [bytes.subarray(start, end)] : [],
  )
}

function bytesField(bytes: Uint8Array, number: number): Uint8Array | undefined {
  return bytesFields(bytes, number).at(-1)
}

/** The last value of an int64 field; 0 when it is absent. */
function numberField(bytes: Uint8Array, number: number): bigint {
  const field = fieldsOf(bytes).findLast(({ tag }) => tag === number << 3)
  return field === undefined ? 0n : BigInt.asIntN(64, readVarint64(bytes, field.start, field.end))
}

function fieldsOf(bytes: Uint8Array): { tag: number; start: number; end: number }[] {
  const fields: { tag: number; start: number; end: number }[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = readVarint(bytes, at, bytes.length)
    let start = varintEnd(bytes, at, bytes.length)
    const wireType = tag % 8
    if (wireType === 0) {
      at = varintEnd(bytes, start, bytes.length)
    } else if (wireType === 2) {
      const length = readVarint(bytes, start, bytes.length)
      start = varintEnd(bytes, start, bytes.length)
      at = start + length
    } else if (wireType === 1 || wireType === 5) {
      at = start + (wireType === 1 ? 8 : 4)
    } else {
      throw new RangeError('not protobuf')
    }
    if (at > bytes.length) throw new RangeError('not protobuf')
    fields.push({ tag, start, end: at })
  }
  return fields
}
