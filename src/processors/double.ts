// Doubles of the wire: eight bytes at any offset, little-endian.
const float = new DataView(new ArrayBuffer(8))

/** The double at `start`. */
export function readDouble(bytes: Uint8Array, start: number): number {
  for (let i = 0; i < 8; i++) float.setUint8(i, bytes[start + i])
  return float.getFloat64(0, true)
}
