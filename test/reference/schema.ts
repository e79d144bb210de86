// The reference's idea of OTLP: `otlp.proto`, read by protobufjs. Independent of the gateway's field table on purpose.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

export const signals = ['traces', 'metrics', 'logs'] as const
export type Signal = (typeof signals)[number]

export interface FieldInfo {
  readonly number: number
  /** lowerCamelCase, as in OTLP/JSON. */
  readonly name: string
  /** A scalar's protobuf name, `enum` or `message`. */
  readonly kind: string
  /** The message of a field of kind `message`. */
  readonly message: string | undefined
  readonly repeated: boolean
  readonly oneof: string | undefined
  /** Explicit presence: proto3 `optional`, a oneof's member or a message. */
  readonly presence: boolean
}

export type MessageInfo = readonly FieldInfo[]

const source = readFileSync(fileURLToPath(new URL('./otlp.proto', import.meta.url)), 'utf8')
const root = protobuf.parse(source, { keepCase: false }).root.resolveAll()

function describe(field: protobuf.Field): FieldInfo {
  const message = field.resolvedType instanceof protobuf.Type ? field.resolvedType.name : undefined
  const oneof = field.partOf && !field.partOf.isProto3Optional ? field.partOf.name : undefined
  const isEnum = field.resolvedType instanceof protobuf.Enum
  return {
    number: field.id,
    name: field.name,
    kind: message ? 'message' : isEnum ? 'enum' : field.type,
    message,
    repeated: field.repeated,
    oneof,
    presence: message !== undefined || field.partOf !== null,
  }
}

/** Every message by name; its fields by number. */
export const messageTable: ReadonlyMap<string, MessageInfo> = new Map(
  root.nestedArray
    .filter((nested) => nested instanceof protobuf.Type)
    .map((type) => [type.name, type.fieldsArray.map(describe).sort((a, b) => a.number - b.number)]),
)

export const requestName: Readonly<Record<Signal, string>> = {
  traces: 'ExportTraceServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
  logs: 'ExportLogsServiceRequest',
}

export function fieldsOf(message: string): MessageInfo {
  const fields = messageTable.get(message)
  if (!fields) throw new Error(`no message ${message}`)
  return fields
}

/** The wire type of one value of a kind. */
export function wireTypeOf(kind: string): 0 | 1 | 2 | 5 {
  if (kind === 'string' || kind === 'bytes' || kind === 'message') return 2
  if (kind === 'double' || kind === 'fixed64' || kind === 'sfixed64') return 1
  if (kind === 'fixed32') return 5
  return 0
}
