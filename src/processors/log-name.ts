// The name of an event that is a log record: in the field, where OpenTelemetry has it, and in the attribute `event.name`,
// where it was before, and without which Loki 3.7 does not show it. Both say the canonical one.
import { lastLength, lengthEnd, delimitedValue, ValueTag } from '../otlp/any-value.ts'
import { contexts } from '../otlp/fields.ts'
import { Op, opsOf, tagIn } from '../otlp/ops.ts'
import { Role } from '../ruleset/roles.ts'
import { count } from '../telemetry/tally.ts'
import type { PassState } from './state.ts'

export const logName = tagIn('LogRecord', 'eventName')
const logNamePlace = opsOf('LogRecord').detail[logName]
const logContext = contexts.indexOf('log')

/** The item of the record from `base` on that is its name; -1 for none. */
export function nameOfLog({ items }: PassState, base: number): number {
  for (let i = base; i < items.top; i++) if (items.op[i] === Op.text && items.tag[i] === logName) return i
  return -1
}

/** The name for the field that holds another one; undefined where it may stay. */
export function betterName(pass: PassState, i: number): string | undefined {
  const { items, bytes, plan } = pass
  if (plan.event === undefined || isText(bytes, items.start[i], items.end[i], plan.event)) return undefined
  count(pass.settings.tally.repaired, 'event-name')
  return plan.event
}

/** The field for a record that says its name elsewhere; undefined where the name could not stay as it is. */
export function nameField(pass: PassState, event: string): Uint8Array | undefined {
  const name = Buffer.from(event)
  const cell = pass.plan.place(logNamePlace)
  if (pass.settings.treatment.treat(name, 0, name.length, cell) !== undefined) return undefined
  pass.decided[cell.sources]++
  return delimitedValue(logName, name)
}

/** The attribute `event.name` with the canonical name; undefined for any other attribute, and where it has it. */
export function namedAttribute(pass: PassState, i: number, context: number): Uint8Array | undefined {
  const { items, bytes, plan } = pass
  if (context !== logContext || items.plan[i].role !== Role.eventName || plan.event === undefined) return undefined
  const start = items.valueStart[i]
  const end = items.valueEnd[i]
  if (start < end && bytes[start] === ValueTag.string) {
    const content = lengthEnd(bytes, start + 1, end)
    if (isText(bytes, content, content + lastLength, plan.event)) return undefined
  }
  return delimitedValue(ValueTag.string, Buffer.from(plan.event))
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  return (
    end - start === text.length &&
    Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).equals(Buffer.from(text))
  )
}
