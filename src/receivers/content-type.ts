// The two media types of OTLP/HTTP.
import type { Arrival } from '../pipeline/batch.ts'

type Encoding = Arrival['encoding']

export const mediaType: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** The encoding that a Content-Type names, parameters or not; `undefined` for another type or a charset but UTF-8. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  if (contentType === mediaType.protobuf) return 'protobuf'
  if (contentType === mediaType.json) return 'json'
  if (contentType === undefined) return undefined
  const [type, ...parameters] = contentType.toLowerCase().split(';')
  const charset = parameters.map((text) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(text)?.[1]).find(Boolean)
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') return undefined
  switch (type.trim()) {
    case mediaType.protobuf:
      return 'protobuf'
    case mediaType.json:
      return 'json'
    default:
      return undefined
  }
}
