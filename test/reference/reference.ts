// The slow engine: what the gateway must do to a request, on decoded objects, one step after the other. It is the oracle
// for the fast one and shares nothing with it but the text treatment and the shape of a program.
import { isDeepStrictEqual } from 'node:util'
import { hintOf } from '../../src/detectors/hint.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { type Attribute, type Naming, conventional, impliedBy, retyped } from './attributes.ts'
import { isKnownWord, namesOf, plainNaming, plainText } from './attributes.ts'
import { Cells, type Cell } from './cells.ts'
import {
  type AnyValue,
  type Field,
  type Message,
  type Text,
  bytesOf,
  countRecords,
  listed,
  messagesOf,
  textOf,
  structuredCopy,
} from './model.ts'
import { Notes, read } from './read.ts'
import {
  dropBadIds,
  messagesWithIds,
  isDialect,
  isOrganization,
  liftLogIds,
  nameLog,
  repairSpanIds,
  repairSpanOutcome,
  textAttribute,
} from './repair.ts'
import { treatClosed } from './closed.ts'
import { routesOf, toldBy, withoutParameters, type PathRules } from './request-path.ts'
import { judge, type Judged } from './validation.ts'
import { contextOf, groupMessage, lowAttributes, lowPlaces, placeOf, scopeMessage } from './places.ts'
import { type Signal, fieldsOf, requestName } from './schema.ts'
import { type Spot, type TreatNumber, type TreatText, innerSpot, lossy, treatValue } from './values.ts'

export interface Answer {
  /** What is sent on; undefined when nothing is left. */
  readonly request: Message | undefined
  readonly refused: ReadonlyMap<string, number>
  readonly records: number
}

/** The text level, which the reference does not judge: it is tested by itself. */
export interface Means {
  readonly treat: TreatText
  readonly treatNumber: TreatNumber
  /** Makes a pseudonym of a text as a class does. */
  readonly pseudonym: (className: string, text: string) => string
}

/** Everything a record's fields are treated with. */
interface Setting {
  readonly cells: Cells
  readonly naming: Naming
}

export class Reference {
  private readonly program: Program
  private readonly means: Means
  private signal: Signal = 'traces'
  private readonly today = new Date().toISOString().slice(0, 10)

  constructor(program: Program, means: Means) {
    this.program = program
    this.means = means
  }

  /** @throws Malformed */
  process(signal: Signal, body: Uint8Array): Answer {
    this.signal = signal
    const request = read(requestName[signal], body, new Notes())
    const refused = new Map<string, number>()
    const [groupsField] = fieldsOf(requestName[signal])
    const groups = messagesOf(request[groupsField.name])
      .map((group) => this.group(signal, group, refused))
      .filter((group) => group !== undefined)
    const records = groups.reduce((sum, group) => sum + countRecords(group), 0)
    return { request: groups.length ? { [groupsField.name]: groups } : undefined, refused, records }
  }

  /** A ResourceSpans, ResourceMetrics or ResourceLogs; undefined when the edit left nothing in it. */
  private group(signal: Signal, group: Message, refused: Map<string, number>): Message | undefined {
    const resource = (group.resource ?? {}) as Message
    const pairs = messagesOf(resource.attributes)
    const name = textAttribute(pairs, 'service.name') ?? ''
    const cells = new Cells(this.program, { name: name === '' ? undefined : name }, this.today)
    const setting: Setting = { cells, naming: plainNaming }
    const scopesField = { traces: 'scopeSpans', metrics: 'scopeMetrics', logs: 'scopeLogs' }[signal]
    const recordsField = { traces: 'spans', metrics: 'metrics', logs: 'logRecords' }[signal]
    const before = sum(refused)
    const scopes = messagesOf(group[scopesField]).flatMap((scoped): Message[] => {
      const records = messagesOf(scoped[recordsField])
      const after = records.flatMap((record) => {
        const scope = (scoped.scope ?? {}) as Message
        const spanName = signal === 'traces' ? lossy((record.name ?? '') as Text) : ''
        const dialect = isDialect(this.program, signal, resource, scope, spanName)
        return this.record(
          signal,
          structuredCopy(record),
          { cells, naming: { isDialect: dialect, event: undefined } },
          refused,
        )
      })
      if (records.length && !after.length) return []
      const rest = this.message(scopeMessage[signal], { ...scoped, [recordsField]: undefined }, setting)
      return [{ ...rest, ...(after.length ? { [recordsField]: after } : {}) }]
    })
    // What the edit has left without a record goes; what came without one stays.
    if (sum(refused) > before && !scopes.some((scope) => countRecords(scope) > 0)) return undefined
    const rest = this.message(
      groupMessage[signal],
      { ...group, resource: undefined, [scopesField]: undefined },
      setting,
    )
    const treated = group.resource && this.resource(signal, resource, setting)
    return { ...rest, ...(treated ? { resource: treated } : {}), ...(scopes.length ? { [scopesField]: scopes } : {}) }
  }

