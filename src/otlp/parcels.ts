// What splitting and merging share: an Export request seen as records in containers (resource, scope, and of a metric the
// metric and its data), and the writer that packs records anew. A container is written with everything in it but what it
// contains; bytes are copied, nothing is decoded.
import { FieldCursor } from './cursor.ts'
import { messages, recordMessages, requestOf, type Signal } from './fields.ts'
import { varintSize } from './wire.ts'
import { closeLength, makeRoom, newWriter, openLength, putBytes, putVarint, type Writer } from './write.ts'

/** What is to be found at each tag of a container: another container, or what is packed. */
interface Level {
  readonly [tag: number]: Level | 'parcel'
}

export interface Container {
  readonly parent: Container | undefined
  /** The tag of the field that holds it; 0 for the request itself. */
  readonly tag: number
  readonly depth: number
  /** Starts and ends, in turn, of what is repeated with each part of it. */
  readonly own: readonly number[]
  readonly ownBytes: number
  /** Its tag and length, at most: a part of it is never longer. */
  readonly frameBytes: number
}

/** Where each record of a request lies, its tag and length included, and what contains it; in the order of the bytes. */
export interface Parcels {
  readonly bytes: Uint8Array
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly owners: readonly Container[]
  /** There is a container in which nothing is found. */
  readonly hasEmpty: boolean
}

/** The way to single records: of metrics, to data points. */
const recordLevels = levelsTo((type) => recordMessages.has(type))
/** The way to what a scope lists: spans, metrics, log records. */
const scopeLevels = levelsTo((_type, parent) => parent.startsWith('Scope'))

/** @throws WireError when the bytes are not protobuf */
export function indexRecords(signal: Signal, bytes: Uint8Array): Parcels {
  return index(recordLevels[signal], bytes)
}

/** Like `indexRecords`, with whole metrics. */
export function indexScopes(signal: Signal, bytes: Uint8Array): Parcels {
  return index(scopeLevels[signal], bytes)
}

function index(level: Level, bytes: Uint8Array): Parcels {
  const parcels = { bytes, starts: [], ends: [], owners: [], hasEmpty: false }
  enter(parcels, level, { parent: undefined, tag: 0, field: 0, start: 0, end: bytes.length })
  return parcels
}

interface Entered {
  readonly parent: Container | undefined
  readonly tag: number
  readonly field: number
  readonly start: number
  readonly end: number
}

function enter(
  into: { bytes: Uint8Array; starts: number[]; ends: number[]; owners: Container[]; hasEmpty: boolean },
  level: Level,
  { parent, tag, field, start, end }: Entered,
): void {
  const own: number[] = []
  const before = into.starts.length
  // Filled while its contents are read: they may come before what belongs to it.
  const container = {
    parent,
    tag,
    depth: parent === undefined ? 0 : parent.depth + 1,
    own,
    ownBytes: 0,
    frameBytes: start - field,
  }
  const cursor = new FieldCursor(into.bytes, start, end)
  while (cursor.next()) {
    const step = level[cursor.tag]
    if (step === 'parcel') {
      into.starts.push(cursor.field)
      into.ends.push(cursor.end)
      into.owners.push(container)
    } else if (step === undefined) {
      if (own.at(-1) === cursor.field) own[own.length - 1] = cursor.end
      else own.push(cursor.field, cursor.end)
      container.ownBytes += cursor.end - cursor.field
    } else {
      enter(into, step, {
        parent: container,
        tag: cursor.tag,
        field: cursor.field,
        start: cursor.start,
        end: cursor.end,
      })
    }
  }
  if (into.starts.length === before) into.hasEmpty = true
}

/** Bytes that a container adds to a request, at most. */
export function costOf(container: Container): number {
  return container.frameBytes + container.ownBytes
}

/** The containers that have to be opened for `to` behind something in `from`, outermost first. */
export function opened(from: Container | undefined, to: Container): Container[] {
  const path: Container[] = []
  let open = from
  for (let each: Container | undefined = to; each !== undefined; each = each.parent) {
    while (open !== undefined && open.depth > each.depth) open = open.parent
    if (open === each) break
    path.push(each)
  }
  return path.toReversed()
}

/**
 * An Export request with the records [from, to) of the index; neighbours that share containers share them again.
 * @param room bytes that it is expected to take
 */
export function pack({ bytes, starts, ends, owners }: Parcels, from: number, to: number, room: number): Uint8Array {
  const packer = new Packer(bytes, room + 16)
  for (let at = from; at < to;) {
    const owner = owners[at]
    const start = starts[at]
    let end = ends[at]
    // Records that lie side by side are copied at once.
    while (++at < to && owners[at] === owner && starts[at] === end) end = ends[at]
    packer.goTo(owner)
    packer.put(start, end)
  }
  return packer.finish()
}

class Packer {
  readonly #from: Uint8Array
  readonly #writer: Writer
  /** The containers that are open, and where the body of each begins. */
  readonly #open: { container: Container; body: number; guess: number }[] = []

  constructor(from: Uint8Array, bytes: number) {
    this.#from = from
    this.#writer = newWriter(bytes)
  }

  goTo(container: Container): void {
    const now = this.#open.at(-1)?.container
    if (now === container) return
    const path = opened(now, container)
    const parent = path.length > 0 ? path[0].parent : container
    while (this.#open.length > 0 && this.#open.at(-1)?.container !== parent) this.#close()
    for (const each of path) this.#enter(each)
  }

  put(start: number, end: number): void {
    makeRoom(this.#writer, end - start)
    putBytes(this.#writer, this.#from, start, end)
  }

  finish(): Uint8Array {
    while (this.#open.length > 0) this.#close()
    return this.#writer.out.subarray(0, this.#writer.to)
  }

  #enter(container: Container): void {
    const { tag, frameBytes, own } = container
    // The request has no frame.
    if (container.parent !== undefined) {
      makeRoom(this.#writer, 16)
      putVarint(this.#writer, tag)
      const guess = Math.min(5, Math.max(1, frameBytes - varintSize(tag)))
      this.#open.push({ container, body: openLength(this.#writer, guess), guess })
    }
    for (let at = 0; at < own.length; at += 2) this.put(own[at], own[at + 1])
  }

  #close(): void {
    const { body, guess } = this.#open.pop()!
    closeLength(this.#writer, body, guess)
  }
}

function levelsTo(isParcel: (type: string, parent: string) => boolean): Readonly<Record<Signal, Level>> {
  const known = new Map<string, Level | undefined>()
  const levelOf = (name: string): Level | undefined => {
    if (known.has(name)) return known.get(name)
    // Values contain themselves; a message on its own way leads nowhere new.
    known.set(name, undefined)
    const level: Record<number, Level | 'parcel'> = {}
    for (const { number, type, kind, repeated } of messages[name].fields) {
      if (kind !== 'message' || type === undefined) continue
      const isHere = isParcel(type, name) && repeated === true && type !== 'KeyValue'
      const step = isHere ? 'parcel' : levelOf(type)
      if (step !== undefined) level[(number << 3) | 2] = step
    }
    const found = Object.keys(level).length > 0 ? level : undefined
    known.set(name, found)
    return found
  }
  const of = (signal: Signal): Level => levelOf(requestOf[signal]) ?? {}
  return { traces: of('traces'), metrics: of('metrics'), logs: of('logs') }
}
