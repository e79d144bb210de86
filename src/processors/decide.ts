// Step two, repair: what the attributes of an Automagik record say about its status, times and ids, and what a metric's
// resource may say about its sender.
import { count } from '../telemetry/tally.ts'
import { delimitedValue, ValueTag } from '../otlp/any-value.ts'
import { contexts } from '../otlp/fields.ts'
import { findField } from '../otlp/find-field.ts'
import { keyValue } from '../otlp/key-value.ts'
import { Op, tagIn } from '../otlp/ops.ts'
import { readVarint, readVarint64 } from '../otlp/wire.ts'
import { Role } from '../ruleset/roles.ts'
import { rankOf } from '../actions/action.ts'
import { canonicalNumber } from '../actions/text.ts'
import { formed } from './conventions.ts'
import { Fate } from './items.ts'
import type { PassState } from './state.ts'
import { mostErrorText } from './error-type.ts'
import {
  derivedSpanId,
  failureOf,
  plainValue,
  repairedStart,
  repairedStatus,
  spanIdOf,
  StatusCode,
  traceIdOf,
  type Plain,
} from './repair.ts'
import { treatAttribute } from './values.ts'

const spanTags = {
  end: tagIn('Span', 'endTimeUnixNano'),
  status: tagIn('Span', 'status'),
  spanId: tagIn('Span', 'spanId'),
}
const statusCode = tagIn('Status', 'code')
const logTags = { traceId: tagIn('LogRecord', 'traceId'), spanId: tagIn('LogRecord', 'spanId') }
const resourceAttributes = tagIn('Resource', 'attributes')
const resourceContext = contexts.indexOf('resource')
const instanceId = Buffer.from('service.instance.id')

/** The plain value of the attribute that has the role. */
function valueOf(pass: PassState, role: number, maxText?: number): Plain {
  const i = pass.roles[role]
  if (i < 0 || pass.items.fate[i] === Fate.remove) return undefined
  return plainValue(pass.bytes, pass.items.valueStart[i], pass.items.valueEnd[i], maxText)
}

/** Decides on the span at [start, end), whose items begin at `base`. */
export function decideSpan(
  pass: PassState,
  base: number,
  start: number,
  end: number,
  isDialect: boolean,
  lacksId: boolean,
): void {
  const { additions, bytes } = pass
  const { repaired } = pass.settings.tally
  if (lacksId) {
    additions.fields.push(delimitedValue(spanTags.spanId, derivedSpanId(bytes.subarray(start, end))))
    count(repaired, 'span-id-missing')
  }
  if (!isDialect) return
  const { event } = pass.plan
  const code = statusCodeOf(pass, base)
  const status = repairedStatus(code, {
    event,
    success: valueOf(pass, Role.success),
    hasError: hasText(pass, Role.error),
    httpStatus: valueOf(pass, Role.httpStatus),
  })
  if (status !== code) {
    additions.status = status
    count(repaired, 'span-status')
  }
  if (status === StatusCode.error && pass.roles[Role.errorType] < 0) {
    additions.errorType = failureOf(valueOf(pass, Role.httpStatus), valueOf(pass, Role.error, mostErrorText))
    if (additions.errorType !== undefined) count(repaired, 'error-type')
  }
  const repairedTo = startOf(pass, base, start, end)
  if (repairedTo !== undefined) {
    additions.start = repairedTo
    count(repaired, 'span-times')
  }
}

function hasText(pass: PassState, role: number): boolean {
  const i = pass.roles[role]
  if (i < 0 || pass.items.fate[i] === Fate.remove) return false
  // A string value is its tag, its length and at least one byte.
  return (
    pass.bytes[pass.items.valueStart[i]] === ValueTag.string && pass.items.valueEnd[i] - pass.items.valueStart[i] > 2
  )
}

function statusCodeOf(pass: PassState, base: number): number {
  const { items, bytes } = pass
  for (let i = base; i < items.top; i++) {
    if (items.tag[i] !== spanTags.status) continue
    const at = findField(bytes, items.start[i], items.end[i], statusCode)
    return at < 0 ? 0 : readVarint(bytes, at, items.end[i])
  }
  return 0
}

function startOf(pass: PassState, base: number, start: number, end: number): bigint | undefined {
  const { items, bytes } = pass
  const endAt = findField(bytes, start, end, spanTags.end)
  if (endAt < 0) return undefined
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let startNanos = 0n
  for (let i = base; i < items.top; i++)
    if (items.op[i] === Op.startTime) startNanos = view.readBigUInt64LE(items.start[i])
  return repairedStart(startNanos, view.readBigUInt64LE(endAt), valueOf(pass, Role.duration))
}

