// What a ruleset makes of requests, record by record and in total: on the screen, or as JSON.
import { protobufToJson } from '../../otlp/to-json.ts'
import type { Signal } from '../../pipeline/batch.ts'
import { createEngine } from '../../processors/engine.ts'
import type { Reason } from '../../ruleset/closure-because.ts'
import { placeOfReason } from '../../ruleset/closure-findings.ts'
import { placeText } from '../explain/reasons.ts'
import { count } from '../../telemetry/tally.ts'
import type { Loaded } from '../load.ts'
import { print } from '../command.ts'
import type { CommandContext } from '../command.ts'
import { causeLines, redactors } from './cause-lines.ts'
import { createCauses, type Causes } from './causes.ts'
import { compare } from './compare.ts'
import { attributePath, fieldsOf, type Fields } from './fields.ts'
import { singleRecords, type Json } from './records.ts'
import { amounts, heading, showChanges, visible, type ExplainedChange } from './show.ts'

export interface ReportOptions {
  /** Records that are shown; the others are counted. */
  readonly limit: number
  readonly format: 'text' | 'json'
  /** Without: which fields changed and why, and nothing of what is in them. */
  readonly values: boolean
}

export interface Report {
  /** Shows each record of a request before and after. */
  add(signal: Signal, request: Json): void
  /** Shows the totals, and rows of the caller's. */
  totals(more?: readonly (readonly [name: string, figures: Iterable<readonly [string, number]>])[]): void
  records(): number
}

/** One record as it came and as it leaves. */
interface ShownRecord {
  readonly signal: Signal
  /** `span api_request (automagik-omni)` */
  readonly title: string
  /** Why nothing of it is left; undefined when something is. */
  readonly refused: readonly string[] | undefined
  /** Why it is kept in the quarantine instead of going on. */
  readonly quarantined: string | undefined
  readonly changes: readonly ExplainedChange[]
  readonly unchanged: number
}

