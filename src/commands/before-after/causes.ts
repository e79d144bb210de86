// Who changed a field of a record, and why that one: asked of the ruleset's judge, as `explain` does, and of the engine,
// which is given the record with no other field in it and says what it counted.
import { detectorTable } from '../../detectors/detector.ts'
import type { Signal } from '../../otlp/fields.ts'
import { createEngine } from '../../processors/engine.ts'
import { ruleReasons, type Reason } from '../../ruleset/closure-because.ts'
import { createJudge, type Disposition, type Judge, type Sender } from '../../ruleset/closure-judge.ts'
import { placeOfKey, type Layer } from '../../ruleset/layers.ts'
import type { Program, SourcePlace } from '../../ruleset/program.ts'
import { without, whyNot } from '../explain/reasons.ts'
import type { Change } from './compare.ts'
import { countsOfField } from './counts.ts'
import { attributePath, type Field, type Fields } from './fields.ts'
import type { Json } from './records.ts'

/** What made one change. */
export interface Cause {
  /** What becomes of the field by its class; undefined where rules say nothing of it. */
  readonly disposition: Disposition | undefined
  /** What gave it the class; several may say the same. */
  readonly by: readonly Reason[]
  /** What else speaks of the field, and why it does not decide. The default is not among them. */
  readonly over: readonly { readonly reason: Reason; readonly why: string }[]
  /** Rules that decided on keys inside the field. */
  readonly inside: readonly Reason[]
  readonly detectors: readonly { readonly name: string; readonly class: string; readonly finds: number }[]
  /** Kinds of repair, as `gateway_repairs` has them. */
  readonly repairs: readonly string[]
  /** Why the field went without being personal data, as `gateway_parts_dropped` has it. */
  readonly dropped: readonly string[]
  /** Where the conventions give it its new name. */
  readonly renamed?: SourcePlace
  /** What the gateway adds of itself, or moves, in words. */
  readonly note?: string
}

/** A record before and after. */
interface SeenRecord {
  readonly signal: Signal
  /** A request of this record alone, as it came. */
  readonly request: Json
  readonly before: Fields
  readonly after: Fields
  /** Kinds of repair that the whole of it had. */
  readonly repaired: readonly string[]
}

export interface Causes {
  /** The paths that the conventions may give a field of the record. */
  namesOf(record: Pick<SeenRecord, 'before' | 'after'>): (field: Field) => readonly string[]
  /** @param change one of the record's */
  of(record: SeenRecord, change: Change): Cause
}

/** Repairs, by the paths of what they mend that rules do not speak of. */
const repairsOf: Readonly<Record<string, readonly string[]>> = {
  'span.trace_id': ['trace-id-64-hex'],
  'log.trace_id': ['trace-id-64-hex', 'log-id-attribute'],
  'span.span_id': ['span-id-missing'],
  'log.span_id': ['log-id-attribute'],
  'span.status.code': ['span-status'],
  'span.start_time_unix_nano': ['span-times'],
  'span.resource': ['span-resource'],
  'datapoint.as_double': ['number-object', 'json-nan'],
}

/** @param layers the files of the program */
export function createCauses(program: Program, layers: readonly Layer[]): Causes {
  const judge = createJudge(program)
  const engine = createEngine(program)
  const written = ruleReasons(program)

  return {
    namesOf: (record) => (field) => namesOf(judge, senderOf(program, record), field),
    of(record, change) {
      const { field } = change
      const sender = senderOf(program, record)
      const rename = renameOf(program, layers, sender, change)
      const moved = {
        ...(rename === undefined ? {} : { renamed: rename }),
        ...noteOf(program, record, change),
      }
      const repaired = record.repaired.filter((kind) => repairsOf[change.renamedTo ?? field.path]?.includes(kind))
      if (field.spot === undefined || change.before === undefined) return { ...nobody, repairs: repaired, ...moved }
      const counts = countsOfField(engine, record.signal, record.request, change.key)
      const because = judge.because(field.spot, sender)
      const disposition = judge.disposition(field.spot, sender)
      const over = without(judge.touching(field.spot, sender), because)
        .filter((reason) => reason.is !== 'default')
        .map((reason) => ({ reason, why: whyNot(reason, disposition, because) }))
      const decided = new Set(counts.decided)
      const inside = without(
        written.filter((reason) => decided.has(`${reason.is} ${reason.name}`)),
        because,
      )
      return {
        disposition,
        by: because,
        over,
        inside: moved.note === undefined ? inside : [],
        detectors: [...counts.found].map(([name, finds]) => ({ name, class: classOf(program, name), finds })),
        repairs: [...new Set([...counts.repaired, ...repaired])],
        dropped: counts.dropped,
        ...moved,
      }
    },
  }
}

const nobody: Cause = {
  disposition: undefined,
  by: [],
  over: [],
  inside: [],
  detectors: [],
  repairs: [],
  dropped: [],
}

function classOf({ detectors }: Program, name: string): string {
  const own = detectors.custom?.find(({ id }) => id === name)
  return own?.class ?? detectorTable[name as keyof typeof detectorTable].class
}

