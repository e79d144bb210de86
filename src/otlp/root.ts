// A protobufjs Root of the three Export requests, made from the field table: for previews, tests and everything else
// that is off the hot path.
import protobuf from 'protobufjs'
import { enums, isPacked, messages, requestOf, type Field, type Message, type Signal } from './fields.ts'

function fieldJson(field: Field): protobuf.IField {
  const options: Record<string, unknown> = {}
  if (isPacked(field)) options.packed = true
  if (field.optional) options.proto3_optional = true
  return {
    id: field.number,
    type: field.type ?? field.kind,
    ...(field.repeated ? { rule: 'repeated' } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  }
}

function typeJson({ fields }: Message): protobuf.IType {
  const oneofs: Record<string, { oneof: string[] }> = {}
  for (const field of fields) {
    // proto3 `optional` is a oneof of one member.
    const oneof = field.optional ? `_${field.name}` : field.oneof
    if (oneof !== undefined) (oneofs[oneof] ??= { oneof: [] }).oneof.push(field.name)
  }
  return { fields: Object.fromEntries(fields.map((field) => [field.name, fieldJson(field)])), oneofs }
}

/** Every message and enum of the field table, by its name, without a package. */
export const root: protobuf.Root = protobuf.Root.fromJSON({
  nested: {
    ...Object.fromEntries(Object.entries(enums).map(([name, values]) => [name, { values: { ...values } }])),
    ...Object.fromEntries(Object.values(messages).map((message) => [message.name, typeJson(message)])),
  },
})

/** The protobufjs type of a signal's Export request. */
export function requestType(signal: Signal): protobuf.Type {
  return root.lookupType(requestOf[signal])
}
