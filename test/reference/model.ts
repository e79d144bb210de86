// Decoded OTLP as plain objects: fields by their JSON names, 64-bit integers as bigint, bytes as Buffer. A string that is
// not valid UTF-8 is a Buffer too. Implicit defaults are left out, so that equal meaning is equal structure.

export type Text = string | Buffer

export interface KeyValue {
  key?: Text
  value?: AnyValue
}

/** At most one member is set. */
export interface AnyValue {
  stringValue?: Text
  boolValue?: boolean
  intValue?: bigint
  doubleValue?: number
  arrayValue?: { values?: AnyValue[] }
  kvlistValue?: { values?: KeyValue[] }
  bytesValue?: Buffer
}

export type Leaf = Text | boolean | number | bigint
export type Field = Leaf | Message | readonly Leaf[] | readonly Message[]
/** Any message. Written as an index signature: the reference walks most messages by name. */
export interface Message {
  [field: string]: Field | undefined
}

export const isMessage = (value: Field | undefined): value is Message =>
  typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value)

export const messagesOf = (value: Field | undefined): readonly Message[] => (Array.isArray(value) ? value : [])

/** The text of valid UTF-8, `undefined` for other bytes. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

export const textOf = (bytes: Buffer): Text => utf8(bytes) ?? bytes
export const bytesOf = (text: Text): Buffer => (typeof text === 'string' ? Buffer.from(text, 'utf8') : text)

/** A copy whose messages can be changed; leaves are shared. */
export function structuredCopy(message: Message): Message {
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [
      name,
      isMessage(value)
        ? structuredCopy(value)
        : Array.isArray(value)
          ? value.map((one: Field) => (isMessage(one) ? structuredCopy(one) : one))
          : value,
    ]),
  ) as Message
}

const recordFields = new Set(['spans', 'logRecords', 'dataPoints'])

/** How many records are in a message. */
export function countRecords(message: Message): number {
  return Object.entries(message).reduce((sum, [name, value]) => {
    const below = Array.isArray(value) ? (value as Message[]) : isMessage(value) ? [value] : []
    if (recordFields.has(name)) return sum + below.length
    return sum + below.filter(isMessage).reduce((inner, one) => inner + countRecords(one), 0)
  }, 0)
}

/** The field, unless the list is empty. */
export const listed = (field: string, values: Message[]): Message => (values.length ? { [field]: values } : {})
