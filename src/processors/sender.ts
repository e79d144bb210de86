// Who sent a group of records: read off the resource and the scope before any record is judged, because protobuf
// promises no order and the resource may follow its spans.
import { lastLength, lengthEnd, ValueTag } from '../otlp/any-value.ts'
import { findField } from '../otlp/find-field.ts'
import { pair, readPair } from '../otlp/key-value.ts'
import { tagIn } from '../otlp/ops.ts'
import { truncated } from '../otlp/wire.ts'
import type { Items } from './items.ts'

export interface Sender {
  /** `service.name`; undefined where the resource has none. */
  readonly service: string | undefined
  /** Whether the resource names one of Automagik's SDKs or programs as its SDK. */
  readonly isAutomagik: boolean
}

const resourceTag = tagIn('ResourceSpans', 'resource')
const scopeTag = tagIn('ScopeSpans', 'scope')
const scopeNameTag = tagIn('InstrumentationScope', 'name')
const attributesTag = tagIn('Resource', 'attributes')
const serviceName = Buffer.from('service.name')
const sdkName = Buffer.from('telemetry.sdk.name')

/** Reads the sender off the resource among the items from `base` on. Of an attribute that occurs twice, the last counts. */
export function readSender(items: Items, bytes: Uint8Array, base: number): Sender {
  let service: string | undefined
  let sdk: string | undefined
  const resource = itemWithTag(items, base, resourceTag)
  let pos = resource < 0 ? 0 : items.start[resource]
  const end = resource < 0 ? 0 : items.end[resource]
  while (pos < end) {
    const at = findField(bytes, pos, end, attributesTag)
    if (at < 0) break
    // The length stands right before the content, so it is read again from the field's own end.
    const stop = at + lastLength
    if (stop > end) throw truncated(at)
    readPair(bytes, at, stop)
    if (isKey(bytes, serviceName)) service = pairText(bytes) ?? service
    else if (isKey(bytes, sdkName)) sdk = pairText(bytes) ?? sdk
    pos = stop
  }
  return { service, isAutomagik: sdk?.startsWith('automagik-') ?? false }
}

/** Whether the scope among the items is named as Automagik's SDKs name theirs: `<project>.telemetry`. */
export function isTelemetryScope(items: Items, bytes: Uint8Array, base: number): boolean {
  const scope = itemWithTag(items, base, scopeTag)
  if (scope < 0) return false
  const at = findField(bytes, items.start[scope], items.end[scope], scopeNameTag)
  return (
    at >= 0 &&
    Buffer.from(bytes.buffer, bytes.byteOffset + at, lastLength)
      .toString('latin1')
      .endsWith('.telemetry')
  )
}

function itemWithTag(items: Items, base: number, tag: number): number {
  for (let i = base; i < items.top; i++) if (items.tag[i] === tag) return i
  return -1
}

function isKey(bytes: Uint8Array, key: Uint8Array): boolean {
  if (pair.keyEnd - pair.keyStart !== key.length) return false
  for (let i = 0; i < key.length; i++) if (bytes[pair.keyStart + i] !== key[i]) return false
  return true
}

function pairText(bytes: Uint8Array): string | undefined {
  const { valueStart, valueEnd } = pair
  if (valueStart === valueEnd || bytes[valueStart] !== ValueTag.string) return undefined
  const content = lengthEnd(bytes, valueStart + 1, valueEnd)
  if (content + lastLength > valueEnd) throw truncated(valueStart)
  return Buffer.from(bytes.buffer, bytes.byteOffset + content, lastLength).toString()
}