  private resource(signal: Signal, resource: Message, setting: Setting): Message {
    const rest = this.message('Resource', { ...resource, attributes: undefined }, setting)
    const pairs = messagesOf(resource.attributes)
    const all = this.conventional(pairs, plainNaming)
    const attributes = signal === 'metrics' ? this.withoutIdentity(all, pairs, setting) : all
    return { ...rest, ...listed('attributes', this.attributes(attributes, 'resource', setting)) }
  }

  /** A metric's resource names no person: one pseudonym of all identities keeps its series apart. */
  private withoutIdentity(
    attributes: readonly Attribute[],
    pairs: readonly Message[],
    setting: Setting,
  ): readonly Attribute[] {
    const { metricIdentity } = this.program.conventions
    const name = 'service.instance.id'
    const identities = attributes.filter(({ canonical }) => metricIdentity.includes(canonical))
    const rest = attributes.filter((each) => !metricIdentity.includes(each.canonical) && !isOrganization(each))
    const instance = rest.findLast(({ canonical }) => canonical === name)
    if (instance !== undefined && this.isChangedByDetectors(instance, setting)) {
      const value = { stringValue: this.means.pseudonym('user.id', plainText(instance.value)) }
      return [...rest.filter((each) => each !== instance), { received: name, repaired: name, canonical: name, value }]
    }
    if (!identities.length || rest.some(({ canonical }) => canonical === name)) return rest
    const values = metricIdentity.map((each) =>
      plainText(identities.findLast(({ canonical }) => canonical === each)?.value),
    )
    const text = [...values, textAttribute(pairs, 'service.name') ?? ''].join('\n')
    const value = { stringValue: this.means.pseudonym('user.id', text) }
    return [...rest, { received: name, repaired: name, canonical: name, value }]
  }

  /** Whether what the detectors leave of a value is not the value: it would no longer tell processes apart. */
  private isChangedByDetectors(attribute: Attribute, setting: Setting): boolean {
    const { action } = this.attributeSpot(attribute.received, 'resource', setting)
    if (action.is !== 'keep' && action.is !== 'detect') return false
    const [left] = this.attributes([attribute], 'resource', setting)
    return left === undefined || !isDeepStrictEqual(left.value, attribute.value ?? {})
  }

  private record(signal: Signal, record: Message, setting: Setting, refused: Map<string, number>): Message[] {
    if (signal === 'traces') return this.span(record, setting, refused)
    if (signal === 'logs') return this.log(record, setting, refused)
    return [this.message('Metric', record, setting)]
  }

  private span(span: Message, setting: Setting, refused: Map<string, number>): Message[] {
    const { aliases, events } = this.program.conventions
    const reason = this.program.repair ? repairSpanIds(span) : undefined
    if (reason !== undefined) {
      refused.set(reason, (refused.get(reason) ?? 0) + 1)
      return []
    }
    const { isDialect: dialect } = setting.naming
    const received = lossy((span.name ?? '') as Text)
    const event = (dialect ? aliases.get(received) : undefined) ?? received
    const known = events.has(event) || this.program.events.has(event) || [...aliases.values()].includes(event)
    if (dialect && event !== received) span.name = event
    const naming: Naming = { isDialect: dialect, event: known ? event : undefined }
    const isEvent = dialect || received.startsWith('automagik.')
    const all = this.conventional(messagesOf(span.attributes), naming)
    const errorType = dialect ? repairSpanOutcome(span, all, event) : undefined
    const own: Setting = { cells: setting.cells, naming }
    const judged = judge(this.program, setting.cells.serviceName, naming.event, isEvent, all)
    if (judged.refused !== undefined) {
      refused.set(judged.refused, (refused.get(judged.refused) ?? 0) + 1)
      return []
    }
    const { attributes } = judged
    const treated = this.attributes(attributes, 'span', own)
    const added = [...impliedBy(attributes), ...this.route(attributes, 'span', own)]
    if (errorType !== undefined) added.push(['error.type', errorType])
    this.add(added, treated, 'span', own)
    treated.push(...this.marks(judged, treated.length, 'span', own))
    const rest = this.message('Span', { ...span, attributes: undefined }, own)
    return [{ ...rest, ...listed('attributes', treated) }]
  }

  /** Attributes that the gateway adds, as far as there is room. */
  private add(added: readonly [string, string][], to: Message[], context: string, setting: Setting): void {
    for (const [name, text] of added) {
      if (to.length >= this.program.defaults.limits.attributes) break
      const attribute = { received: name, repaired: name, canonical: name, value: { stringValue: text } }
      to.push(...this.attributes([retyped(attribute, setting.naming, this.program)], context, setting))
    }
  }

