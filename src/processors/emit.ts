// Step three: what was decided on a record becomes edits, in the order of the offsets.
import { delimitedValue, ValueTag } from '../otlp/any-value.ts'
import { rankOf } from '../actions/action.ts'
import { contexts } from '../otlp/fields.ts'
import { keyValue } from '../otlp/key-value.ts'
import { Op, opsOf, tagIn, type MessageOps } from '../otlp/ops.ts'
import { CleanText } from '../ruleset/clean-text.ts'
import type { Cell } from '../ruleset/cell.ts'
import type { KeyPlan } from '../ruleset/plan.ts'
import { isMark, Role } from '../ruleset/roles.ts'
import { count } from '../telemetry/tally.ts'
import { formed, wordOf } from './conventions.ts'
import { treatAdded } from './decide.ts'
import { Fate } from './items.ts'
import { noAdditions, type Additions, type PassState } from './state.ts'
import { indexRecord } from './index-record.ts'
import { betterName, logName, namedAttribute, nameField, nameOfLog } from './log-name.ts'
import { cleanedPath, pathOf, routeAttributes } from './request-path.ts'
import { treatAttribute, treatBody, type Treated } from './values.ts'

const spanStatus = tagIn('Span', 'status')
const spanName = tagIn('Span', 'name')
const spanStart = tagIn('Span', 'startTimeUnixNano')
const statusCode = tagIn('Status', 'code')
const statusOps = opsOf('Status')
const detectRank = rankOf.detect
const logContext = contexts.indexOf('log')
const spanContext = contexts.indexOf('span')
const attributesTag = { [spanContext]: tagIn('Span', 'attributes'), [logContext]: tagIn('LogRecord', 'attributes') }

