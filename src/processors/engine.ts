// The engine: a request as it came → a clean batch. The only place that makes one, so that the compiler proves that
// nothing else is stored, shown or sent.
import { createPseudonyms } from '../actions/pseudonym.ts'
import { createTextTreatment } from '../actions/text.ts'
import type { DetectorId, Scanner } from '../detectors/detector.ts'
import { createScanner } from '../detectors/scanner.ts'
import { canonicalize } from '../otlp/canonical.ts'
import { requestOf } from '../otlp/fields.ts'
import { jsonToProtobuf } from '../otlp/from-json.ts'
import { opsOf, type MessageOps } from '../otlp/ops.ts'
import { irregular } from '../otlp/wire.ts'
import type { Hash } from '../actions/action.ts'
import { compilePattern } from '../patterns/pattern.ts'
import { withPatterns } from '../patterns/scanner.ts'
import type { Arrival, CleanBatch, Signal } from '../pipeline/batch.ts'
import type { Quarantined, Refusal } from '../pipeline/outcome.ts'
import { createPlanner, type Planner } from '../ruleset/plan.ts'
import type { Program } from '../ruleset/program.ts'
import { maxSetsOf, type SourceSets } from '../ruleset/sources.ts'
import { count, decidedBy, Tally, type Decided } from '../telemetry/tally.ts'
import { Pass } from './pass.ts'
import { EventSchemas, type OnEvent, type Unfit } from './event-schemas.ts'

/** What came of a request. */
interface Processed {
  /** What goes on; undefined when no record is left. */
  readonly batch: CleanBatch | undefined
  /** What is kept in the quarantine instead: marked, and as clean. */
  readonly quarantined: readonly Quarantined[]
  readonly refused: readonly Refusal[]
  /** Records that go on. */
  readonly records: number
}

type Request = Pick<Arrival, 'signal' | 'encoding' | 'body'>

export interface Engine {
  /** What it counted, and the engines before it that counted there. */
  readonly tally: Tally
  /** @throws WireError when the body is not OTLP; nothing of it has been counted then */
  process(request: Request): Processed
  /**
   * Cleans what the gateway has made or cleaned before. Events are not held against their schemas: privacy has been over
   * them, and what fitted need not fit again.
   * @throws WireError when the body is not OTLP in protobuf
   */
  clean(signal: Signal, body: Uint8Array): CleanBatch | undefined
  /** A text as it would be treated as a string attribute of a neutral name, without service; null when it goes. */
  text(text: string): string | null
}

/**
 * Makes the engine of a program.
 * @param tally where it counts: an engine that takes another's place goes on with its counts
 * @param onEvent sees every event that is held against its schema
 * @throws never for a program that compiled
 */