/** Lifts the ids that an SDK put into a log's attributes into the fields that stores link by. `good`: ids it has. */
export function decideLog(pass: PassState, good: number): void {
  lift(pass, Role.traceId, good, logTags.traceId, traceIdOf)
  lift(pass, Role.spanId, good, logTags.spanId, spanIdOf)
}

function lift(
  pass: PassState,
  role: number,
  good: number,
  tag: number,
  parse: (text: Plain) => Uint8Array | undefined,
): void {
  if ((good & (1 << (tag >> 3))) !== 0) return
  const id = parse(valueOf(pass, role))
  if (id === undefined) return
  pass.items.fate[pass.roles[role]] = Fate.remove
  pass.additions.fields.push(delimitedValue(tag, id))
  count(pass.settings.tally.repaired, 'log-id-attribute')
}

/**
 * An instance that the detectors would change, such as an address with a port, becomes a pseudonym: changed to `[ip]` it
 * would be the same for all processes, and their series one.
 */
function keepInstance(pass: PassState, i: number): void {
  const { items, bytes } = pass
  const own = items.plan[i].cell(resourceContext)
  if (items.fate[i] === Fate.remove || own.rank > rankOf.detect) return
  const [start, end] = [items.valueStart[i], items.valueEnd[i]]
  if (treatAttribute(pass.values, bytes, start, end, own, pass.plan, resourceContext) === undefined) return
  const id = delimitedValue(ValueTag.string, Buffer.from(pass.settings.instanceId(identityText(bytes, start, end))))
  items.fate[i] = Fate.remove
  pass.additions.fields.push(delimitedValue(resourceAttributes, keyValue(instanceId, id)))
}

/**
 * Prometheus publishes a metric's resource as labels of `target_info`, so what identifies a user or a session there
 * becomes one pseudonymous `service.instance.id`: the series of different processes stay apart.
 */
export function decideMetricResource(pass: PassState, base: number): void {
  const { items, bytes } = pass
  const { tally, program } = pass.settings
  const names = program.conventions.metricIdentity
  const found = new Map<string, string>()
  for (let i = base; i < items.top; i++) {
    if (items.op[i] !== Op.attributes) continue
    dropOrganization(pass, i)
    if (items.plan[i].role !== Role.identity) continue
    const text = identityText(bytes, items.valueStart[i], items.valueEnd[i])
    if (items.fate[i] !== Fate.remove) found.set(items.plan[i].name, text)
    items.fate[i] = Fate.remove
    const { className, sources } = items.plan[i].cell(resourceContext)
    pass.decided[sources]++
    count(tally.changed, className)
  }
  const instance = pass.roles[Role.instanceId]
  if (instance >= 0) keepInstance(pass, instance)
  if (found.size === 0 || instance >= 0) return
  const identity = [...names.map((name) => found.get(name) ?? ''), pass.sender.service ?? ''].join('\n')
  const id = delimitedValue(ValueTag.string, Buffer.from(pass.settings.instanceId(identity)))
  const own = treatAdded(pass, instanceId, id, resourceContext)
  if (own !== null) pass.additions.fields.push(delimitedValue(resourceAttributes, keyValue(instanceId, own)))
}

/**
 * What all programs of Automagik say alike under another name would be part of their `job` in Prometheus, and in no other
 * store of what they are found by.
 */
function dropOrganization({ items, settings }: PassState, i: number): void {
  const { role, isAlias } = items.plan[i]
  if (role !== Role.serviceNamespace || !isAlias || items.fate[i] === Fate.remove) return
  items.fate[i] = Fate.remove
  count(settings.tally.dropped, 'metric-organization')
}

/** An attribute that the gateway adds, in its type and under its own cell: a rule for its name holds, and twice is once. */
export function treatAdded(pass: PassState, name: Uint8Array, value: Uint8Array, context: number): Uint8Array | null {
  const key = pass.plan.attribute(name, 0, name.length)
  const cell = key.cell(context)
  pass.decided[cell.sources]++
  const typed = (key.form && formed(value, 0, value.length, key.form)) ?? value
  const treated = treatAttribute(pass.values, typed, 0, typed.length, cell, pass.plan, context)
  return treated === undefined ? typed : treated
}

/** A value as part of an identity: numbers to their last digit. */
function identityText(bytes: Uint8Array, start: number, end: number): string {
  if (start < end && bytes[start] === ValueTag.int) {
    return canonicalNumber(BigInt.asIntN(64, readVarint64(bytes, start + 1, end)))
  }
  const value = plainValue(bytes, start, end, Infinity)
  return typeof value === 'number' ? canonicalNumber(value) : String(value ?? '')
}