/** Emits the record whose items begin at `base` and whose body ends at `end`. */
export function emit(pass: PassState, ops: MessageOps, base: number, end: number): void {
  const { items, edits, additions } = pass
  const { status, start, errorType, fields, name, marks } = additions
  const pathAt = pathOf(pass, ops)
  const hasRoute = pass.roles[Role.httpRoute] >= 0
  const event = ops.name === 'LogRecord' ? pass.plan.event : undefined
  const lacksName = event !== undefined && nameOfLog(pass, base) < 0
  const hasAdditions =
    event !== undefined ||
    status >= 0 ||
    start !== undefined ||
    pathAt >= 0 ||
    errorType !== undefined ||
    fields.length > 0 ||
    name !== undefined ||
    marks.length > 0
  if (hasAdditions) pass.additions = noAdditions()
  const { plan } = pass
  let statusLeft = status
  let startLeft = start
  let attributes = 0
  let path: Treated = null
  let implying: KeyPlan | undefined
  const top = items.top
  let roomForOld = pass.settings.program.conventions.keepOldNames ? roomBeside(pass, base) : 0
  for (let i = base; i < top; i++) {
    switch (items.op[i]) {
      case Op.attributes: {
        const treated = emitAttribute(pass, i, ops.detail[items.tag[i]])
        if (treated !== null) attributes++
        if (i === pathAt) path = treated
        if (items.plan[i].implied !== undefined && items.fate[i] === Fate.treat) implying ??= items.plan[i]
        if (roomForOld > 0 && items.plan[i].old !== undefined && items.fate[i] === Fate.treat) {
          if (emitOldName(pass, i, ops.detail[items.tag[i]])) attributes++
          roomForOld--
        }
        break
      }
      case Op.text:
        if (name !== undefined && items.tag[i] === spanName)
          emitName(pass, i, ops.detail[items.tag[i]], Buffer.from(name))
        else if (event !== undefined && items.tag[i] === logName) emitLogName(pass, i, ops.detail[items.tag[i]])
        else emitText(pass, i, ops.detail[items.tag[i]])
        break
      case Op.startTime:
        if (startLeft !== undefined) edits.replace(items.start[i], items.end[i], fixed64(startLeft))
        startLeft = undefined
        break
      case Op.body:
        emitBody(pass, i)
        break
      case Op.id:
        // Wrong in length, or zero: no id at all is what stores accept.
        edits.remove(items.field[i], items.end[i])
        count(pass.settings.tally.dropped, 'invalid-id')
        break
      default:
        if (statusLeft >= 0 && items.tag[i] === spanStatus) {
          emitStatus(pass, i, statusLeft)
          statusLeft = -1
        } else {
          emitChild(pass, ops, i)
          pass.plan = plan
        }
    }
  }
  if (implying !== undefined && !mayBeEvent(ops)) implying = undefined
  if (!hasAdditions && implying === undefined) return
  // The next record is not to get what this one is given below.
  if (!hasAdditions) pass.additions = noAdditions()
  if (startLeft !== undefined) edits.replace(end, end, Buffer.concat([Uint8Array.of(spanStart), fixed64(startLeft)]))
  if (statusLeft >= 0) edits.replace(end, end, delimitedValue(spanStatus, Uint8Array.of(statusCode, statusLeft)))
  const { plan: own, op } = items
  const isThere = (wanted: string): boolean => {
    for (let at = base; at < top; at++) if (op[at] === Op.attributes && own[at].name === wanted) return true
    return false
  }
  const added = pathAt >= 0 ? routeAttributes(pass, ops.context, pathAt, path, hasRoute, isThere) : []
  if (errorType !== undefined) added.push(['error.type', errorType])
  if (event !== undefined && !isThere('event.name')) added.push(['event.name', event])
  // One more than the limit would go in the next pass.
  let room = pass.settings.program.defaults.limits.attributes - attributes
  if (implying?.implied !== undefined && room > 0 && !isThere(implying.implied[0])) {
    const field = impliedField(pass, implying, implying.implied, ops.context)
    if (field !== null) {
      fields.push(field)
      room--
    }
  }
  for (const [key, text] of added) {
    const value = room > 0 ? treatAdded(pass, Buffer.from(key), stringValue(text), ops.context) : null
    if (value === null) continue
    fields.push(delimitedValue(attributesTag[ops.context], keyValue(Buffer.from(key), value)))
    room--
  }
  if (marks.length > 0 && marks.length <= room) fields.push(...markFields(pass, ops, marks))
  const named = lacksName ? nameField(pass, event) : undefined
  if (named !== undefined) fields.push(named)
  for (const field of fields) edits.replace(end, end, field)
}

/** What the name of an attribute tells, as an attribute: the same for every record of the plan, so it is made once. */
function impliedField(
  pass: PassState,
  { impliedFields }: KeyPlan,
  [name, text]: NonNullable<KeyPlan['implied']>,
  context: number,
): Uint8Array | null {
  const known = impliedFields[context]
  if (known !== undefined) return known
  const key = Buffer.from(name)
  const value = treatAdded(pass, key, stringValue(text), context)
  return (impliedFields[context] = value && delimitedValue(attributesTag[context], keyValue(key, value)))
}

/** A data point is a record, and no event. */
const mayBeEvent = ({ name }: MessageOps): boolean => name === 'Span' || name === 'LogRecord'

function emitChild(pass: PassState, ops: MessageOps, i: number): void {
  const { items, edits } = pass
  const child = ops.child[items.tag[i]]
  if (child === undefined) throw new Error(`${ops.name} has no message at tag ${items.tag[i]}`)
  const field = items.field[i]
  const start = items.start[i]
  const end = items.end[i]
  const mark = edits.open(field + 1, start)
  if (pass.walk(child, start, end)) {
    edits.close(mark, start, end)
  } else {
    edits.rollback(mark)
    edits.remove(field, end)
  }
}

