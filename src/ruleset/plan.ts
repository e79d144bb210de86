// A program made ready for the hot path: for a service and an event, what to do with each attribute name and each
// place. Names are decided once, by their bytes, and remembered; the set of plans is bounded by the ruleset.
import { isUtf8 } from 'node:buffer'
import { rankOf } from '../actions/action.ts'
import { hintOf } from '../detectors/hint.ts'
import type { AttributeClass } from '../events/event-classes.ts'
import { contexts, type Context } from '../otlp/fields.ts'
import { namePlaces, places } from '../otlp/ops.ts'
import { sameBytes, viewOf } from '../otlp/wire.ts'
import { BytesMap, maxKeyBytes } from './bytes-map.ts'
import { actionOf, nameCell, strictest, type Cell } from './cell.ts'
import type { CleanText } from './clean-text.ts'
import { eventContexts, schemaOf } from './event-cells.ts'
import { createClassifier, scopeOf, type Classifier, type ServiceScope, type Verdict } from './cells.ts'
import type { Program } from './program.ts'
import { numberOf } from './name-numbers.ts'
import { implied, lowAttributes, Role, roles } from './roles.ts'
import { compileRoutes, routesOf, type RouteMatch } from './routes.ts'
import type { SourceSets } from './sources.ts'
import { compileForms, type FormOf, type ValueForm } from './value-form.ts'

/** At the top of a structured body this key is the log's own text; anywhere deeper it is somebody's message. */
export const ownTextKey = 'message'

/** One attribute name under one plan. */
export interface KeyPlan {
  /** Numbers canonical names from 1, so that collisions in a record are seen without comparing text; 0: not numbered. */
  readonly id: number
  readonly received: string
  /** Every name that rules match: received, without the dialect's prefix, canonical. */
  readonly names: readonly string[]
  /** What the name tells the detectors. */
  readonly hint: number
  readonly receivedBytes: Uint8Array
  readonly receivedView: DataView
  readonly name: string
  /** The name to write, where it is not the received one. */
  readonly write: Uint8Array | undefined
  /** The name to write for a key inside a map, which conventions do not rename; undefined: the received one. */
  readonly writeNested: Uint8Array | undefined
  /** The name before it was renamed, where it is to stay too, and its number; undefined: it does not. */
  readonly old: { readonly write: Uint8Array; readonly id: number } | undefined
  /** What the received name tells beside its value, and the name to write no longer does: name and text. */
  readonly implied: readonly [name: string, text: string] | undefined
  /** That as a field, by context, once asked for; filled by who adds it. */
  readonly impliedFields: (Uint8Array | null | undefined)[]
  /** Whether the name is another by convention (not by detectors): then an attribute of that name wins over this one. */
  readonly isAlias: boolean
  /** Whether the dialect's prefix was taken off. */
  readonly isPrefixed: boolean
  /** The name itself could not be kept: the attribute goes. */
  readonly isDropped: boolean
  readonly role: number
  /** What the conventions make of its value; undefined: it stays. */
  readonly form: ValueForm | undefined
  /** The clean text that was seen last under each cell, by context; filled by who treats values. */
  readonly memos: (CleanText | undefined)[]
  /** Cells by context, once asked for; `cell` makes them. */
  readonly cells: readonly (Cell | undefined)[]
  cell(context: number): Cell
  /** The cell of a key of this name inside a value: an event's schema speaks of attributes, not of those. */
  nested(context: number): Cell
}

export interface Plan {
  /** The canonical event name, where the event is known. */
  readonly event: string | undefined
  /** The route of the event's API that a path, cut into segments, begins with. */
  routeOf(segments: readonly string[]): RouteMatch | undefined
  attribute(bytes: Uint8Array, start: number, end: number): KeyPlan
  /**
   * The same, given where the attribute stands in its record: records of one kind carry the same names in the same
   * order, so the name that stood there last is tried first.
   */
  attributeAt(context: number, ordinal: number, bytes: Uint8Array, view: DataView, start: number, end: number): KeyPlan
  /** By place id, an index into `places`. */
  place(id: number): Cell
  /** The cell of the log body at a path of keys; `isTop`: a key of the body itself, and not inside of a list. */
  body(path: readonly string[], parent: Cell | undefined, key: KeyPlan | undefined, isTop: boolean): Cell
}

