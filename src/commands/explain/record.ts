// A made-up request with a value in one spot, and what became of the value there: by the engine, from the field table.
import { messages, requestOf, signals, type Field, type Signal } from '../../otlp/fields.ts'
import { protobufToJson } from '../../otlp/to-json.ts'
import type { Engine } from '../../processors/engine.ts'
import type { Sender, Spot } from '../../ruleset/closure-judge.ts'

/** A value as a program would send it. */
export type Sample = string | number | boolean

/** What becomes of a value in a spot; undefined: it goes. Throws for attribute names, which hold no value. */
export function treated(engine: Engine, spot: Spot, sender: Sender, value: Sample): string | undefined {
  const way = wayTo(spot)
  const { signal, chain } = way
  const body = Buffer.from(JSON.stringify(requestWith(way, spot, sender, value)))
  const { quarantined, ...onward } = engine.process({ signal, encoding: 'json', body })
  const batch = onward.batch ?? quarantined[0]?.batch
  if (batch === undefined) return undefined
  return read(JSON.parse(protobufToJson(signal, batch.bytes)) as Json, chain, spot)
}

type Json = Record<string, unknown>

/** What a made-up resource has beside the value that is asked about. */
const ofSender: ReadonlySet<string> = new Set(['service.name', 'telemetry.sdk.name'])

interface Way {
  readonly signal: Signal
  /** From the request's fields down to the one that holds the spot. */
  readonly chain: readonly Field[]
}

function wayTo(spot: Spot): Way {
  const isMeant = (field: Field): boolean => {
    if (spot.is === 'attribute') return field.meaning === 'attributes' && field.place === spot.context
    return spot.is === 'body' ? field.meaning === 'body' : spot.is === 'text' && field.place === spot.place
  }
  for (const signal of signals) {
    let ways: (readonly Field[])[] = messages[requestOf[signal]].fields.map((field) => [field])
    while (ways.length > 0) {
      const found = ways.find((way) => isMeant(way[way.length - 1]))
      if (found !== undefined) return { signal, chain: found }
      ways = ways.flatMap((way) => below(way[way.length - 1]).map((field) => [...way, field]))
    }
  }
  throw new Error('the field table has no such place')
}

/** The fields of the message that a field holds. What attributes and bodies hold is one spot. */
function below({ kind, type, meaning }: Field): readonly Field[] {
  return kind !== 'message' || type === undefined || meaning !== undefined ? [] : messages[type].fields
}

function requestWith({ signal, chain }: Way, spot: Spot, sender: Sender, value: Sample): Json {
  const request = skeleton(signal, sender)
  let message = request
  for (const { name, repeated } of chain.slice(0, -1)) {
    message[name] ??= repeated === true ? [{}] : {}
    const child = message[name]
    message = (Array.isArray(child) ? child[0] : child) as Json
  }
  message[chain[chain.length - 1].name] = held(spot, value)
  const [group] = request[chain[0].name] as [{ resource: { attributes?: Json[] } }]
  const named = {
    'service.name': sender.service,
    'telemetry.sdk.name': sender.isDialect === true ? 'automagik-telemetry' : undefined,
  }
  const pairs = Object.entries(named).flatMap(([key, stringValue]) =>
    stringValue === undefined ? [] : [{ key, value: { stringValue } }],
  )
  group.resource.attributes = [...(group.resource.attributes ?? []), ...pairs]
  return request
}

/** A request with one record that is one, and of the event. */
function skeleton(signal: Signal, { event, isDialect }: Sender): Json {
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  const times = { startTimeUnixNano: '1', endTimeUnixNano: '2' }
  const scope = { name: isDialect === true ? 'example.telemetry' : 'example' }
  if (signal === 'traces') {
    const span = { ...ids, ...times, name: event ?? 'example', links: [{ ...ids }] }
    return { resourceSpans: [{ resource: {}, scopeSpans: [{ scope, spans: [span] }] }] }
  }
  if (signal === 'logs') {
    const record = { timeUnixNano: '1', ...(event === undefined ? {} : { eventName: event }) }
    return { resourceLogs: [{ resource: {}, scopeLogs: [{ scope, logRecords: [record] }] }] }
  }
  const metric = { name: 'example', gauge: { dataPoints: [{ asInt: '1', exemplars: [{ asInt: '1' }] }] } }
  return { resourceMetrics: [{ resource: {}, scopeMetrics: [{ scope, metrics: [metric] }] }] }
}

/** The value in the form of the spot. */
function held(spot: Spot, value: Sample): unknown {
  if (spot.is === 'attribute') return [{ key: spot.name, value: anyValue(value) }]
  if (spot.is !== 'body') return spot.is === 'text' && spot.place.endsWith('_keys') ? [String(value)] : String(value)
  return spot.path.reduceRight<Json>(
    (inner, key) => ({ kvlistValue: { values: [{ key, value: inner }] } }),
    anyValue(value),
  )
}

function anyValue(value: Sample): Json {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** What stands in the spot; undefined: nothing. */
function read(message: Json, chain: readonly Field[], spot: Spot): string | undefined {
  let at: unknown = message
  for (const { name, repeated, meaning } of chain) {
    at = (at as Json)[name]
    if (Array.isArray(at) && repeated === true && meaning !== 'attributes') at = at[0] as unknown
    if (at === undefined) return undefined
  }
  if (spot.is === 'text') return String(at)
  if (spot.is === 'attribute') {
    // The canonical name stands where the received one stood; what tells the sender stands behind it.
    const [first] = at as { key: string; value?: Json }[]
    const isOther = ofSender.has(first?.key ?? '') && first?.key !== spot.name
    return first === undefined || isOther ? undefined : plain(first.value)
  }
  for (const key of spot.is === 'body' ? spot.path : []) {
    const pairs = ((at as Json)['kvlistValue'] as { values?: { key: string; value: Json }[] } | undefined)?.values
    at = pairs?.find((pair) => pair.key === key)?.value
    if (at === undefined) return undefined
  }
  return plain(at as Json)
}

function plain(value: Json | undefined): string | undefined {
  const [content] = Object.values(value ?? {})
  return content === undefined ? undefined : typeof content === 'string' ? content : JSON.stringify(content)
}
