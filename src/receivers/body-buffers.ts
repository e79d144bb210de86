// The buffers that bodies of more than one chunk are put together in. They are used again: a gateway under load would
// otherwise spend its time on making and collecting them.

/** Kept for the next body, at most; a larger or further buffer is left to the garbage collector. */
const keptBytes = 16 * 1024 * 1024
const smallest = 128 * 1024

const free: Buffer[] = []
let kept = 0

/** A buffer of at least `size` bytes, with whatever was in it. */
export function takeBuffer(size: number): Buffer {
  const i = free.findIndex((buffer) => buffer.length >= size)
  if (i < 0) return Buffer.allocUnsafeSlow(Math.max(smallest, 2 ** Math.ceil(Math.log2(size))))
  const [buffer] = free.splice(i, 1)
  kept -= buffer.length
  return buffer
}

/** Gives a buffer back; who gives it may not look at it any more. */
export function giveBuffer(buffer: Buffer): void {
  if (kept + buffer.length > keptBytes) return
  kept += buffer.length
  free.push(buffer)
}
