// The leak corpus under a ruleset: made-up personal data through every place of the field table, in every shape, as
// protobuf and as JSON. Then the bytes that come out are searched for it.
import { jsonToProtobuf } from '../otlp/from-json.ts'
import { createEngine } from '../processors/engine.ts'
import type { Reason } from '../ruleset/closure-because.ts'
import { createJudge, type Judge, type Sender, type Spot } from '../ruleset/closure-judge.ts'
import type { Program } from '../ruleset/program.ts'
import { corpusOf, type Corpus, type CustomExamples, type Guard, type Planted } from './corpus.ts'
import { tablePlaces, type TablePlace } from './places.ts'
import { nameShapes, neutral, plant, type Planting } from './plant.ts'
import { finder, search } from './search.ts'
import { jsonOf, type Tree } from './tree.ts'

/** Values of one guard that came out, for one reason. */
export interface Leak {
  readonly guard: Guard
  /** What lets them out: an exception means that somebody decided so, and it is no leak. */
  readonly reason: Reason
  readonly places: readonly string[]
  /** Of records of this service; undefined: of any. */
  readonly service: string | undefined
  /** The telling names that they stood under. */
  readonly names: readonly string[]
  /** How the values stood there: `string`, `JSON text` … */
  readonly shapes: readonly string[]
  /** How they were found: `raw`, `base64` … */
  readonly forms: readonly string[]
  readonly values: number
}

export interface LeakRun {
  readonly leaks: readonly Leak[]
  readonly excepted: readonly Leak[]
  /** Values planted: each in each place, shape and encoding. */
  readonly values: number
  readonly places: number
  /** Of what came out, and was searched. */
  readonly bytes: number
  readonly off: readonly string[]
}

interface Found {
  readonly planting: Planting<Planted, TablePlace>
  readonly secret: Planted
  readonly form: string
}

/** A service that no rule asks for: what holds for it holds for all, but for what exceptions say of single services. */
const anyService = 'leak.test'

/** Plants, runs and searches. A few seconds for the shipped ruleset, and as much for each service with an exception. */
export function runLeaks(program: Program, examples: CustomExamples = new Map(), only?: readonly string[]): LeakRun {
  const places = tablePlaces()
  const { planted, off } = withoutCommon(corpusOf(program, examples, only), places)
  const plantings = plant(places, planted)
  const services = [anyService, ...servicesOfExceptions(program)]
  const judge = createJudge(program)
  let bytes = 0
  const leaks = services.flatMap((service) => {
    const bodies = plantings.map(({ request }) => jsonOf(sentBy(service, request)))
    const found = (['json', 'protobuf'] as const).flatMap((encoding) => {
      const engine = createEngine(program)
      const left = plantings.map(({ signal }, at) => {
        const body = encoding === 'json' ? bodies[at] : jsonToProtobuf(signal, bodies[at]).bytes
        const { batch, quarantined } = engine.process({ signal, encoding, body })
        const kept = [batch, ...quarantined.map((aside) => aside.batch)]
        return Buffer.concat(kept.map((each) => each?.bytes ?? new Uint8Array()))
      })
      const all = Buffer.concat(left)
      bytes += all.length
      return foundIn(all, left, plantings, planted)
    })
    return grouped(found, judge, service)
  })
  const isNews = (leak: Leak): boolean => leak.service === undefined || !leaks.some((one) => isSame(one, leak))
  const told = leaks.filter(isNews)
  return {
    leaks: told.filter(({ reason }) => reason.is !== 'exception'),
    excepted: told.filter(({ reason }) => reason.is === 'exception'),
    values: services.length * 2 * plantings.reduce((sum, { secrets }) => sum + secrets.length, 0),
    places: new Set(places.map(({ place }) => place)).size,
    bytes,
    off,
  }
}

/** Whether what a single service leaks is what all do. */
function isSame(ofAny: Leak, { guard, reason }: Leak): boolean {
  return ofAny.service === undefined && JSON.stringify([ofAny.guard, ofAny.reason]) === JSON.stringify([guard, reason])
}

/** Leaves out examples of a user's that every request holds, such as `name`. */
function withoutCommon({ planted, off }: Corpus, places: readonly TablePlace[]): Corpus {
  const nothing = { kind: '', text: 'x', traces: [] }
  const bodies = plant(places, [nothing]).map(({ request }) => jsonOf(sentBy(anyService, request)))
  const isCommon = finder(Buffer.concat(bodies))
  return { planted: planted.filter((secret) => isCommon(secret) === undefined), off }
}

