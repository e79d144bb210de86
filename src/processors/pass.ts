// The walk over one request: index a record, decide on it, emit its edits. One pass serves many requests, one after
// the other, and keeps nothing between them but its buffers.
import { lastLength, lengthEnd, ValueTag } from '../otlp/any-value.ts'
import type { Signal } from '../otlp/fields.ts'
import { Op, tagIn, type MessageOps } from '../otlp/ops.ts'
import { viewOf } from '../otlp/wire.ts'
import { Role } from '../ruleset/roles.ts'
import { verdictOf } from '../ruleset/validation.ts'
import { count } from '../telemetry/tally.ts'
import { dropCollidingAliases } from './conventions.ts'
import { decideLog, decideMetricResource, decideSpan } from './decide.ts'
import { emit } from './emit.ts'
import { ids, indexRecord } from './index-record.ts'
import { Fate } from './items.ts'
import { isTelemetryScope, readSender } from './sender.ts'
import { noAdditions, PassState } from './state.ts'
import { isAutomagikName, validateRecord } from './validate.ts'

/** Groups that go when the edit has left them without a record; one that arrived empty goes on with what goes on. */
const isGroup = (ops: MessageOps): boolean => groups.has(ops.name)
const groups = new Set([
  'ResourceSpans',
  'ResourceMetrics',
  'ResourceLogs',
  'ScopeSpans',
  'ScopeMetrics',
  'ScopeLogs',
  'Metric',
])
const spanName = tagIn('Span', 'name')
const eventName = tagIn('LogRecord', 'eventName')
/** Names of events are shorter: the file of a schema must be. */
const maxEventName = 128
const traceIdBit = 1 << (tagIn('Span', 'traceId') >> 3)
const spanIdBit = 1 << (tagIn('Span', 'spanId') >> 3)

export class Pass extends PassState {
  /** Records, and groups of them, that the edit has taken out. */
  #removed = 0
  /** Whether events of the sender at hand are held against their schemas. */
  #judges = false

  /**
   * Treats a request and counts what stays in `records`.
   * @throws `irregular` where it is not canonical, WireError where it is not OTLP
   */
  run(signal: Signal, request: MessageOps, bytes: Uint8Array): Uint8Array {
    this.settings.planner.startRequest()
    this.bytes = bytes
    this.view = viewOf(bytes)
    this.signal = signal
    this.records = 0
    this.#removed = 0
    this.additions = noAdditions()
    this.items.top = 0
    this.edits.reset()
    this.walk(request, 0, bytes.length)
    return this.edits.apply(bytes)
  }

  override walk(ops: MessageOps, start: number, end: number): boolean {
    const base = this.items.top
    const before = this.records
    const removedBefore = this.#removed
    indexRecord(this.items, this.bytes, ops, start, end)
    let stays = this.#decide(ops, base, start, end)
    if (stays) {
      emit(this, ops, base, end)
      const isPart = this.wanted !== undefined
      const lostAll = this.records === before && (isPart || this.#removed > removedBefore)
      if (lostAll && isGroup(ops)) stays = false
      // The points it had were refused when they were read; a store would refuse the request for it.
      if (this.dropsEmptyMetrics && this.records === before && ops.name === 'Metric') stays = false
    }
    if (!stays) this.#removed++
    this.items.top = base
    return stays
  }

  #decide(ops: MessageOps, base: number, start: number, end: number): boolean {
    switch (ops.name) {
      case 'Span':
        return this.#decideSpan(ops, base, start, end)
      case 'LogRecord':
        return this.#decideLog(ops, base)
      case 'ResourceSpans':
      case 'ResourceMetrics':
      case 'ResourceLogs':
        this.sender = readSender(this.items, this.bytes, base)
        this.plans = this.settings.planner.service(this.sender.service)
        this.#readVerdicts()
        this.plan = this.plans.base
        return true
      case 'ScopeSpans':
      case 'ScopeMetrics':
      case 'ScopeLogs':
        this.isDialect = this.settings.program.repair && isTelemetryScope(this.items, this.bytes, base)
        this.plan = this.plans.base
        return true
      case 'Resource':
        this.plan = this.plans.base
        this.#resolve(base, ops.context)
        if (this.signal === 'metrics') decideMetricResource(this, base)
        return true
      case 'Metric':
        this.plan = this.plans.forAny(this.isDialect)
        this.#resolve(base, ops.context)
        return true
      case 'Link':
        this.#resolve(base, ops.context)
        return this.#linkStands()
      default:
        this.#resolve(base, ops.context)
        if (ops.isRecord) this.records++
        return true
    }
  }

