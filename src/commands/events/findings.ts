// Records against the schemas of their events: by the engine itself, so that names and types are what the gateway would
// see after repair and conventions. Nothing of a value gets into a finding.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { pointerTo } from '../../events/validate.ts'
import type { Signal } from '../../otlp/fields.ts'
import { WireError } from '../../otlp/wire-error.ts'
import { createEngine } from '../../processors/engine.ts'
import type { CheckedEvent } from '../../processors/event-schemas.ts'
import type { Program } from '../../ruleset/program.ts'
import { Tally } from '../../telemetry/tally.ts'
import { singleRecords, type Json } from '../before-after/records.ts'
import type { PlacedRequest } from './requests.ts'

export interface EventFinding extends Diagnostic {
  /** Which record of the file it is, from 1. */
  readonly record: number
  /** The event's canonical name, or what it calls itself. */
  readonly event?: string
  /** JSON Pointer into the attributes. */
  readonly pointer?: string
  /** The keyword of JSON Schema that does not hold. */
  readonly keyword?: string
  readonly expected?: string
}

export interface FileReport {
  readonly file: string
  readonly events: number
  readonly valid: number
  /** Records that are no events: other spans, logs without an event name, data points. */
  readonly others: number
  /** Attributes that the schemas of their events do not describe. */
  readonly unknownAttributes: number
  readonly findings: readonly EventFinding[]
}

/** Makes what checks files by the events of a program. @param strict unknown events and attributes are errors */
export function createChecker(
  program: Program,
  strict: boolean,
): (file: string, requests: readonly PlacedRequest[]) => FileReport {
  let last: CheckedEvent | undefined
  const validation = { onViolation: 'drop', services: new Map(), unknownEvent: 'drop' } as const
  const engine = createEngine({ ...program, validation }, new Tally(), (checked) => (last = checked))
  const names = [...program.events.keys(), ...program.conventions.aliases.keys()]
  const safe = (name: string): string => engine.text(name) ?? '?'

  /** Undefined for a record that is no event. */
  const findingsOf = (signal: Signal, request: Json, place: Place): EventFinding[] | undefined => {
    last = undefined
    const refused = refusalOf(() =>
      engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) }),
    )
    const checked = last as CheckedEvent | undefined
    if (checked === undefined) {
      if (refused === undefined) return undefined
      return [{ ...place, code: 'events/refused', severity: 'error', message: `the gateway refuses it: ${refused}` }]
    }
    if (checked.event === undefined) {
      const event = safe(nameOf(request))
      const message = `no schema knows the event "${event}"${didYouMean(event, names)}`
      return [{ ...place, code: 'events/unknown-event', severity: strict ? 'error' : 'warning', message, event }]
    }
    return [...violationsOf(checked.event, checked, place), ...(strict ? unknownOf(checked.event, checked, place) : [])]
  }

  const unknownOf = (event: string, { unknownAttributes }: CheckedEvent, place: Place): EventFinding[] =>
    unknownAttributes.map((name) => {
      const known = program.events.get(event)?.attributes.keys() ?? []
      const message = `${event} has no attribute "${name}"${didYouMean(name, known)}`
      return { ...place, code: 'events/unknown-attribute', severity: 'error', message, event, pointer: pointerTo(name) }
    })

  return (file, requests) => {
    const findings: EventFinding[] = []
    let record = 0
    let events = 0
    let valid = 0
    let unknownAttributes = 0
    for (const { signal, request, line } of requests) {
      for (const single of singleRecords(signal, request)) {
        record++
        const position = line === undefined ? {} : { position: { line, column: 1, length: 1 } }
        const found = findingsOf(signal, single, { file, record, ...position })
        if (found === undefined) continue
        events++
        if (found.length === 0) valid++
        unknownAttributes += last?.unknownAttributes.length ?? 0
        findings.push(...found)
      }
    }
    return { file, events, valid, others: record - events, unknownAttributes, findings }
  }
}

type Place = Pick<EventFinding, 'file' | 'record' | 'position'>

function violationsOf(event: string, { violations }: CheckedEvent, place: Place): EventFinding[] {
  return violations.map(({ keyword, pointer, expected }) => {
    // Of what is missing, what is wanted says the keyword.
    const named = keyword === 'required' ? '' : ` (${keyword})`
    const message = `${event} ${pointer}: ${expected}${named}`
    return { ...place, code: 'events/invalid', severity: 'error', message, event, pointer, keyword, expected }
  })
}

/** Why a record is refused for another reason than its schema. */
function refusalOf(process: () => { readonly refused: readonly { readonly reason: string }[] }): string | undefined {
  try {
    return process().refused[0]?.reason
  } catch (error) {
    if (error instanceof WireError) return error.message
    throw error
  }
}

/** What a record's event calls itself. */
function nameOf(request: Json): string {
  const record = innermost(request) as {
    readonly name?: string
    readonly eventName?: string
    readonly attributes?: unknown
  }
  const attributes = (record.attributes ?? []) as readonly { key?: string; value?: { stringValue?: string } }[]
  const named = attributes.find(({ key }) => key === 'event.name')?.value?.stringValue
  const names = [record.name, record.eventName, named]
  return names.find((name) => typeof name === 'string' && name !== '') ?? ''
}

function innermost(request: Json): Json {
  const below = ['resourceSpans', 'resourceLogs', 'scopeSpans', 'scopeLogs', 'spans', 'logRecords']
  const key = below.find((each) => Array.isArray(request[each]))
  return key === undefined ? request : innermost((request[key] as Json[])[0])
}