export function createEngine(program: Program, tally: Tally = new Tally(), onEvent?: OnEvent): Engine {
  const { digest } = program
  const current = new Tally(maxSetsOf(program))
  const identityHash = hashOf(program, 'user.id')
  const hashes = [...hashesOf(program), identityHash]
  const pseudonyms = createPseudonyms(program.keys, hashes)
  const { use, phoneRegions, defaultRegion, custom = [] } = program.detectors
  const patterns = custom.map(({ pattern }) => compilePattern(pattern))
  const phone = defaultRegion === undefined ? {} : { defaultRegion }
  const scannerOf = (detectors: readonly DetectorId[]): Scanner =>
    withPatterns(
      createScanner({
        use: detectors,
        phoneRegions,
        ...phone,
        pseudonym: { keyIds: pseudonyms.keyIds, chars: identityHash.chars },
      }),
      patterns,
      pseudonyms.pattern,
    )
  const treatment = createTextTreatment({
    scanner: scannerOf(use),
    ...(use.includes('home-path') ? {} : { pathScanner: scannerOf([...use, 'home-path']) }),
    custom,
    classes: program.classes,
    pseudonyms,
    phone,
    limits: program.defaults.limits,
    onError: program.defaults.onError,
    tally: current,
  })
  const planner: Planner = createPlanner(program, (name, cell) => treatment.treat(name, 0, name.length, cell))
  const deciders = planner.sources.sources.map(({ is, name }) => decidedBy(tally, is, name))
  const pass = new Pass({
    program,
    planner,
    treatment,
    instanceId: (identity) => pseudonyms.hash(identityHash, identity),
    eventSchemas: new EventSchemas(program),
    onEvent,
    tally: current,
  })

  /** The batch of what the last pass made of a request. An unchanged body is still the receiver's, so it is copied. */
  const batchOf = ({ signal, body }: Request, bytes: Uint8Array): CleanBatch | undefined => {
    const { records } = pass
    const kept = bytes === body ? Uint8Array.prototype.slice.call(bytes) : bytes
    // The one cast that makes a clean batch.
    return records === 0 ? undefined : ({ signal, bytes: kept, records, digest } as CleanBatch)
  }

  /** The records that do not go on, by why. Of them only privacy's counts are new; fields they share count once more. */
  const keepAside = (request: Request, ops: MessageOps, body: Uint8Array): Quarantined[] => {
    const reasons = [...current.quarantined.keys()] as Unfit[]
    if (reasons.length === 0) return none
    const counted = ofRecords.map((counter) => [counter, new Map(current[counter])] as const)
    try {
      return reasons.flatMap((reason) => {
        pass.wanted = reason
        const batch = batchOf(request, pass.run(request.signal, ops, body))
        return batch === undefined ? [] : [{ reason, batch }]
      })
    } finally {
      pass.wanted = undefined
      for (const [counter, counts] of counted) {
        current[counter].clear()
        for (const [key, times] of counts) count(current[counter], key, times)
      }
    }
  }

  /** All passes over a body. @throws `irregular` where it is not canonical, WireError where it is not OTLP */
  const passes = (request: Request, ops: MessageOps, body: Uint8Array): Omit<Processed, 'refused'> => {
    const batch = batchOf(request, pass.run(request.signal, ops, body))
    const { records } = pass
    return { batch, records, quarantined: keepAside(request, ops, body) }
  }

  /** @param body the request in protobuf */
  const run = (request: Request, body: Uint8Array): Omit<Processed, 'refused'> => {
    const ops = opsOf(requestOf[request.signal])
    try {
      return passes(request, ops, body)
    } catch (error) {
      if (error !== irregular) throw error
      // What half of the passes counted is counted again. All of them look at the same bytes: a record that one reads in
      // another way than the next would be in two batches, or in none.
      clear(current)
      const canonical = canonicalize(ops.name, body, (reason) => count(current.dropped, reason))
      return passes(request, ops, canonical)
    }
  }

  const processAs = (isFirst: boolean, request: Request): Processed => {
    const { signal, encoding, body } = request
    clear(current)
    pass.isFirst = isFirst
    const json = encoding === 'json' ? jsonToProtobuf(signal, body) : undefined
    pass.dropsEmptyMetrics = json !== undefined && json.refused.length > 0
    const made = run(request, json?.bytes ?? body)
    if (json !== undefined) {
      for (const [kind, times] of json.repaired) count(current.repaired, kind, times)
      for (const [reason, times] of json.dropped) count(current.dropped, reason, times)
      for (const { reason, records } of json.refused) count(current.refused, reason, records)
    }
    const refused = [...current.refused].map(([reason, records]) => ({ reason, records }))
    addTo(tally, current)
    addDecided(deciders, planner.sources, current.bySources)
    return { ...made, refused }
  }

  return {
    tally,
    process: (request) => processAs(true, request),
    clean: (signal, body) => processAs(false, { signal, encoding: 'protobuf', body }).batch,
    text: (text) => {
      clear(current)
      const bytes = Buffer.from(text)
      const treated = treatment.treat(bytes, 0, bytes.length, planner.neutral)
      addTo(tally, current)
      if (treated === undefined) return text
      return treated === null ? null : Buffer.from(treated.buffer, treated.byteOffset, treated.length).toString()
    },
  }
}

/** Every way in which the program makes pseudonyms. */
function hashesOf(program: Program): Hash[] {
  return [...program.classes.values()].flatMap((action) => {
    if (action.is === 'hash') return [action.hash]
    if (action.is === 'phone') return action.hash === undefined ? [] : [action.hash]
    return action.is === 'email' && typeof action.domain === 'object' ? [action.domain] : []
  })
}

/** The hash of a class, or the strongest there is: plain SHA-256 only where the program has no key at all. */
function hashOf(program: Program, className: string): Hash {
  const action = program.classes.get(className)
  if (action?.is === 'hash') return action.hash
  const [ring] = program.keys.keys()
  return ring === undefined ? { method: 'sha256', chars: 16 } : { method: 'hmac', key: ring, chars: 16 }
}

/** What counts once, however often a record is read. */
const ofRecords = ['repaired', 'refused', 'quarantined', 'dropped', 'invalid'] as const
const counters = ['changed', 'found', ...ofRecords] as const
const none: Quarantined[] = []

function clear(tally: Tally): void {
  tally.bySources.fill(0)
  for (const counter of counters) if (tally[counter].size > 0) tally[counter].clear()
}

function addTo(total: Tally, part: Tally): void {
  for (const counter of counters) for (const [key, times] of part[counter]) count(total[counter], key, times)
}

/** Adds what sets of sources have decided on to the counters of their members. */
function addDecided(deciders: readonly Decided[], sources: SourceSets, bySources: Uint32Array): void {
  const { size } = sources
  for (let set = 0; set < size; set++) {
    const fields = bySources[set]
    if (fields === 0) continue
    for (const member of sources.members(set)) deciders[member].fields += fields
  }
}