  /** Attributes as conventions name them; in metrics none has two names. */
  private conventional(pairs: readonly Message[], naming: Naming): Attribute[] {
    const { keepOldNames } = this.program.conventions
    return conventional(pairs, naming, this.program, keepOldNames && this.signal !== 'metrics')
  }

  /** The route of a request, from its path as it leaves, and its parameters, from the path as it came. */
  private route(attributes: readonly Attribute[], context: string, setting: Setting): [string, string][] {
    const path = attributes.findLast(({ canonical }) => canonical === 'url.path')
    const left = path && textAttribute(this.attributes([path], context, setting), 'url.path')
    if (setting.naming.event === undefined || left === undefined) return []
    const received = path?.value?.stringValue ?? left
    const isThere = (name: string): boolean => attributes.some(({ canonical, isOld }) => !isOld && canonical === name)
    return toldBy(left, lossy(received), this.pathRules(context, setting), isThere)
  }

  private pathRules(context: string, setting: Setting): PathRules {
    const { event = '' } = setting.naming
    return {
      routes: routesOf(this.program, setting.naming),
      isProtected: (name) => {
        const { action } = setting.cells.eventAttribute(this.allNames(name, setting), context, event)
        return action.is !== 'keep' && action.is !== 'detect'
      },
    }
  }

  /** What says how an event fits its schema: all of it or nothing. */
  private marks({ marks }: Judged, there: number, context: string, setting: Setting): readonly Message[] {
    if (there + marks.length > this.program.defaults.limits.attributes) return []
    const treated = marks.map((each) =>
      this.attributes([retyped(each, setting.naming, this.program)], context, setting),
    )
    return treated[0]?.length ? treated.flat() : []
  }

  private log(log: Message, setting: Setting, refused: Map<string, number>): Message[] {
    dropBadIds(log)
    const { aliases, events } = this.program.conventions
    const pairs = messagesOf(log.attributes)
    const field = lossy((log.eventName ?? '') as Text)
    const received = field !== '' ? field : (textAttribute([...pairs].toReversed(), 'event.name') ?? '')
    const isKnown = (name: string): boolean =>
      events.has(name) || this.program.events.has(name) || [...aliases.values()].includes(name)
    const named = (setting.naming.isDialect ? aliases.get(received) : undefined) ?? received
    const bodyText = lossy((log.body as AnyValue | undefined)?.stringValue ?? '')
    const event = !isKnown(named) && bodyText.length <= 128 ? bodyText : named
    const known = isKnown(event)
    const naming: Naming = { ...setting.naming, event: known ? event : undefined }
    let attributes: readonly Attribute[] = this.conventional(pairs, naming)
    const nameSpot = this.spot(setting.cells.place('log.event_name'), 'log', setting, 0, true)
    if (known) nameLog(log, attributes, event, this.text(event, nameSpot) === event)
    if (naming.isDialect) attributes = liftLogIds(log, attributes)
    const own: Setting = { cells: setting.cells, naming }
    const hasName = field !== '' || textAttribute([...pairs].toReversed(), 'event.name') !== undefined
    const isEvent = hasName && (naming.isDialect || received.startsWith('automagik.'))
    const judged = judge(this.program, setting.cells.serviceName, naming.event, isEvent, attributes)
    if (judged.refused !== undefined) {
      refused.set(judged.refused, (refused.get(judged.refused) ?? 0) + 1)
      return []
    }
    const treated = this.attributes(judged.attributes, 'log', own)
    this.add([...impliedBy(attributes), ...this.route(judged.attributes, 'log', own)], treated, 'log', own)
    const isNamed = attributes.some(({ canonical, isOld }) => !isOld && canonical === 'event.name')
    if (known && !isNamed) this.add([['event.name', event]], treated, 'log', own)
    treated.push(...this.marks(judged, treated.length, 'log', own))
    const rest = this.message('LogRecord', { ...log, attributes: undefined, body: undefined }, own)
    const body = log.body && this.body(log.body as AnyValue, own)
    return [{ ...rest, ...(body ? { body: body as Message } : {}), ...listed('attributes', treated) }]
  }

  private body(body: AnyValue, setting: Setting): AnyValue | undefined {
    const { cells } = setting
    const root = this.spot(cells.body(), 'log', setting, 0, false)
    const spotOf = (received: Text, path: readonly string[], outer: Spot, around: number): Spot => {
      const key = lossy(received)
      const isOwnText = around === 0 && key === 'message'
      const found = [isOwnText ? undefined : cells.keyRule(this.allNames(key, setting), 'log'), cells.bodyPath(path)]
      return found
        .filter((cell) => cell !== undefined)
        .map((cell) => this.spot(cell, 'log', setting, hintOf(key), false))
        .reduce(innerSpot, { ...outer, hint: hintOf(key) || outer.hint })
    }
    return treatValue(body, root, spotOf, this.valueRules())
  }