  #decideSpan(ops: MessageOps, base: number, start: number, end: number): boolean {
    const { items, bytes, plans } = this
    const { good, bad } = ids
    const repairs = this.settings.program.repair
    const name = this.#itemWithTag(base, spanName)
    const nameStart = name < 0 ? 0 : items.start[name]
    const nameEnd = name < 0 ? 0 : items.end[name]
    const isDialect = this.isDialect && (this.sender.isAutomagik || plans.knows(bytes, nameStart, nameEnd))
    this.plan = plans.forEvent(bytes, nameStart, nameEnd, isDialect)
    if (repairs && (good & traceIdBit) === 0) return this.#refuse('invalid-trace-id')
    const lacksId = repairs && (good & spanIdBit) === 0
    if (lacksId && (bad & spanIdBit) !== 0 && !this.#isZeroId(base)) return this.#refuse('invalid-span-id')
    this.#resolve(base, ops.context)
    decideSpan(this, base, start, end, isDialect, lacksId)
    const isEvent = this.#judges && (isDialect || isAutomagikName(bytes, nameStart, nameEnd))
    if (!this.#isWanted(base, isEvent)) return false
    if (isDialect && name >= 0) this.#renameEvent(nameStart, nameEnd)
    this.records++
    return true
  }

  /** A span of a known event under an old name gets the canonical one. */
  #renameEvent(start: number, end: number): void {
    const { event } = this.plan
    if (event === undefined || this.plans.isCanonical(this.bytes, start, end)) return
    this.additions.name = event
    count(this.settings.tally.repaired, 'event-name')
  }

  #decideLog(ops: MessageOps, base: number): boolean {
    const { items, bytes, plans, isDialect } = this
    const { good } = ids
    const name = this.#itemWithTag(base, eventName)
    const start = name < 0 ? this.#eventNameAttribute(base) : items.start[name]
    const end = name < 0 ? start + lastLength : items.end[name]
    this.plan = start < 0 ? plans.forAny(isDialect) : plans.forEvent(bytes, start, end, isDialect)
    if (this.plan.event === undefined) this.#eventByBody(base)
    this.#resolve(base, ops.context)
    if (isDialect) decideLog(this, good)
    const isEvent = this.#judges && start >= 0 && (isDialect || isAutomagikName(bytes, start, end))
    if (!this.#isWanted(base, isEvent)) return false
    this.records++
    return true
  }