/** The value as it was received: short text that was clean the last time needs no second look. */
function treatReceived(
  pass: PassState,
  key: KeyPlan,
  cell: Cell,
  context: number,
  start: number,
  end: number,
): Treated {
  const { bytes, values, plan } = pass
  const length = bytes[start + 1]
  const isShortText = start + 2 + length === end && bytes[start] === ValueTag.string && length < 0x80
  if (!isShortText || cell.rank > detectRank) return treatAttribute(values, bytes, start, end, cell, plan, context)
  const memo = (key.memos[context] ??= new CleanText())
  if (memo.matches(pass.view, start + 2, end)) return undefined
  const treated =
    cell.closed === undefined
      ? values.treatment.treat(bytes, start + 2, end, cell)
      : treatAttribute(values, bytes, start, end, cell, plan, context)
  if (treated === undefined) memo.remember(bytes, start + 2, end)
  return treated === undefined || treated === null || cell.closed !== undefined
    ? treated
    : delimitedValue(ValueTag.string, treated)
}

/** @returns the value as written: undefined where it is the received one, null where the attribute went */
function emitAttribute(pass: PassState, i: number, context: number): Treated {
  const { items, edits, bytes } = pass
  const key = items.plan[i]
  const field = items.field[i]
  const end = items.end[i]
  const valueStart = items.valueStart[i]
  const valueEnd = items.valueEnd[i]
  if (items.fate[i] === Fate.remove || key.isDropped) {
    if (key.isDropped) count(pass.settings.tally.dropped, 'attribute-name')
    edits.remove(field, end)
    return null
  }
  if (items.fate[i] === Fate.treatAsOld) return emitAsOld(pass, i, context)
  const cell = key.cells[context] ?? key.cell(context)
  pass.decided[cell.sources]++
  const typed =
    cleanedPath(pass, i, context) ??
    namedAttribute(pass, i, context) ??
    (key.form === undefined ? undefined : formed(bytes, valueStart, valueEnd, key.form))
  const treated =
    typed === undefined
      ? treatReceived(pass, key, cell, context, valueStart, valueEnd)
      : treatAttribute(pass.values, typed, 0, typed.length, cell, pass.plan, context)
  if (treated === null) {
    edits.remove(field, end)
    return null
  }
  const value = treated ?? typed
  if (value === undefined && key.write === undefined) return undefined
  const keys = key.write ?? bytes
  const keyStart = key.write === undefined ? items.keyStart[i] : 0
  const keyEnd = key.write === undefined ? items.keyEnd[i] : key.write.length
  if (value === undefined) {
    edits.replaceAttribute(field, end, items.tag[i], keys, keyStart, keyEnd, bytes, valueStart, valueEnd)
  } else {
    edits.replaceAttribute(field, end, items.tag[i], keys, keyStart, keyEnd, value, 0, value.length)
  }
  return value
}

/** How many attributes of the record may stay under their old names too. */
function roomBeside(pass: PassState, base: number): number {
  const { items, settings, signal } = pass
  if (signal === 'metrics') return 0
  let room = settings.program.defaults.limits.attributes
  for (let i = base; i < items.top; i++) {
    if (items.op[i] !== Op.attributes) continue
    // Where a mark was, its successor will be.
    if (items.fate[i] !== Fate.remove || isMark(items.plan[i].role)) room--
  }
  return room
}

/** The attribute under its old name, as it came but for privacy; null where it may not stay. */
function oldAttribute(pass: PassState, i: number, context: number): Uint8Array | null {
  const { items, bytes } = pass
  const { old, cells, cell, form } = items.plan[i]
  if (old === undefined) return null
  const start = items.valueStart[i]
  const end = items.valueEnd[i]
  const own = cells[context] ?? cell(context)
  const received = cleanedPath(pass, i, context) ?? bytes.subarray(start, end)
  // The schema knows the new word only; the old one is no less one of a list, and the detectors look at it all the same.
  const isKnown = form?.words !== undefined && wordOf(received, 0, received.length, form.words) !== undefined
  const judge = isKnown && own.closed !== undefined ? { ...own, closed: undefined } : own
  const treated = treatAttribute(pass.values, received, 0, received.length, judge, pass.plan, context)
  return treated === null ? null : delimitedValue(items.tag[i], keyValue(old.write, treated ?? received))
}

