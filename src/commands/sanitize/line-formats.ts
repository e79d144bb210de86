// The two formats of `sanitize`: what one line becomes. An error's message never holds text of the line.

import type { Signal } from '../../otlp/fields.ts'
import { protobufToJson } from '../../otlp/to-json.ts'
import { WireError } from '../../otlp/wire-error.ts'
import type { Engine } from '../../processors/engine.ts'

/** The line cannot be done, wholly or in part; the message says why. */
interface LineResult {
  readonly output?: string
  readonly error?: string
}

export type LineFormat = (engine: Engine, line: Buffer) => LineResult

/** `{"id", "text"}` → `{"id", "text"}`: the text as if it were an attribute of a neutral name. A text that goes is "". */
export const textLine: LineFormat = (engine, line) => {
  let entry: unknown
  let id: string | undefined
  try {
    const source = line.toString()
    entry = JSON.parse(source)
    id = idSource(entry, source)
  } catch {
    return { error: 'not JSON' }
  }
  const text = (entry as { text?: unknown } | null)?.text
  if (typeof text !== 'string') return { error: 'not an object with a "text" that is a string' }
  const clean = JSON.stringify(engine.text(text) ?? '')
  return { output: id === undefined ? `{"text":${clean}}` : `{"id":${id},"text":${clean}}` }
}

/** The id as it was written: a number beyond 2^53 keeps its digits. */
function idSource(entry: unknown, source: string): string | undefined {
  const id = (entry as { id?: unknown } | null)?.id
  if (typeof id !== 'number' || Number.isSafeInteger(id)) return JSON.stringify(id)
  const sources = new Map<unknown, string | undefined>()
  const again: unknown = JSON.parse(
    source,
    function (this: unknown, key, value: unknown, context?: { source?: string }) {
      if (key === 'id') sources.set(this, context?.source)
      return value
    },
  )
  return sources.get(again) ?? String(id)
}

const containers = { resourceSpans: 'traces', resourceMetrics: 'metrics', resourceLogs: 'logs' } as const
const firstKey = /^\s*\{\s*"(resourceSpans|resourceMetrics|resourceLogs)"/

/** One Export request in OTLP/JSON → the same, clean. */
export const otlpJsonLine: LineFormat = (engine, line) => {
  const signal = signalOf(line)
  if (signal === undefined) return { error: 'not an OTLP/JSON body: no resourceSpans, resourceMetrics or resourceLogs' }
  try {
    const { batch, quarantined, refused } = engine.process({
      signal,
      encoding: 'json',
      body: new Uint8Array(line),
    })
    const output = batch === undefined ? '{}' : protobufToJson(signal, batch.bytes)
    // There is no quarantine here to keep them in.
    const aside = quarantined.map(({ reason, batch: kept }) => ({ reason, records: kept.records }))
    const all = [...refused, ...aside]
    if (all.length === 0) return { output }
    const losses = all.map(({ records, reason }) => `${records} × ${reason}`).join(', ')
    return { output, error: `records refused: ${losses}` }
  } catch (error) {
    if (error instanceof WireError) return { error: error.message }
    throw error
  }
}

function signalOf(line: Buffer): Signal | undefined {
  const first = firstKey.exec(line.toString('latin1', 0, 100))?.[1] as keyof typeof containers | undefined
  if (first !== undefined) return containers[first]
  try {
    const body = JSON.parse(line.toString()) as object
    const key = Object.keys(containers).find((each) => Object.hasOwn(body, each))
    return key === undefined ? undefined : containers[key as keyof typeof containers]
  } catch {
    return undefined
  }
}
