// Step between decide and privacy: the attributes of an event, under their canonical names and in their types, against
// its schema. Records of other events are not looked at, and without `validation:` in the ruleset none is.
import { plainNumber } from './closed.ts'
import { formed } from './conventions.ts'
import { lastLength, lengthEnd, valueContent, ValueTag, delimitedValue, intValue } from '../otlp/any-value.ts'
import { Op, tagIn } from '../otlp/ops.ts'
import { irregular, readVarint64, truncated } from '../otlp/wire.ts'
import type { Property } from '../events/event-classes.ts'
import type { Violation } from '../events/validate.ts'
import type { Verdict } from '../ruleset/program.ts'
import { isMark, Role } from '../ruleset/roles.ts'
import { count } from '../telemetry/tally.ts'
import { readDouble } from './double.ts'
import type { Schema, Unfit } from './event-schemas.ts'
import { Fate } from './items.ts'
import { plainValue } from './repair.ts'
import type { PassState } from './state.ts'

const violationsLimit = 999
const markNames = {
  status: Buffer.from('automagik.schema.status'),
  violations: Buffer.from('automagik.schema.violations'),
  keyword: Buffer.from('automagik.schema.keyword'),
  attribute: Buffer.from('automagik.schema.attribute'),
}
const automagik = Buffer.from('automagik.')
const valuesTag = tagIn('ArrayValue', 'values')

/**
 * Judges the record whose items begin at `base`, and notes the marks that it is to get.
 * @param isEvent whether it is an event even where no schema knows it
 * @returns why it does not go on; undefined when it does
 */
export function validateRecord(pass: PassState, base: number, isEvent: boolean): Unfit | undefined {
  const { settings, plan } = pass
  const schema = settings.eventSchemas.get(plan.event)
  if (schema === undefined) return isEvent || plan.event !== undefined ? judgeUnknown(pass, base) : undefined
  const verdict = pass.onViolation
  const isMarked = hasMark(pass)
  // Who looked at it before us saw what was sent; we see what privacy has left of that.
  if (verdict === 'accept' || (verdict === 'annotate' && isMarked)) return undefined
  const violations = schema.validate(attributesOf(pass, base, schema))
  const isValid = violations.length === 0
  settings.onEvent?.({
    event: plan.event,
    violations,
    unknownAttributes: unknownAttributes(pass, base, schema),
  })
  if (!isValid) count(settings.tally.invalid, plan.event ?? '')
  const isMarkedNow = verdict === 'annotate' || (verdict === 'quarantine' && !isValid)
  if (isMarkedNow) mark(pass, base, isValid ? 'valid' : 'invalid', violations)
  return isValid || verdict === 'annotate' ? undefined : 'schema-violation'
}

function judgeUnknown(pass: PassState, base: number): Unfit | undefined {
  const { settings } = pass
  const verdict: Verdict = settings.program.validation.unknownEvent
  const isMarked = hasMark(pass)
  if (verdict === 'accept' || (verdict === 'annotate' && isMarked)) return undefined
  settings.onEvent?.({ event: undefined, violations: [], unknownAttributes: [] })
  count(settings.tally.invalid, 'unknown')
  if (verdict !== 'drop') mark(pass, base, 'unknown', [])
  return verdict === 'annotate' ? undefined : 'unknown-event'
}

/** Whether the text at [start, end) is a name that only Automagik's events have. */
export function isAutomagikName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start <= automagik.length) return false
  for (let i = 0; i < automagik.length; i++) if (bytes[start + i] !== automagik[i]) return false
  return true
}

/** What a status may have become on its way: a word, a pseudonym, `[REDACTED]`, `****`. Any other is not one of ours. */
const markText = /^(?:[\w:.*~-]{1,80}|[[{]\w{1,40}[\]}])$/

function hasMark({ roles, items, bytes }: PassState): boolean {
  const i = roles[Role.schemaStatus]
  if (i < 0 || items.fate[i] === Fate.remove) return false
  const status = plainValue(bytes, items.valueStart[i], items.valueEnd[i], 80)
  return typeof status === 'string' && markText.test(status)
}

