// The thread that owns the queue's file: SQLite and compression block it, and nobody else. It does one thing after the
// other, in the order it is told.
import { statSync } from 'node:fs'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { mergeEqual } from '../otlp/merge.ts'
import { withoutEmpty } from '../otlp/split.ts'
import { isDamaged, moveAside, sqliteCode } from '../sqlite/owned-file.ts'
import type { Answer, FileFigures, RawGroup, Request, StoreFault, WorkerOptions } from './messages.ts'
import { giveBack, openQueueFile } from './queue-file.ts'
import { openQueueStore, type QueueStore } from './queue-store.ts'
import type { NewGroup, ReaderState, Settlement } from './stored.ts'
import type { DatabaseSync } from 'node:sqlite'

const tickMs = 1_000
/** Without a commit for so many ticks, the file is brought back to its smallest. */
const idleTicks = 3
/** Smaller groups are stored as they are: compressing them costs more than it saves. */
const compressedFrom = 4_096
/** Where nobody sends gzip, groups are compressed when so many bytes wait: then it is the disk that is spared. */
const backlogBytes = 16 * 2 ** 20
const sqliteFull = 13

interface Opened {
  readonly database: DatabaseSync
  readonly store: QueueStore
}

const options = workerData as WorkerOptions
const gzipping = new Set(options.readers.filter(({ gzipped }) => gzipped).map(({ name }) => name))
const latest = new Map<string, ReaderState>()
let opened: Opened
/** What could not be committed yet. */
let unsettled: Settlement[] = []
let quietTicks = 0

