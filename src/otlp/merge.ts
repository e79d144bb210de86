// Requests that were joined say the same resource and scope once for each of them; here each is said once. What is equal
// is so by its bytes, schema URLs and unknown fields included, so no record gets another resource than it had.
import type { Signal } from './fields.ts'
import { indexScopes, pack, type Container, type Parcels } from './parcels.ts'

/**
 * The same records with each resource once, and in it each scope once; resources, scopes and the records of one scope
 * keep their order. The very same bytes where nothing is said twice. Resources and scopes that hold nothing go.
 * @throws WireError when the bytes are not protobuf
 */
export function mergeEqual(signal: Signal, bytes: Uint8Array): Uint8Array {
  const parcels = indexScopes(signal, bytes)
  const groups = groupsOf(parcels)
  if (groups === undefined) return bytes
  const { starts, ends } = parcels
  const merged: Parcels & { starts: number[]; ends: number[]; owners: Container[] } = {
    bytes,
    hasEmpty: false,
    starts: [],
    ends: [],
    owners: [],
  }
  for (const scopes of groups.values()) {
    for (const { container, runs } of scopes.values()) {
      for (let run = 0; run < runs.length; run += 2) {
        for (let at = runs[run]; at < runs[run + 1]; at += 1) {
          merged.starts.push(starts[at])
          merged.ends.push(ends[at])
          merged.owners.push(container)
        }
      }
    }
  }
  return pack(merged, 0, merged.starts.length, bytes.length)
}

interface Scope {
  /** The first of the scopes that are equal. */
  readonly container: Container
  /** Firsts and ends, in turn, of its records. */
  readonly runs: number[]
}

/** By resource, by scope, in the order of their first records; undefined when none occurs twice. */
function groupsOf({ bytes, owners }: Parcels): Map<string, Map<string, Scope>> | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const groups = new Map<string, Map<string, Scope>>()
  let isRepeated = false
  let resource: Container | undefined
  let resourceKey = ''
  for (let at = 0; at < owners.length;) {
    const first = at
    const owner = owners[at]
    while (++at < owners.length && owners[at] === owner);
    if (owner.parent !== resource) {
      resource = owner.parent
      resourceKey = keyOf(text, resource)
      isRepeated ||= groups.has(resourceKey)
    }
    const scopes = groups.get(resourceKey) ?? new Map<string, Scope>()
    groups.set(resourceKey, scopes)
    const key = keyOf(text, owner)
    const known = scopes.get(key)
    isRepeated ||= known !== undefined
    if (known === undefined) {
      // Its resource is the first of those that are equal.
      const parent = scopes.values().next().value?.container.parent ?? owner.parent
      scopes.set(key, { container: { ...owner, parent }, runs: [first, at] })
    } else known.runs.push(first, at)
  }
  return isRepeated ? groups : undefined
}

function keyOf(text: Buffer, container: Container | undefined): string {
  let key = ''
  const own = container?.own ?? []
  for (let at = 0; at < own.length; at += 2) key += text.toString('latin1', own[at], own[at + 1])
  return key
}