/** The old name beside the new one. */
function emitOldName(pass: PassState, i: number, context: number): boolean {
  const { items, edits } = pass
  const old = oldAttribute(pass, i, context)
  if (old !== null) edits.replace(items.end[i], items.end[i], old)
  return old !== null
}

/** The old name alone. */
function emitAsOld(pass: PassState, i: number, context: number): Treated {
  const { items, edits } = pass
  const old = oldAttribute(pass, i, context)
  edits.replace(items.field[i], items.end[i], old ?? new Uint8Array(0))
  return old
}

function emitText(pass: PassState, i: number, place: number): void {
  const { items, edits, bytes } = pass
  const cell = pass.plan.place(place)
  pass.decided[cell.sources]++
  const treated = pass.settings.treatment.treat(bytes, items.start[i], items.end[i], cell)
  if (treated === null) edits.remove(items.field[i], items.end[i])
  else if (treated !== undefined) edits.replaceContent(items.field[i] + 1, items.end[i], treated)
}

/** Another name than the received one, under the name's own cell. */
function emitName(pass: PassState, i: number, place: number, name: Uint8Array): void {
  const { items, edits } = pass
  const cell = pass.plan.place(place)
  pass.decided[cell.sources]++
  const treated = pass.settings.treatment.treat(name, 0, name.length, cell)
  if (treated === null) edits.remove(items.field[i], items.end[i])
  else edits.replaceContent(items.field[i] + 1, items.end[i], treated ?? name)
}

function emitLogName(pass: PassState, i: number, place: number): void {
  const name = betterName(pass, i)
  if (name === undefined) emitText(pass, i, place)
  else emitName(pass, i, place, Buffer.from(name))
}

function emitBody(pass: PassState, i: number): void {
  const { items, edits, bytes, plan } = pass
  const cell = plan.body([], undefined, undefined, true)
  pass.decided[cell.sources]++
  const treated = treatBody(pass.values, bytes, items.start[i], items.end[i], cell, plan, logContext)
  if (treated === null) edits.remove(items.field[i], items.end[i])
  else if (treated !== undefined) edits.replaceContent(items.field[i] + 1, items.end[i], treated)
}

/** A span's status with its message treated and another code. */
function emitStatus(pass: PassState, i: number, code: number): void {
  const { items, edits, bytes } = pass
  const start = items.start[i]
  const end = items.end[i]
  const top = items.top
  indexRecord(items, bytes, statusOps, start, end)
  const text = items.top > top ? top : -1
  items.top = top
  const parts: Uint8Array[] = []
  if (text >= 0) {
    const cell = pass.plan.place(statusOps.detail[items.tag[text]])
    pass.decided[cell.sources]++
    const treated = pass.settings.treatment.treat(bytes, items.start[text], items.end[text], cell)
    const message = treated === undefined ? bytes.subarray(items.start[text], items.end[text]) : treated
    if (message !== null) parts.push(delimitedValue(items.tag[text], message))
  }
  // Unset is the default, and defaults are not written.
  if (code !== 0) parts.push(Uint8Array.of(statusCode, code))
  edits.replaceContent(items.field[i] + 1, end, Buffer.concat(parts))
}

const stringValue = (text: string): Uint8Array => delimitedValue(ValueTag.string, Buffer.from(text))

/** The attributes that say how the event fits its schema, each under its own cell; none where the first may not stay. */
function markFields(pass: PassState, ops: MessageOps, marks: Additions['marks']): Uint8Array[] {
  const written = marks.map(([name, value]) => {
    const own = treatAdded(pass, name, value, ops.context)
    return own === null ? [] : [delimitedValue(attributesTag[ops.context], keyValue(name, own))]
  })
  return written[0].length === 0 ? [] : written.flat()
}

function fixed64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
