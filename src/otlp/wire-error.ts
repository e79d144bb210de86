// What is wrong with a body that cannot be read. Its text never holds a byte of the body.

export type WireErrorCode =
  | 'truncated'
  | 'bad-varint'
  | 'bad-tag'
  | 'bad-wire-type'
  | 'bad-length'
  | 'too-deep'
  | 'profiles-field'
  | 'bad-json'
  | 'snake-case-key'
  | 'too-large'

/** A body that is not OTLP. `offset` is in bytes from the start of the (decompressed) body, where it is known. */
export class WireError extends Error {
  readonly code: WireErrorCode
  readonly offset: number

  constructor(code: WireErrorCode, message: string, offset = -1) {
    super(offset >= 0 ? `${message} (at byte ${offset})` : message)
    this.name = 'WireError'
    this.code = code
    this.offset = offset
  }
}