export function createReport(
  { stdout }: CommandContext,
  { program, layers }: Pick<Loaded, 'program' | 'layers'>,
  { limit, format, values }: ReportOptions,
): Report {
  const engine = createEngine(program)
  const causes = createCauses(program, layers)
  const shown: ShownRecord[] = []
  /** Path → who took something out of it, in the records that are shown. */
  const where = new Map<string, Map<string, number>>()
  let records = 0
  let altered = 0

  function addRecord(signal: Signal, request: Json): void {
    records += 1
    const repaired = new Map(engine.tally.repaired)
    const body = Buffer.from(JSON.stringify(request))
    const { quarantined, refused, ...onward } = engine.process({ signal, encoding: 'json', body })
    const [aside] = quarantined
    const batch = onward.batch ?? aside?.batch
    const after = batch && (JSON.parse(protobufToJson(signal, batch.bytes)) as Json)
    const repairs = [...engine.tally.repaired].filter(([kind, n]) => n > (repaired.get(kind) ?? 0))
    const comparison = compared(
      causes,
      signal,
      request,
      after ?? {},
      repairs.map(([kind]) => kind),
      records <= limit,
    )
    if (comparison.changed) altered += 1
    if (records > limit) return
    const record: ShownRecord = {
      signal,
      title: titleOf(signal, fieldsOf(values ? request : (after ?? {}))),
      refused: after === undefined ? refused.map(({ reason }) => reason) : undefined,
      quarantined: aside?.reason,
      ...comparison,
    }
    for (const change of comparison.changes) {
      const counts = where.get(change.field.path) ?? new Map<string, number>()
      for (const who of change.before === change.after ? [] : redactors(change.cause)) count(counts, who)
      if (counts.size > 0) where.set(change.field.path, counts)
    }
    if (format === 'json') shown.push(record)
    else showRecord(record)
  }

  function showRecord({ title, refused, quarantined, changes, unchanged }: ShownRecord): void {
    heading(stdout, title)
    if (quarantined !== undefined) print(stdout, `  into the quarantine: ${quarantined}`)
    if (refused !== undefined) print(stdout, `  refused: ${refused.join(', ') || 'nothing of it is left'}`)
    else if (changes.length === 0) print(stdout, '  as it was')
    else showChanges(stdout, changes, unchanged, { program, layers, values })
  }

  function totals(more: readonly (readonly [name: string, figures: Iterable<readonly [string, number]>])[] = []): void {
    const { changed, found, decided, repaired, dropped } = engine.tally
    const named = [...decided.values()].filter(({ source, fields }) => source !== 'default' && fields > 0)
    const rows = [
      ['fields changed', changed],
      ['found in text', found],
      ['decided by', named.map(({ source, name, fields }) => [`${source} ${name}`, fields] as const)],
      ['repaired', repaired],
      ['parts dropped', dropped],
      ...more,
    ] as const
    if (format === 'json') {
      const figures = rows.map(([name, all]) => [name.replaceAll(' ', '_'), Object.fromEntries(all)] as const)
      const places = Object.fromEntries([...where].map(([path, counts]) => [path, Object.fromEntries(counts)]))
      const written = { records, changed_records: altered, ...Object.fromEntries(figures), where: places }
      print(
        stdout,
        JSON.stringify({ ruleset: program.name, records: shown.map(toJson), totals: written }, undefined, 2),
      )
      return
    }
    if (records > limit) print(stdout, `\nand ${records - limit} records more (--limit shows more)`)
    if (where.size > 0) heading(stdout, 'Where privacy acted')
    for (const [path, counts] of [...where].toSorted(([one], [other]) => (one < other ? -1 : 1)))
      print(stdout, `  ${visible(path)}: ${amounts(counts)}`)
    heading(stdout, 'Totals')
    print(stdout, `  ${'records'.padEnd(16)} ${records}, of them changed ${altered}`)
    for (const [name, all] of rows) print(stdout, `  ${name.padEnd(16)} ${amounts(all)}`)
  }

  /** Keys are snake_case, as in every JSON of the command line; they do not change. */
  function toJson({ signal, title, refused, quarantined, changes, unchanged }: ShownRecord) {
    return {
      signal,
      title,
      ...(refused === undefined ? {} : { refused }),
      ...(quarantined === undefined ? {} : { quarantined }),
      unchanged,
      changes: changes.map(({ key, renamedTo, before, after, cause }) => ({
        path: key,
        ...(renamedTo === undefined ? {} : { renamed_to: renamedTo }),
        is: before === undefined ? 'added' : after === undefined ? 'gone' : before === after ? 'renamed' : 'changed',
        ...(values && before !== undefined ? { before } : {}),
        ...(values && after !== undefined ? { after } : {}),
        by: cause.by.map(written),
        ...(cause.disposition === undefined
          ? {}
          : { class: cause.disposition.class, action: cause.disposition.action.is }),
        inside: cause.inside.map(written),
        over: cause.over.map(({ reason, why }) => ({ ...written(reason), why })),
        detectors: cause.detectors,
        repairs: cause.repairs,
        dropped: cause.dropped,
        why: causeLines(cause, { program, layers }),
      })),
    }
  }

  function written(reason: Reason) {
    const place = reason.is === 'schema' ? {} : { place: placeText(placeOfReason(reason, layers)) }
    return { source: reason.is, name: reason.name, ...place }
  }

  return {
    add(signal, request) {
      for (const single of singleRecords(signal, request)) addRecord(signal, single)
    },
    totals,
    records: () => records,
  }
}

/** The changes of one record, and who made each where that is to be shown. */
export function compared(
  causes: Causes,
  signal: Signal,
  request: Json,
  left: Json,
  repaired: readonly string[],
  explained = true,
): { readonly changes: readonly ExplainedChange[]; readonly unchanged: number; readonly changed: boolean } {
  const record = { signal, request, before: fieldsOf(request), after: fieldsOf(left), repaired }
  const { changes, unchanged } = compare(record.before, record.after, causes.namesOf(record))
  const all = explained ? changes.map((change) => ({ ...change, cause: causes.of(record, change) })) : []
  return { changes: all, unchanged, changed: changes.length > 0 }
}

/** `span api_request (automagik-omni)`. */
function titleOf(signal: Signal, fields: Fields): string {
  const value = (path: string): string | undefined => fields.get(path)?.value
  const service = value(attributePath('resource', 'service.name')) ?? 'no service.name'
  const name = {
    traces: `span ${value('span.name') ?? ''}`,
    metrics: `metric ${value('metric.name') ?? ''}`,
    logs: `log record ${value('log.event_name') ?? value(attributePath('log', 'event.name')) ?? ''}`,
  }[signal]
  return `${name.trimEnd()} (${service})`
}