/** Attributes that are to be written into the record: all of them, or where they have no room none. */
function mark(pass: PassState, base: number, status: string, violations: readonly Violation[]): void {
  const { items, additions } = pass
  for (let i = base; i < items.top; i++) {
    if (items.op[i] === Op.attributes && isMark(items.plan[i].role)) items.fate[i] = Fate.remove
  }
  const marks: [Uint8Array, Uint8Array][] = [[markNames.status, text(status)]]
  const [first] = violations
  if (first !== undefined) {
    const { length } = violations
    marks.push(
      [markNames.violations, intValue(BigInt(Math.min(length, violationsLimit)))],
      [markNames.keyword, text(first.keyword)],
      [markNames.attribute, text(first.attribute)],
    )
  }
  additions.marks = marks
}

/** The same few words every time: statuses, keywords, names of attributes of schemas. */
const texts = new Map<string, Uint8Array>()

function text(value: string): Uint8Array {
  const known = texts.get(value)
  if (known !== undefined) return known
  const made = delimitedValue(ValueTag.string, Buffer.from(value))
  texts.set(value, made)
  return made
}

/** The attributes that the schema speaks of; of a name that occurs twice the last. */
function attributesOf(pass: PassState, base: number, { properties }: Schema): Record<string, unknown> {
  const { items, bytes } = pass
  const found: Record<string, unknown> = {}
  for (let i = base; i < items.top; i++) {
    if (items.op[i] !== Op.attributes || items.fate[i] === Fate.remove) continue
    const { name, form, role } = items.plan[i]
    const property = !isMark(role) && Object.hasOwn(properties, name) ? properties[name] : undefined
    if (property === undefined) continue
    const start = items.valueStart[i]
    const end = items.valueEnd[i]
    if (start === end) continue
    // A number stays one for the schema, whichever of its types it gets; as a text it is another value.
    const isFormed = form !== undefined && (form.coerce === 'string' || bytes[start] === ValueTag.string)
    const typed = isFormed ? formed(bytes, start, end, form) : undefined
    const value =
      typed === undefined ? plain(bytes, start, end, needsText(property)) : plain(typed, 0, typed.length, true)
    const isNumber = property.type === 'number' && typeof value === 'string' && plainNumber.test(value)
    found[name] = isNumber ? Number(value) : value
  }
  return found
}

/** Whether what the schema asks of a text depends on what it says. */
function needsText({ type, enum: words, pattern, minLength, maxLength }: Property): boolean {
  const asks = [words, pattern, minLength, maxLength]
  // Privacy takes a number that came as a short text for one, and so does validation.
  return type === 'number' || asks.some((each) => each !== undefined)
}

/** The AnyValue at [start, end) as JSON Schema sees it. A text that nothing is asked of is read as an empty one. */
function plain(bytes: Uint8Array, start: number, end: number, withText: boolean): unknown {
  const content = valueContent(bytes, start, end)
  switch (bytes[start]) {
    case ValueTag.string:
      return withText ? Buffer.from(bytes.buffer, bytes.byteOffset + content, end - content).toString() : ''
    case ValueTag.bool:
      return bytes[content] === 1
    case ValueTag.int:
      return Number(BigInt.asIntN(64, readVarint64(bytes, content, end)))
    case ValueTag.double:
      return readDouble(bytes, content)
    case ValueTag.array:
      return plainItems(bytes, content, end)
    default:
      // Maps and bytes: no attribute of an event is either.
      return {}
  }
}

function plainItems(bytes: Uint8Array, start: number, end: number): unknown[] {
  const found: unknown[] = []
  let pos = start
  while (pos < end) {
    // What decoders skip must not be taken for a value.
    if (bytes[pos] !== valuesTag) throw irregular
    const content = lengthEnd(bytes, pos + 1, end)
    const stop = content + lastLength
    if (stop > end) throw truncated(pos)
    // A list in a list is none of what attributes may be.
    found.push(content === stop ? null : bytes[content] === ValueTag.array ? {} : plain(bytes, content, stop, true))
    pos = stop
  }
  return found
}

function unknownAttributes(pass: PassState, base: number, { properties }: Schema): string[] {
  const { items, settings } = pass
  if (settings.onEvent === undefined) return []
  const found: string[] = []
  for (let i = base; i < items.top; i++) {
    if (items.op[i] !== Op.attributes || items.fate[i] === Fate.remove) continue
    const { name, write, isDropped } = items.plan[i]
    if (Object.hasOwn(properties, name)) continue
    found.push(isDropped ? '?' : write === undefined ? name : Buffer.from(write).toString())
  }
  return found
}
