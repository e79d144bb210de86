// Whose series these are. What programs of Automagik send is added up over all their users and processes, under a
// resource of its own: an id for each session would be a new series for each run of a command line. Others keep their
// resource. Both carry the id of this gateway, so that two gateways never write one series. Prometheus tells resources
// apart by job and instance only: no two of them may have the same.
import { createHash } from 'node:crypto'
import { delimitedValue, ValueTag } from '../otlp/any-value.ts'
import { FieldCursor } from '../otlp/cursor.ts'
import { keyValue, pair, readPair } from '../otlp/key-value.ts'
import { tagIn } from '../otlp/ops.ts'
import { varintSize, writeVarint } from '../otlp/wire.ts'
import { textAt, valueText } from './labels.ts'
import { storedLabel } from './stored-names.ts'

/** A resource that was read: its attributes as text, and where they are. */
export interface Resource {
  readonly text: ReadonlyMap<string, string>
  /** The Resource message, without tag and length. */
  readonly bytes: Uint8Array
  readonly service: Service
}

/** The service of series that are added up over its processes: the label `job` in Prometheus. */
export interface Service {
  readonly name: string
  /**
   * '' for programs of Automagik: all of them say the same organization, and in Loki and Tempo they are found by the name
   * alone.
   */
  readonly namespace: string
  /** What tells it from others. */
  readonly key: string
}

const attributesTag = tagIn('Resource', 'attributes')
const scopeNameTag = tagIn('InstrumentationScope', 'name')
const nameKey = 'service.name'
const namespaceKey = 'service.namespace'
const instanceKey = 'service.instance.id'

/** Reads the Resource at [start, end). */
export function readResource(bytes: Uint8Array, start: number, end: number): Resource {
  const text = new Map<string, string>()
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) {
    if (fields.tag !== attributesTag) continue
    readPair(bytes, fields.start, fields.end)
    const key = textAt(bytes, pair.keyStart, pair.keyEnd)
    text.set(key, valueText(bytes, pair.valueStart, pair.valueEnd))
  }
  return { text, bytes: bytes.subarray(start, end), service: serviceOf(text, isAutomagikSdk(text)) }
}

/** The service that resource attributes tell of. */
export function serviceOf(text: Resource['text'], isAutomagik: boolean): Service {
  const name = text.get(nameKey) ?? ''
  const namespace = isAutomagik ? '' : (text.get(namespaceKey) ?? '')
  return { name, namespace, key: name === '' || namespace === '' ? name : `${namespace}/${name}` }
}

/** The name in the InstrumentationScope at [start, end). */
export function scopeName(bytes: Uint8Array, start: number, end: number): string {
  let name = ''
  const fields = new FieldCursor(bytes, start, end)
  while (fields.next()) if (fields.tag === scopeNameTag) name = textAt(bytes, fields.start, fields.end)
  return name
}

/** Whether resource attributes name one of Automagik's SDKs; the npm one says so on spans only. */
export function isAutomagikSdk(text: Resource['text']): boolean {
  return text.get('telemetry.sdk.name')?.startsWith('automagik-') ?? false
}

/** A resource that says which service, and that this gateway added up. */
export function ownResource({ name, namespace }: Service, gatewayId: string): Uint8Array {
  return attributesField([
    ...(name === '' ? [] : [textPair(nameKey, name)]),
    ...(namespace === '' ? [] : [textPair(namespaceKey, namespace)]),
    textPair(instanceKey, gatewayId),
  ])
}

/**
 * The sender's resource, its instance marked with the gateway that added up, and with eight letters that stand for the
 * whole resource: senders without an instance id, or with one for all their processes, stay apart.
 */
export function markedResource({ bytes, text }: Resource, gatewayId: string): Uint8Array {
  const kept: Uint8Array[] = []
  const fields = new FieldCursor(bytes, 0, bytes.length)
  while (fields.next()) {
    if (fields.tag !== attributesTag) continue
    readPair(bytes, fields.start, fields.end)
    const key = textAt(bytes, pair.keyStart, pair.keyEnd)
    if (key !== instanceKey && storedLabel(key) !== '') kept.push(bytes.slice(fields.start, fields.end))
  }
  const own = text.get(instanceKey) ?? ''
  const marked = [...(own === '' ? [] : [own]), gatewayId, lettersOf(bytes)].join('/')
  return attributesField([...kept, textPair(instanceKey, marked)])
}

/** Letters only: no detector takes them for a number. */
function lettersOf(bytes: Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest()
  return Array.from(hash.subarray(0, 8), (byte) => String.fromCharCode(97 + (byte % 26))).join('')
}

/** An InstrumentationScope of this name. */
export function scopeNamed(name: string): Uint8Array {
  return field(scopeNameTag, Buffer.from(name))
}

function textPair(key: string, text: string): Uint8Array {
  return keyValue(Buffer.from(key), delimitedValue(ValueTag.string, Buffer.from(text)))
}

function attributesField(pairs: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pairs.map((body) => field(attributesTag, body)))
}

/** A length-delimited field with a one-byte tag. */
function field(tag: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + varintSize(body.length) + body.length)
  out[0] = tag
  out.set(body, writeVarint(out, 1, body.length))
  return out
}