  private allNames(received: Text, setting: Setting): string[] {
    const { repaired, canonical } = namesOf(received, setting.naming, this.program)
    return [lossy(received), repaired, canonical]
  }

  private spot(cell: Cell, context: string, setting: Setting, hint: number, low: boolean): Spot {
    const spot: Spot = {
      className: cell.className,
      action: cell.action,
      hint,
      low,
      sources: 0,
      keyAction: (key) => innerSpot(spot, this.attributeSpot(key, context, setting)),
    }
    return spot
  }

  private attributeSpot(received: Text, context: string, setting: Setting): Spot {
    const names = this.allNames(received, setting)
    const hint = hintOf(names[0]) | hintOf(names[2])
    const low = context === 'datapoint' || lowAttributes.has(names[2])
    return this.spot(setting.cells.attribute(names, context), context, setting, hint, low)
  }

  private attributes(attributes: readonly Attribute[], context: string, setting: Setting): Message[] {
    const spotOf = (key: Text, _path: readonly string[], outer: Spot): Spot =>
      innerSpot(outer, this.attributeSpot(key, context, setting))
    return attributes.flatMap((attribute): Message[] => {
      const { received, canonical } = attribute
      const isPath = canonical === 'url.path'
      const came = attribute.value ?? {}
      const value = isPath ? withoutParameters(came, this.pathRules(context, setting)) : came
      const name = this.name(canonical === lossy(received) ? received : canonical)
      if (name === undefined) return []
      const cell = setting.cells.eventAttribute(this.allNames(received, setting), context, setting.naming.event)
      const { hint, low } = this.attributeSpot(received, context, setting)
      const spot = this.spot(cell, context, setting, hint, low)
      const closed = isKnownWord(attribute, setting.naming, this.program) ? undefined : cell.closed
      const treated = closed ? treatClosed(value, closed) : treatValue(value, spot, spotOf, this.valueRules())
      return treated === undefined ? [] : [{ ...(name === '' ? {} : { key: name }), value: treated as Message }]
    })
  }

  private valueRules() {
    const { limits, onError } = this.program.defaults
    return { ...this.means, depth: limits.depth, onError, name: (key: Text) => this.name(key) }
  }

  /** An attribute's name as it leaves. */
  private name(name: Text): Text | undefined {
    const { attribute: className } = this.program.defaults
    if (name === '' || this.program.classes.get(className)?.is === 'keep') return name
    const common = { className, hint: 0, low: true, sources: 0 }
    const spot: Spot = { ...common, action: { is: 'detect' }, keyAction: () => spot }
    const treated = this.means.treat(bytesOf(name), spot)
    return treated?.length ? textOf(treated) : undefined
  }

  /** Any message: its attributes, its texts and the messages in it. */
  private message(name: string, message: Message, setting: Setting): Message {
    if (messagesWithIds.has(name)) dropBadIds(message)
    const result: Message = {}
    for (const field of fieldsOf(name)) {
      const value = message[field.name]
      if (value === undefined) continue
      const treated = this.field(name, field.name, field.message, value, setting)
      if (treated === undefined || (Array.isArray(treated) && treated.length === 0)) continue
      result[field.name] = treated
    }
    return result
  }

  private field(
    name: string,
    field: string,
    type: string | undefined,
    value: Field,
    setting: Setting,
  ): Field | undefined {
    if (type === 'KeyValue') {
      const attributes = this.conventional(messagesOf(value), setting.naming)
      return this.attributes(attributes, contextOf[name], setting)
    }
    if (type !== undefined) {
      return Array.isArray(value)
        ? (value as Message[]).map((one) => this.message(type, one, setting))
        : this.message(type, value as Message, setting)
    }
    if (fieldsOf(name).find((one) => one.name === field)?.kind !== 'string') return value
    const place = placeOf[`${name}.${field}`]
    if (place === undefined) throw new Error(`no place for ${name}.${field}`)
    const [context] = place.split('.')
    const spot = this.spot(setting.cells.place(place), context, setting, 0, lowPlaces.has(place))
    if (Array.isArray(value)) return (value as Text[]).flatMap((text) => this.text(text, spot) ?? [])
    return this.text(value as Text, spot) || undefined
  }

  private text(text: Text, spot: Spot): Text | undefined {
    const treated = this.means.treat(bytesOf(text), spot)
    return treated && textOf(treated)
  }
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0)
