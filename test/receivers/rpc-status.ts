// Reads google.rpc.Status and Export responses with protobufjs, from their published definitions.
import protobuf from 'protobufjs'

const { root } = protobuf.parse(`
syntax = "proto3";
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string type_url = 1; bytes value = 2; }
message BadRequest { message FieldViolation { string field = 1; string description = 2; } repeated FieldViolation field_violations = 1; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message PartialSuccess { int64 rejected = 1; string error_message = 2; }
message ExportResponse { PartialSuccess partial_success = 1; }
`)

export function decode(type: string, bytes: Uint8Array): Record<string, any> {
  const message = root.lookupType(type)
  return message.toObject(message.decode(bytes), { longs: Number, bytes: Buffer })
}

export interface RpcStatus {
  code: number
  message: string
  badRequest: unknown
  retryInfo: unknown
}

export function readStatus(body: Uint8Array, contentType: string): RpcStatus {
  const details = new Map<string, unknown>()
  if (contentType === 'application/json') {
    const { code, message, details: list = [], ...others } = JSON.parse(Buffer.from(body).toString())
    if (Object.keys(others).length > 0) throw new Error('no google.rpc.Status')
    for (const { '@type': type, ...detail } of list) details.set(type, detail)
    return { code, message, badRequest: named(details, 'BadRequest'), retryInfo: named(details, 'RetryInfo') }
  }
  const status = decode('Status', body)
  for (const { typeUrl: url, value } of (status.details ?? []) as { typeUrl: string; value: Buffer }[])
    details.set(url, decode(url.split('.').at(-1)!, value))
  return {
    code: Number(status.code),
    message: String(status.message),
    badRequest: named(details, 'BadRequest'),
    retryInfo: named(details, 'RetryInfo'),
  }
}

function named(details: ReadonlyMap<string, unknown>, name: string): unknown {
  return details.get(`type.googleapis.com/google.rpc.${name}`)
}

export function readExportResponse(body: Uint8Array): Record<string, unknown> {
  return decode('ExportResponse', body)
}