/** The plans of one service. */
export interface ServicePlans {
  readonly base: Plan
  /** The plan of a record by its event's name; `isDialect`: sent by an Automagik SDK or program. */
  forEvent(bytes: Uint8Array, start: number, end: number, isDialect: boolean): Plan
  forAny(isDialect: boolean): Plan
  /** Whether the name is that of a known event or an alias of one. */
  knows(bytes: Uint8Array, start: number, end: number): boolean
  /** Whether the name is a known event's canonical one. */
  isCanonical(bytes: Uint8Array, start: number, end: number): boolean
}

export interface Planner {
  /** Who gives cells their class: `sources` of a cell is a set of these. */
  readonly sources: SourceSets
  /** To be called before each request. */
  startRequest(): void
  /** @param name `service.name`, undefined when the resource has none */
  service(name: string | undefined): ServicePlans
  /** A cell for text of a neutral name, without service: what `sanitize` uses. */
  readonly neutral: Cell
}

/** Treats a name as text under a cell: undefined = stays, null = cannot stay, else the new name. */
export type TreatName = (name: Uint8Array, cell: Cell) => Uint8Array | undefined | null

type TreatText = (text: string) => Uint8Array | undefined | null

/** Attributes of a record whose names are guessed from the record before. */
const maxRemembered = 64

interface Shared {
  readonly program: Program
  readonly classifier: Classifier
  readonly treatName: TreatName
  readonly formOf: FormOf
  readonly ids: Map<string, number>
  /** What each plan remembers of names, to be forgotten when all of them together know too many. */
  readonly memories: (() => void)[]
  /** Names that the plans have learnt since they last forgot. */
  learnt: number
  /** Of these, names that the request at hand has brought. */
  brought: number
}

/** Names that all plans remember together: a flood of names to every service and event must not fill the memory. */
const maxNames = 16_384

export function createPlanner(program: Program, treatName: TreatName): Planner {
  const shared: Shared = {
    program,
    classifier: createClassifier(program),
    treatName,
    formOf: compileForms(program.conventions),
    ids: new Map(),
    memories: [],
    learnt: 0,
    brought: 0,
  }
  const groups = program.conventions.services
  const { rename, events } = program.conventions
  const targets = [rename, ...[...events.values()].map((event) => event.rename)].flatMap((map) => [...map.values()])
  // The names that conventions rename to are numbered first: a flood of made-up names cannot crowd them out.
  for (const target of targets) numberOf(shared.ids, target)
  const named = new Set([...program.rules, ...program.exceptions].flatMap(({ services }) => services ?? []))
  const byScope = new Map<string, ServicePlans>()
  return {
    sources: shared.classifier.sources,
    service: (name) => {
      const scope = scopeOf(name, groups, named)
      const key = scope.is === 'named' ? `=${scope.names.join('\n')}` : scope.is
      let plans = byScope.get(key)
      if (plans === undefined) {
        plans = createServicePlans(shared, scope)
        byScope.set(key, plans)
      }
      return plans
    },
    startRequest: () => {
      shared.brought = 0
    },
    neutral: createNeutral(shared),
  }
}

function createServicePlans(shared: Shared, scope: ServiceScope): ServicePlans {
  const { events, aliases } = shared.program.conventions
  const plans = new Map<string, Plan>()
  const planOf = (event: string | undefined, isDialect: boolean): Plan => {
    const key = `${isDialect ? 'd' : '-'}${event ?? ''}`
    let plan = plans.get(key)
    if (plan === undefined) {
      plan = createPlan(shared, scope, event, isDialect)
      plans.set(key, plan)
    }
    return plan
  }
  const canonicalOf = new BytesMap<string>()
  const aliasOf = new BytesMap<string>()
  const { events: schemas } = shared.program
  for (const event of new Set([...events.keys(), ...aliases.values(), ...schemas.keys()]))
    canonicalOf.set(...whole(event), event)
  for (const [alias, event] of aliases) aliasOf.set(...whole(alias), event)
  const base = planOf(undefined, false)
  const baseDialect = planOf(undefined, true)
  return {
    base,
    forAny: (isDialect) => (isDialect ? baseDialect : base),
    forEvent: (bytes, start, end, isDialect) => {
      const event = canonicalOf.get(bytes, start, end) ?? (isDialect ? aliasOf.get(bytes, start, end) : undefined)
      return event === undefined ? (isDialect ? baseDialect : base) : planOf(event, isDialect)
    },
    isCanonical: (bytes, start, end) => canonicalOf.get(bytes, start, end) !== undefined,
    knows: (bytes, start, end) =>
      canonicalOf.get(bytes, start, end) !== undefined || aliasOf.get(bytes, start, end) !== undefined,
  }
}

