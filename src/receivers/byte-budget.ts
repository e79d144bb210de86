// The bound on the memory that half-received requests hold, over all connections and transports. What is counted is
// what has really arrived, so that a peer that only announces a large body keeps nobody else out.

export interface ByteBudget {
  /** Takes `bytes`, or nothing and answers false when that would go over the limit. */
  take(bytes: number): boolean
  give(bytes: number): void
  readonly taken: number
}

/** @param limit the bytes that may be held at one time */
export function createByteBudget(limit: number): ByteBudget {
  let taken = 0
  return {
    take(bytes) {
      if (taken + bytes > limit) return false
      taken += bytes
      return true
    },
    give(bytes) {
      taken -= bytes
    },
    get taken() {
      return taken
    },
  }
}
