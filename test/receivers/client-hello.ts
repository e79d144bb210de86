// The first message of a TLS handshake (RFC 8446 §4.1.2), with a server name that no client library would send.

const uint = (bytes: number, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}
const sized = (bytes: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([uint(bytes, body.length), body])
}

/** The greatest length of a record. */
const recordBytes = 16_384

export function clientHello(serverName: string): Buffer {
  const name = sized(2, Buffer.from([0]), sized(2, Buffer.from(serverName)))
  const extensions = sized(2, uint(2, 0), sized(2, name))
  const suites = sized(2, uint(2, 0x1301), uint(2, 0xc02b))
  const hello = Buffer.concat([
    uint(2, 0x0303),
    Buffer.alloc(32, 1),
    sized(1),
    suites,
    sized(1, Buffer.from([0])),
    extensions,
  ])
  const message = Buffer.concat([Buffer.from([1]), sized(3, hello)])
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += recordBytes) {
    records.push(uint(1, 0x16), uint(2, 0x0301), sized(2, message.subarray(at, at + recordBytes)))
  }
  return Buffer.concat(records)
}