/** Whose record it is, from the record itself. */
function senderOf(
  { conventions, events, repair }: Program,
  { before, after }: Pick<SeenRecord, 'before' | 'after'>,
): Sender {
  const service = before.get(attributePath('resource', 'service.name'))?.value
  const eventName = attributePath('log', 'event.name')
  const named = ['span.name', 'log.event_name', eventName].flatMap(
    (path) => after.get(path)?.value ?? before.get(path)?.value ?? [],
  )
  const isDialect = repair && before.get('scope.name')?.value.endsWith('.telemetry') === true
  const known = named.map((name) => (isDialect ? (conventions.aliases.get(name) ?? name) : name))
  const event = known.find((name) => conventions.events.has(name) || events.has(name))
  return { service, isDialect, event }
}

function namesOf(judge: Judge, sender: Sender, { spot, path }: Field): string[] {
  if (spot?.is !== 'attribute') return []
  const { name } = judge.disposition(spot, sender)
  const lifted = { trace_id: 'log.trace_id', span_id: 'log.span_id' }[name ?? '']
  const canonical = name === undefined || name === spot.name ? [] : [attributePath(spot.context, name)]
  return [...canonical, ...(spot.context === 'log' && lifted !== undefined ? [lifted] : [])].filter(
    (each) => each !== path,
  )
}

/** Where the name of a renamed attribute is written; undefined for what has only lost its `event.`. */
function renameOf(
  { conventions }: Program,
  layers: readonly Layer[],
  { event, isDialect }: Sender,
  { field, renamedTo }: Change,
): SourcePlace | undefined {
  if (renamedTo === undefined || field.spot?.is !== 'attribute') return undefined
  const { name } = field.spot
  const bare = isDialect === true ? name.replace(/^event\./, '') : name
  const ofEvent = event !== undefined && conventions.events.get(event)?.rename.has(bare) === true
  const at = ofEvent ? ['conventions', 'events', event, 'rename', bare] : ['conventions', 'rename', bare]
  const layer = layers.findLast(({ content }) => {
    const written = ofEvent ? content.conventions?.events?.[event] : content.conventions
    return Object.hasOwn(written?.rename ?? {}, bare)
  })
  return layer === undefined ? undefined : placeOfKey(layer, at)
}

/** What neither a rule nor a repair does. */
function noteOf(program: Program, { signal }: SeenRecord, change: Change): { note?: string } {
  const { conventions } = program
  const { field, before } = change
  const { spot, path } = field
  if (path === 'log.event_name' && before === undefined) return { note: 'added: the canonical name of the event' }
  if (spot?.is !== 'attribute') return {}
  if (isWord(program, change)) return { note: 'in the words of the conventions (conventions.values)' }
  const isOfRecord = spot.context === 'span' || spot.context === 'log'
  if (isOfRecord) return noteOfRecord(program, change, spot.name)
  if (signal !== 'metrics' || spot.context !== 'resource') return {}
  if (conventions.metricIdentity.includes(spot.name))
    return { note: 'told processes apart: service.instance.id does instead (conventions.metric_identity)' }
  return before === undefined && spot.name === 'service.instance.id'
    ? { note: 'added: the pseudonym of what identified the process (conventions.metric_identity)' }
    : {}
}

/** Whether the value became what the conventions write for it. */
function isWord({ conventions }: Program, { field, before, after, renamedTo }: Change): boolean {
  if (before === undefined || before === after || field.spot?.is !== 'attribute') return false
  const { context } = field.spot
  const now = renamedTo ?? field.path
  return [...conventions.values].some(
    ([name, words]) => attributePath(context, name) === now && words.get(before) === after,
  )
}

/** Attributes that the gateway adds to spans and logs, by their names. */
const addedNotes: Readonly<Record<string, string>> = {
  'http.route': 'added: the template of url.path',
  'error.type': 'added: the kind of error that the event tells of',
  'event.name': 'added: the canonical name of the event',
  'process.runtime.name': 'added: what runs the program, by the name of its version',
}

function noteOfRecord({ conventions, events }: Program, change: Change, name: string): { note?: string } {
  const { before, after = '', renamedTo = '', field } = change
  const parameters = [...conventions.events.values()].flatMap(({ routes }) =>
    routes.flatMap((route) => route.match(/\{[^{}]+\}/g) ?? []),
  )
  if (before === undefined) {
    if (Object.hasOwn(addedNotes, name)) return { note: addedNotes[name] }
    return parameters.includes(`{${name}}`) ? { note: 'added: what stands for it in url.path' } : {}
  }
  if (name === 'event.name' && (conventions.events.has(after) || events.has(after)))
    return { note: 'the canonical name of the event' }
  const isPath = [field.path, renamedTo].some((path) => path.endsWith("['url.path']"))
  const hasGone = (parameter: string): boolean => after.includes(parameter) && !before.includes(parameter)
  return isPath && parameters.some(hasGone) ? { note: 'what a route names in the path goes from it' } : {}
}