function whole(text: string): [Uint8Array, number, number] {
  const bytes = Buffer.from(text)
  return [bytes, 0, bytes.length]
}

function createPlan(shared: Shared, scope: ServiceScope, event: string | undefined, isDialect: boolean): Plan {
  const { program, classifier } = shared
  const keys = new BytesMap<KeyPlan>()
  const byName = (name: string): KeyPlan => {
    const bytes = Buffer.from(name)
    return attribute(bytes, 0, bytes.length)
  }
  const { sources } = classifier
  /** A closed type decides in the default's place, and beside rules that leave the field to it. */
  const closedBy = (by: number, event: string): number =>
    by === sources.default('attribute') ? sources.schema(event) : sources.union(by, sources.schema(event))
  const makeCell = (
    { class: className, by }: Verdict,
    hint: number,
    low: boolean,
    context: Context,
    ofSchema?: AttributeClass,
  ): Cell => {
    const action = actionOf(program, className)
    const isDetected = action.is === 'detect' || action.is === 'truncate'
    const closed = isDetected && ofSchema?.closed !== undefined ? ofSchema : undefined
    const cell: Cell = {
      action,
      className,
      rank: rankOf[action.is],
      hint,
      low,
      closed,
      sources: closed === undefined || event === undefined ? by : closedBy(by, event),
      keyAction: (key) => strictest(cell, byName(key).nested(contexts.indexOf(context))),
    }
    return cell
  }
  const bodyFallback: Verdict = { class: program.defaults.body, by: sources.default('body') }
  const inSchema = schemaOf(program, event, classifier.stricter)
  const schemaVerdict = ({ class: className }: AttributeClass): Verdict | undefined =>
    className === undefined || event === undefined ? undefined : { class: className, by: sources.schema(event) }
  const placeCells = places.map((place) => {
    const context = contexts.find((each) => place.startsWith(`${each}.`)) ?? 'span'
    return makeCell(classifier.place(place, scope), 0, namePlaces.has(place), context)
  })

  function attribute(bytes: Uint8Array, start: number, end: number): KeyPlan {
    const known = keys.get(bytes, start, end)
    if (known !== undefined) return known
    if (++shared.brought > maxNames) return crowdedOut
    if (++shared.learnt > maxNames) {
      for (const forget of shared.memories) forget()
      shared.learnt = 1
    }
    const made = createKeyPlan(Buffer.from(bytes.subarray(start, end)))
    keys.set(bytes, start, end, made)
    return made
  }

  const crowdedCell: Cell = {
    action: { is: 'drop' },
    className: program.defaults.attribute,
    rank: rankOf.drop,
    hint: 0,
    low: false,
    closed: undefined,
    sources: sources.default('attribute'),
    keyAction: () => crowdedCell,
  }
  /** For every further name of a request that brings thousands of new ones: no program does, and each costs time. */
  const crowdedOut: KeyPlan = {
    ...createKeyPlan(Buffer.alloc(0)),
    isDropped: true,
    cells: [],
    cell: () => crowdedCell,
    nested: () => crowdedCell,
  }

  function createKeyPlan(received: Buffer): KeyPlan {
    const name = received.toString()
    const stripped = isDialect && /^event\.(?!name$|domain$)./.test(name) ? name.slice('event.'.length) : name
    const conventions = program.conventions
    const ofEvent = event === undefined ? undefined : conventions.events.get(event)
    const canonical = ofEvent?.rename.get(stripped) ?? conventions.rename.get(stripped) ?? stripped
    const names = [name, stripped, canonical]
    const hint = hintOf(canonical) | hintOf(name)
    // A name that is no UTF-8 is read as another one by every decoder, so it cannot be judged.
    const undecodable = program.defaults.onError === 'drop' ? null : Buffer.from('[undecodable]')
    const isText = isUtf8(received)
    const treat: TreatText = (text) =>
      !isText
        ? undecodable
        : actionOf(program, program.defaults.attribute).is === 'keep'
          ? undefined
          : shared.treatName(Buffer.from(text), nameCell(program, sources))
    const treated = treat(canonical)
    const treatedNested = canonical === name ? treated : treat(name)
    const cells: (Cell | undefined)[] = contexts.map(() => undefined)
    const nestedCells: (Cell | undefined)[] = contexts.map(() => undefined)
    const ofSchema = inSchema(names)
    const isLow = (context: Context): boolean => context === 'datapoint' || lowAttributes.has(canonical)
    const cell = (id: number): Cell => {
      const context = contexts[id]
      if (ofSchema === undefined || !eventContexts.has(context)) return (cells[id] ??= nested(id))
      const made = (): Cell => {
        const verdict = classifier.attribute(names, context, scope, schemaVerdict(ofSchema))
        return makeCell(verdict, hint, isLow(context), context, ofSchema)
      }
      return (cells[id] ??= made())
    }
    const nested = (id: number): Cell => {
      const context = contexts[id]
      const made = (): Cell => makeCell(classifier.attribute(names, context, scope), hint, isLow(context), context)
      return (nestedCells[id] ??= made())
    }
    return {
      id: numberOf(shared.ids, canonical),
      received: name,
      names,
      hint,
      receivedBytes: received,
      receivedView: viewOf(received),
      cells,
      memos: contexts.map(() => undefined),
      name: canonical,
      write: treated ?? (canonical === name ? undefined : Buffer.from(canonical)),
      writeNested: treatedNested ?? undefined,
      old: oldName(stripped, canonical, treat),
      implied: stripped === canonical ? undefined : implied[stripped],
      impliedFields: [],
      isAlias: canonical !== name,
      isPrefixed: stripped !== name,
      isDropped: treated === null || (treated !== undefined && treated.length === 0),
      role: conventions.metricIdentity.includes(canonical) ? Role.identity : (roles[canonical] ?? Role.none),
      form: shared.formOf(canonical, ofEvent),
      cell,
      nested,
    }
  }

  function oldName(stripped: string, canonical: string, treat: TreatText): KeyPlan['old'] {
    if (!program.conventions.keepOldNames || stripped === canonical) return undefined
    const treated = treat(stripped)
    const isKept = treated !== null && treated?.length !== 0
    return isKept ? { write: treated ?? Buffer.from(stripped), id: numberOf(shared.ids, stripped) } : undefined
  }

  const recent: KeyPlan[][] = contexts.map(() => [])
  shared.memories.push(() => {
    keys.clear()
    for (const row of recent) row.length = 0
  })
  function attributeAt(
    context: number,
    ordinal: number,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): KeyPlan {
    const row = recent[context]
    if (ordinal < row.length) {
      const guess = row[ordinal]
      const { length } = guess.receivedBytes
      if (length === end - start && sameBytes(view, start, guess.receivedView, length)) return guess
    }
    const found = attribute(bytes, start, end)
    const fits = ordinal <= row.length && ordinal < maxRemembered && end - start <= maxKeyBytes
    if (fits) row[ordinal] = found
    return found
  }

  return {
    event,
    routeOf: compileRoutes(routesOf(program.conventions, event, isDialect)),
    attribute,
    attributeAt,
    place: (id) => placeCells[id],
    body: bodyCell,
  }

  function bodyCell(path: readonly string[], parent: Cell | undefined, key: KeyPlan | undefined, isTop: boolean): Cell {
    const fromBody = classifier.body(path, scope)
    const own = fromBody === undefined ? undefined : makeCell(fromBody, 0, false, 'log')
    if (key === undefined) return own ?? makeCell(bodyFallback, 0, false, 'log')
    const isOwnText = isTop && key.received === ownTextKey
    const ruled = isOwnText ? undefined : classifier.attributeRule(key.names, 'log', scope)
    const { hint } = key
    const candidates = [own, ruled === undefined ? undefined : makeCell(ruled, hint, false, 'log')]
    let best: Cell = parent ?? makeCell(bodyFallback, hint, false, 'log')
    for (const candidate of candidates) if (candidate !== undefined && candidate.rank > best.rank) best = candidate
    return hint === 0 || best.hint === hint ? best : { ...best, hint }
  }
}

function createNeutral(shared: Shared): Cell {
  const plan = createPlan(shared, { is: 'any' }, undefined, false)
  const bytes = Buffer.from('neutral')
  return plan.attribute(bytes, 0, bytes.length).cell(contexts.indexOf('span'))
}