  #readVerdicts(): void {
    const { validation, conventions } = this.settings.program
    this.onViolation = verdictOf(validation, conventions, this.sender.service)
    this.#judges = this.isFirst && (this.onViolation !== 'accept' || validation.unknownEvent !== 'accept')
  }

  /** Holds the record against the schema of its event. @returns whether it is of those that the pass is after */
  #isWanted(base: number, isEvent: boolean): boolean {
    const unfit = this.#judges ? validateRecord(this, base, isEvent) : undefined
    if (unfit === undefined) return this.wanted === undefined || this.#leave()
    const { tally, program } = this.settings
    const verdict = unfit === 'unknown-event' ? program.validation.unknownEvent : this.onViolation
    if (verdict !== 'quarantine') return this.#refuse(unfit)
    if (this.wanted === unfit) return true
    count(tally.quarantined, unfit)
    return this.#leave()
  }

  /** Claude Code calls its events `user_prompt` and has their whole name, `claude_code.user_prompt`, as the body. */
  #eventByBody(base: number): void {
    const { items, bytes, plans, isDialect } = this
    for (let i = base; i < items.top; i++) {
      if (items.op[i] !== Op.body || items.start[i] === items.end[i] || bytes[items.start[i]] !== ValueTag.string)
        continue
      const start = lengthEnd(bytes, items.start[i] + 1, items.end[i])
      const end = start + lastLength
      if (lastLength > maxEventName || end > items.end[i] || !plans.isCanonical(bytes, start, end)) return
      this.plan = plans.forEvent(bytes, start, end, isDialect)
    }
  }

  #refuse(reason: string): boolean {
    count(this.settings.tally.refused, reason)
    return this.#leave()
  }

  /** The record does not stay. */
  #leave(): boolean {
    this.additions = noAdditions()
    return false
  }

  /** Whether the span id that is there is eight zero bytes: missing, rather than wrong. */
  #isZeroId(base: number): boolean {
    const { items } = this
    for (let i = base; i < items.top; i++) {
      if (items.op[i] === Op.id && 1 << (items.tag[i] >> 3) === spanIdBit) return items.end[i] - items.start[i] === 8
    }
    return true
  }

  /** A link that Tempo would refuse goes; the span stays. */
  #linkStands(): boolean {
    const both = traceIdBit | spanIdBit
    if (!this.settings.program.repair || ((ids.good & both) === both && ids.bad === 0)) return true
    count(this.settings.tally.dropped, 'invalid-link')
    return false
  }

  #itemWithTag(base: number, tag: number): number {
    const { items } = this
    for (let i = base; i < items.top; i++) if (items.tag[i] === tag) return i
    return -1
  }

  /** Where the text of the attribute `event.name` begins (its length in `lastLength`); -1 for none. */
  #eventNameAttribute(base: number): number {
    const { items, bytes } = this
    const key = 'event.name'
    for (let i = base; i < items.top; i++) {
      if (items.op[i] !== Op.attributes || items.keyEnd[i] - items.keyStart[i] !== key.length) continue
      let at = 0
      while (at < key.length && bytes[items.keyStart[i] + at] === key.charCodeAt(at)) at++
      const start = items.valueStart[i]
      if (at === key.length && start < items.valueEnd[i] && bytes[start] === ValueTag.string) {
        const content = lengthEnd(bytes, start + 1, items.valueEnd[i])
        if (content + lastLength <= items.valueEnd[i]) return content
      }
    }
    return -1
  }

  /** Looks up the plan of each attribute's name; settles the limit, collisions and roles. */
  #resolve(base: number, context: number): void {
    const { items, bytes, view, plan, roles } = this
    const { tally, program } = this.settings
    const limit = program.defaults.limits.attributes
    roles.fill(-1)
    let attributes = 0
    let hasAlias = false
    for (let i = base; i < items.top; i++) {
      if (items.op[i] !== Op.attributes) continue
      if (attributes === limit) {
        // It goes whatever its name is: looking names up is what a flood of them would cost most.
        items.plan[i] = plan.attribute(bytes, 0, 0)
        items.fate[i] = Fate.remove
        count(tally.dropped, 'attribute-limit')
        continue
      }
      const key = plan.attributeAt(context, attributes++, bytes, view, items.keyStart[i], items.keyEnd[i])
      items.plan[i] = key
      if (key.isAlias) {
        hasAlias = true
        if (key.isPrefixed) count(tally.repaired, 'event-prefix')
      }
      if (key.role !== Role.none && (roles[key.role] < 0 || !key.isAlias)) roles[key.role] = i
    }
    if (hasAlias) dropCollidingAliases(items, base, this.signal !== 'metrics', tally)
  }
}
