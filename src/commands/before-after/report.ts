// What a ruleset makes of requests, record by record, and in total: on the screen.
import { protobufToJson } from '../../otlp/to-json.ts'
import type { Signal } from '../../pipeline/batch.ts'
import { createEngine } from '../../processors/engine.ts'
import type { Program } from '../../ruleset/program.ts'
import { print } from '../command.ts'
import type { CommandContext } from '../command.ts'
import { compare } from './compare.ts'
import { fieldsOf, type Fields } from './fields.ts'
import { singleRecords, type Json } from './records.ts'
import { amounts, heading, showComparison } from './show.ts'

export interface Report {
  /** Shows each record of a request before and after. */
  add(signal: Signal, request: Json): void
  /** Shows the totals, and rows of the caller's. */
  totals(more?: readonly (readonly [name: string, text: string])[]): void
  records(): number
}

/** @param limit records that are shown; the others are counted */
export function createReport({ stdout }: CommandContext, program: Program, limit: number): Report {
  const engine = createEngine(program)
  let records = 0
  let altered = 0

  function clean(signal: Signal, request: Json): { after: Fields | undefined; refused: string[] } {
    const { batch, refused } = engine.process({ signal, encoding: 'json', body: Buffer.from(JSON.stringify(request)) })
    return {
      after: batch && fieldsOf(JSON.parse(protobufToJson(signal, batch.bytes)) as Json),
      refused: refused.map(({ reason }) => reason),
    }
  }

  function addRecord(signal: Signal, request: Json): void {
    records += 1
    const before = fieldsOf(request)
    const { after, refused } = clean(signal, request)
    const comparison = compare(before, after ?? new Map(), program.conventions)
    if (comparison.changes.length > 0) altered += 1
    if (records > limit) return
    heading(stdout, titleOf(signal, before))
    if (after === undefined) print(stdout, `  refused: ${refused.join(', ') || 'nothing of it is left'}`)
    else if (comparison.changes.length === 0) print(stdout, '  as it was')
    else showComparison(stdout, comparison)
  }

  return {
    add(signal, request) {
      for (const single of singleRecords(signal, request)) addRecord(signal, single)
    },
    totals(more = []) {
      if (records > limit) print(stdout, `\nand ${records - limit} records more (--limit shows more)`)
      heading(stdout, 'Totals')
      const { changed, found, repaired, dropped } = engine.tally
      const rows = [
        ['records', `${records}, of them changed ${altered}`],
        ['fields changed', amounts(changed)],
        ['found in text', amounts(found)],
        ['repaired', amounts(repaired)],
        ['parts dropped', amounts(dropped)],
        ...more,
      ]
      for (const [name, text] of rows) print(stdout, `  ${name.padEnd(16)} ${text}`)
    },
    records: () => records,
  }
}

/** `span api_request (automagik-omni)`. */
function titleOf(signal: Signal, fields: Fields): string {
  const service = fields.get('resource service.name') ?? 'no service.name'
  const name = {
    traces: `span ${fields.get('span name') ?? ''}`,
    metrics: `metric ${fields.get('metric name') ?? ''}`,
    logs: `log record ${fields.get('log eventName') ?? fields.get('log event.name') ?? ''}`,
  }[signal]
  return `${name.trimEnd()} (${service})`
}
