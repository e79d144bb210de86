// An output buffer for protobuf that is written from front to back. A message's length is not known before its end:
// room for it is left, and the body moves when the guess was wrong.

export interface Writer {
  out: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  /** The next byte to write. */
  to: number
}

export function newWriter(bytes: number): Writer {
  const out = new Uint8Array(bytes)
  return { out, view: new DataView(out.buffer), to: 0 }
}

/** Makes sure that `bytes` more fit behind `to`. */
export function makeRoom(w: Writer, bytes: number): void {
  if (w.out.length - w.to < bytes) grow(w, bytes)
}

function grow(w: Writer, bytes: number): void {
  const larger = new Uint8Array(Math.max(w.to + bytes, w.out.length * 2))
  larger.set(w.out.subarray(0, w.to))
  w.out = larger
  w.view = new DataView(larger.buffer)
}

/** Writes an unsigned 32-bit number as a varint: at most 5 bytes. */
export function putVarint(w: Writer, value: number): void {
  const out = w.out
  let to = w.to
  let rest = value
  while (rest > 0x7f) {
    out[to++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  out[to++] = rest
  w.to = to
}

/** Writes the 64 bits of two unsigned halves as a varint: at most 10 bytes. */
export function putVarint64(w: Writer, hi: number, lo: number): void {
  let high = hi
  let low = lo
  while (high !== 0) {
    w.out[w.to++] = (low & 0x7f) | 0x80
    low = ((low >>> 7) | (high << 25)) >>> 0
    high >>>= 7
  }
  putVarint(w, low)
}

/** Leaves `guess` bytes for a length and returns where the body starts. */
export function openLength(w: Writer, guess: number): number {
  w.to += guess
  return w.to
}

/** Writes the length of the body that started at `body`. Returns how many bytes the length took: the next guess. */
export function closeLength(w: Writer, body: number, guess: number): number {
  const length = w.to - body
  const size = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : length < 0x10000000 ? 4 : 5
  if (size !== guess) {
    if (size > guess) makeRoom(w, size - guess)
    w.out.copyWithin(body - guess + size, body, w.to)
  }
  w.to = body - guess
  putVarint(w, length)
  w.to += length
  return size
}

/** Copies [start, end) of `from`; short runs by hand, which is faster than a call. */
export function putBytes(w: Writer, from: Uint8Array, start: number, end: number): void {
  const out = w.out
  let to = w.to
  if (end - start < 40) {
    for (let i = start; i < end; i++) out[to++] = from[i]
    w.to = to
  } else {
    out.set(from.subarray(start, end), to)
    w.to = to + end - start
  }
}
