// Step three: what was decided on a record becomes edits, in the order of the offsets.
import { delimitedValue, ValueTag } from '../otlp/any-value.ts'
import { rankOf } from '../actions/action.ts'
import { contexts } from '../otlp/fields.ts'
import { keyValue } from '../otlp/key-value.ts'
import { Op, opsOf, tagIn, type MessageOps } from '../otlp/ops.ts'
import { CleanText } from '../ruleset/clean-text.ts'
import type { Cell } from '../ruleset/cell.ts'
import type { KeyPlan } from '../ruleset/plan.ts'
import { count } from '../telemetry/tally.ts'
import { coerced, routeOf } from './conventions.ts'
import { treatAdded } from './decide.ts'
import { Fate } from './items.ts'
import { noAdditions, type PassState } from './state.ts'
import { indexRecord } from './index-record.ts'
import { plainValue } from './repair.ts'
import { treatAttribute, treatBody, type Treated } from './values.ts'

const spanStatus = tagIn('Span', 'status')
const spanName = tagIn('Span', 'name')
const spanStart = tagIn('Span', 'startTimeUnixNano')
const spanAttributes = tagIn('Span', 'attributes')
const statusCode = tagIn('Status', 'code')
const statusOps = opsOf('Status')
const routeKey = Buffer.from('http.route')
const detectRank = rankOf.detect
const logContext = contexts.indexOf('log')
const spanContext = contexts.indexOf('span')

/** Emits the record whose items begin at `base` and whose body ends at `end`. */
export function emit(pass: PassState, ops: MessageOps, base: number, end: number): void {
  const { items, edits, additions } = pass
  const { status, start, routeFrom, fields, name } = additions
  const hasAdditions = status >= 0 || start !== undefined || routeFrom >= 0 || fields.length > 0 || name !== undefined
  if (hasAdditions) pass.additions = noAdditions()
  const { plan } = pass
  let statusLeft = status
  let startLeft = start
  let attributes = 0
  let path: Treated = null
  const top = items.top
  for (let i = base; i < top; i++) {
    switch (items.op[i]) {
      case Op.attributes: {
        const treated = emitAttribute(pass, i, ops.detail[items.tag[i]])
        if (treated !== null) attributes++
        if (i === routeFrom) path = treated
        break
      }
      case Op.text:
        if (name !== undefined && items.tag[i] === spanName)
          emitName(pass, i, ops.detail[items.tag[i]], Buffer.from(name))
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
  if (!hasAdditions) return
  if (startLeft !== undefined) edits.replace(end, end, Buffer.concat([Uint8Array.of(spanStart), fixed64(startLeft)]))
  if (statusLeft >= 0) edits.replace(end, end, delimitedValue(spanStatus, Uint8Array.of(statusCode, statusLeft)))
  // One more than the limit would go in the next pass.
  const hasRoom = attributes < pass.settings.program.defaults.limits.attributes
  if (routeFrom >= 0 && hasRoom) fields.push(...routeField(pass, routeFrom, path))
  for (const field of fields) edits.replace(end, end, field)
}

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
  const cell = key.cells[context] ?? key.cell(context)
  pass.decided[cell.sources]++
  const typed = key.coerce === undefined ? undefined : coerced(bytes, valueStart, valueEnd, key.coerce)
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

/** The `http.route` attribute that the treated `url.path` belongs to; none for a path that is not text or has gone. */
function routeField(pass: PassState, i: number, treated: Treated): Uint8Array[] {
  const { items, bytes } = pass
  if (treated === null) return []
  const path =
    treated === undefined
      ? plainValue(bytes, items.valueStart[i], items.valueEnd[i], Infinity)
      : plainValue(treated, 0, treated.length, Infinity)
  if (typeof path !== 'string') return []
  const route = delimitedValue(ValueTag.string, Buffer.from(routeOf(path)))
  const own = treatAdded(pass, routeKey, route, spanContext)
  return own === null ? [] : [delimitedValue(spanAttributes, keyValue(routeKey, own))]
}

function fixed64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