/** A `service.name` for each service or group that an exception asks for. */
function servicesOfExceptions({ exceptions, conventions }: Program): string[] {
  const asked = new Set(exceptions.flatMap(({ services }) => services ?? []))
  return [...asked].map((name) => [...conventions.services].find(([, group]) => group === name)?.[0] ?? name)
}

function sentBy(service: string, request: Tree): Tree {
  const [[groups, list]] = Object.entries(request)
  const [group] = list as Tree[]
  const resource = (group['resource'] ?? {}) as Tree
  const own = (resource['attributes'] ?? []) as Tree[]
  const attributes = [...own, { key: 'service.name', value: { stringValue: service } }]
  return { [groups]: [{ ...group, resource: { ...resource, attributes } }] }
}

/** All is searched at once; one by one only what something is found in. */
function foundIn(
  all: Buffer,
  left: readonly Buffer[],
  plantings: readonly Planting<Planted, TablePlace>[],
  planted: readonly Planted[],
): Found[] {
  const traces = new Set(search(all, planted).map(({ trace }) => trace))
  if (traces.size === 0) return []
  const isSuspect = ({ traces: own, digits }: Planted): boolean =>
    own.some((trace) => traces.has(trace)) || (digits !== undefined && traces.has(digits))
  const suspects = new Set(planted.filter(isSuspect))
  return plantings.flatMap((planting, at) => {
    const formOf = finder(left[at])
    return planting.secrets.flatMap((secret) => {
      const form = suspects.has(secret) ? formOf(secret) : undefined
      return form === undefined ? [] : [{ planting, secret, form }]
    })
  })
}

function grouped(found: readonly Found[], judge: Judge, service: string): Leak[] {
  const groups = new Map<string, { guard: Guard; reason: Reason; found: Found[] }>()
  const reasonAt = remembered(judge, { service })
  for (const one of found) {
    const { guard } = one.secret
    const reason = reasonAt(one.planting.place, one.secret.key ?? neutral, one.planting.shape)
    const key = JSON.stringify([guard, reason])
    const group = groups.get(key) ?? { guard, reason, found: [] }
    groups.set(key, group)
    group.found.push(one)
  }
  return [...groups.values()].map(({ guard, reason, found: own }) => ({
    guard,
    reason,
    service: service === anyService ? undefined : service,
    places: [...new Set(own.map(({ planting }) => planting.place.place))].toSorted(),
    names: [...new Set(own.flatMap(({ secret }) => secret.key ?? []))],
    shapes: [...new Set(own.map(({ planting }) => planting.shape))],
    forms: [...new Set(own.map(({ form }) => form))],
    values: own.length,
  }))
}

/** What lets values out of a place: an exception if there is one on the way, else what leaves the text there. */
function remembered(judge: Judge, sender: Sender): (place: TablePlace, name: string, shape: string) => Reason {
  const known = new Map<string, Reason>()
  return (place, name, shape) => {
    const key = JSON.stringify([place.place, name, nameShapes.has(shape)])
    const old = known.get(key)
    if (old !== undefined) return old
    const spots = nameShapes.has(shape) ? [{ is: 'names' } as const] : spotsOf(place, name)
    const opens = spots.flatMap((spot) => judge.because(spot, sender)).find(({ is }) => is === 'exception')
    const leaves = spots.find((spot) => leaveText.has(judge.disposition(spot, sender).action.is)) ?? spots[0]
    const [reason = opens] = opens === undefined ? judge.because(leaves, sender) : [opens]
    if (reason === undefined) throw new Error(`nothing says what becomes of ${place.place}`)
    known.set(key, reason)
    return reason
  }
}

/** Actions that leave the text, or what no detector finds in it. */
const leaveText: ReadonlySet<string> = new Set(['keep', 'detect', 'truncate', 'path'])

/** The spots on the way to a value, the innermost first. */
function spotsOf({ holds, context, place }: TablePlace, name: string): readonly [Spot, ...Spot[]] {
  if (holds === 'text') return [{ is: 'text', place }]
  if (context !== undefined)
    return [
      { is: 'attribute', context, name },
      { is: 'attribute', context, name: neutral },
    ]
  const body = (...path: string[]): Spot => ({ is: 'body', path })
  return [body(name), body('a', name), body(neutral), body()]
}
