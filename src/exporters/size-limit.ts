// How large a request to one backend may be: what is known of it from the start, and what its answers teach.

/** Nothing smaller is believed for all that follows: one odd answer must not make every record a request. */
const leastBytes = 64 * 1024

export class SizeLimit {
  /** Bytes of a request before compression. */
  bytes: number

  constructor(bytes = Infinity) {
    this.bytes = bytes
  }

  /** A request of this size was too large; `toldBytes` is what the server said that it takes. */
  wasTooLarge(bytes: number, toldBytes?: number): void {
    const half = Math.floor(bytes / 2)
    this.bytes = Math.min(this.bytes, Math.max(leastBytes, toldBytes ?? half))
  }
}
