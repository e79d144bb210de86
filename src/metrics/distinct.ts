// How many different people (or anything that has an id) were seen in the last hour or day. Exact up to a capacity; beyond
// it only ids whose hash begins with some zero bits are kept, and each stands for 2^depth of them (Wegman's adaptive
// sampling; Flajolet, "On adaptive sampling", 1990). Unlike a HyperLogLog it forgets: the window slides.
import { hash } from 'node:crypto'

export interface DistinctValue {
  readonly is: 'distinct'
  readonly windowMs: number
  /** Ids are kept whose hash begins with so many zero bits. */
  depth: number
  /** Ids that are kept: entries of `seen`. */
  size: number
  /** Hash of an id → when it was last seen, in seconds since 1970. */
  seen: Record<string, number>
}

/** Hex digits kept of a hash: 64 bits, of which the first 32 decide. */
const hashDigits = 16
const deepest = 32

export function emptyDistinct(windowMs: number): DistinctValue {
  return { is: 'distinct', windowMs, depth: 0, size: 0, seen: {} }
}

/**
 * Notes that an id was seen.
 * @param capacity of ids that are kept: the error beyond it is about 1.2/√capacity
 */
export function see(value: DistinctValue, id: string, nowMs: number, capacity: number): void {
  const key = keyOf(id)
  if (zeroBits(key) < value.depth) return
  if (!Object.hasOwn(value.seen, key)) value.size += 1
  value.seen[key] = Math.floor(nowMs / 1000)
  if (value.size > capacity) forget(value, nowMs)
  while (value.size > capacity && value.depth < deepest) {
    value.depth += 1
    keep(value, (each) => zeroBits(each) >= value.depth)
  }
}

/** Ids are seen again and again, and by several series. */
const keys = new Map<string, string>()
const maxKeys = 10_000
const maxIdLength = 256

function keyOf(id: string): string {
  let key = keys.get(id)
  if (key === undefined) {
    key = hash('sha256', id, 'hex').slice(0, hashDigits)
    if (keys.size >= maxKeys) keys.clear()
    if (id.length <= maxIdLength) keys.set(id, key)
  }
  return key
}

/** How many different ids were seen in the window; those that were seen before it are forgotten. */
export function countSeen(value: DistinctValue, nowMs: number): number {
  forget(value, nowMs)
  return value.size * 2 ** value.depth
}

function forget(value: DistinctValue, nowMs: number): void {
  const since = (nowMs - value.windowMs) / 1000
  keep(value, (_key, atS) => atS > since)
  if (value.size === 0) value.depth = 0
}

function keep(value: DistinctValue, isKept: (key: string, atS: number) => boolean): void {
  for (const [key, atS] of Object.entries(value.seen)) {
    if (isKept(key, atS)) continue
    delete value.seen[key]
    value.size -= 1
  }
}

function zeroBits(key: string): number {
  return Math.clz32(Number.parseInt(key.slice(0, 8), 16))
}