function open(): Opened {
  const database = openQueueFile(options)
  try {
    return { database, store: openQueueStore({ database, ...options, now: Date.now }) }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Begins a new file in place of one that is damaged, and says so in a sentence. */
function beginAnew(error: unknown): string {
  const aside = moveAside(options.file)
  opened = open()
  return `${options.file} is damaged (${(error as Error).message}): it is now ${aside}, and what waited in it is lost`
}

function start(port: MessagePort): void {
  const notes: string[] = []
  try {
    try {
      opened = open()
    } catch (error) {
      if (!isDamaged(error)) throw error
      notes.push(beginAnew(error))
    }
  } catch (error) {
    tell(port, { is: 'failed', message: `${options.file} cannot be used (${(error as Error).message})` })
    return
  }
  const { identity, removed } = opened.store
  tell(port, { is: 'opened', identity, states: states(true), removed, notes })
  const timer = setInterval(() => guarded(port, () => tick(port)), tickMs)
  port.on('message', (request: Request) => {
    if (request.is === 'close') clearInterval(timer)
    answer(port, request)
  })
}

function answer(port: MessagePort, request: Request): void {
  switch (request.is) {
    case 'commit':
      commit(port, request)
      break
    case 'lease':
      lease(port, request.id, request.reader, request.maxBytes)
      break
    case 'give-back':
      if (request.identity === opened.store.identity) opened.store.giveBack(request.reader, request.ids)
      tell(port, { is: 'tick', states: states(), figures: figures() })
      break
    case 'check':
      tell(port, { is: 'checked', id: request.id, imbalances: guarded(port, () => opened.store.check()) ?? [] })
      break
    default:
      close(port)
  }
}

function commit(port: MessagePort, { groups, settlements, releases, identity }: Request & { is: 'commit' }): void {
  quietTicks = 0
  const isSame = identity === opened.store.identity
  const all = isSame ? [...unsettled, ...settlements] : []
  const packed = groups.map(pack)
  try {
    const ids = opened.store.commit({ groups: packed, settlements: all, releases: isSame ? releases : [] })
    unsettled = []
    return committed(port, { ids })
  } catch (error) {
    if (isFileDamaged(error)) {
      replace(port, error)
      return committed(port, tryAgain(packed))
    }
    // What was settled must not wait for room.
    unsettled = all
    try {
      if (groups.length > 0 && all.length > 0) {
        opened.store.commit({ groups: [], settlements: all, releases: [] })
        unsettled = []
      }
    } catch {
      // With the next commit, then.
    }
    committed(port, faultOf(error))
  }
}

type Committed = Extract<Answer, { is: 'committed' }>['result']

function tryAgain(groups: readonly NewGroup[]): Committed {
  try {
    return { ids: opened.store.commit({ groups, settlements: [], releases: [] }) }
  } catch (error) {
    return faultOf(error)
  }
}

function committed(port: MessagePort, result: Committed): void {
  tell(port, { is: 'committed', result, identity: opened.store.identity, states: states() })
}

function faultOf(error: unknown): { fault: StoreFault; message: string } {
  const fault = sqliteCode(error) === sqliteFull ? 'disk-full' : 'disk-error'
  return { fault, message: (error as Error).message }
}

/** Of what was joined, equal resources are said once, and metrics without data go: Prometheus refuses a request for one. */
function tidy({ signal, data, isJoined }: RawGroup): Uint8Array {
  try {
    const merged = isJoined ? mergeEqual(signal, data) : data
    const full = signal === 'metrics' ? withoutEmpty(signal, merged) : merged
    return full.length === 0 ? merged : full
  } catch {
    // What is no OTLP, the backend refuses.
    return data
  }
}

function pack({ isJoined, ...given }: RawGroup): NewGroup {
  const data = tidy({ isJoined, ...given })
  const group = { ...given, data, size: data.length }
  const { readers, signal, quarantine } = group
  if (quarantine !== undefined) return { ...group, encoding: 'gzip', data: gzipSync(data, { level: 1 }) }
  const isWanted = readers.some(
    (name) => gzipping.has(name) || (latest.get(`${signal} ${name}`)?.waitingBytes ?? 0) > backlogBytes,
  )
  if (!isWanted || data.length < compressedFrom) return { ...group, encoding: 'raw' }
  return { ...group, encoding: 'gzip', data: gzipSync(data, { level: 1 }) }
}

function lease(port: MessagePort, id: number, reader: number, maxBytes: number): void {
  const groups =
    guarded(port, () => {
      // What another process has put is counted before it is handed out.
      opened.store.refresh()
      return opened.store.lease(reader, maxBytes)
    }) ?? []
  const buffers = groups.map(({ data }) => data.buffer as ArrayBuffer)
  port.postMessage(
    { is: 'leased', id, identity: opened.store.identity, groups, states: states() } satisfies Answer,
    buffers,
  )
}

function tick(port: MessagePort): void {
  const { store, database } = opened
  store.expire()
  store.refresh()
  quietTicks += 1
  giveBack(database, quietTicks >= idleTicks)
  tell(port, { is: 'tick', states: states(), figures: figures() })
}

function close(port: MessagePort): void {
  const { store, database } = opened
  if (unsettled.length > 0) guarded(port, () => store.commit({ groups: [], settlements: unsettled, releases: [] }))
  const imbalances = guarded(port, () => store.check()) ?? []
  database.close()
  tell(port, { is: 'closed', imbalances })
  port.close()
}

/** Does what reads the file; a damaged one is replaced, and anything else is left for the next time. */
function guarded<T>(port: MessagePort, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (isFileDamaged(error)) replace(port, error)
    return undefined
  }
}

/** Unlike at the start, an error of another kind is a fault of the gateway. */
function isFileDamaged(error: unknown): boolean {
  return sqliteCode(error) !== undefined && sqliteCode(error) !== 1 && isDamaged(error)
}

function replace(port: MessagePort, error: unknown): void {
  const former = [...latest.values()]
  opened.database.close()
  unsettled = []
  const message = beginAnew(error)
  opened.store.inherit(former)
  tell(port, { is: 'replaced', identity: opened.store.identity, message, states: states(true) })
}

function states(all = false): ReaderState[] {
  const changed = opened.store.states(all)
  for (const state of changed) latest.set(`${state.signal} ${state.name}`, state)
  return changed
}

function figures(): FileFigures {
  const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return {
    fileBytes: sizeOf(options.file) + sizeOf(`${options.file}-wal`),
    oldest: opened.store.oldest(),
    deadLetters: opened.store.deadLetters(),
    quarantine: opened.store.quarantine(),
  }
}

function tell(port: MessagePort, answer: Answer): void {
  port.postMessage(answer)
}

if (parentPort !== null) start(parentPort)
