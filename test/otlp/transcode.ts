// What the tests of the JSON transcoder share: a request around one record, and what became of it.
import { expect } from 'vitest'
import type { Signal } from '../../src/otlp/fields.ts'
import { jsonToProtobuf, type Transcoded } from '../../src/otlp/from-json.ts'
import { protobufToJson } from '../../src/otlp/to-json.ts'
import { WireError } from '../../src/otlp/wire-error.ts'

export interface Answer extends Transcoded {
  /** The request as it reads in OTLP/JSON. */
  readonly json: any
}

export function transcode(signal: Signal, text: string | Uint8Array): Answer {
  const answer = jsonToProtobuf(signal, typeof text === 'string' ? Buffer.from(text) : text)
  return { ...answer, json: JSON.parse(protobufToJson(signal, answer.bytes)) }
}

export const spans = (...members: string[]): Answer =>
  transcode('traces', `{"resourceSpans":[{"scopeSpans":[{"spans":[${members.join(',')}]}]}]}`)
export const points = (...members: string[]): Answer =>
  transcode(
    'metrics',
    `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[${members.join(',')}]}}]}]}]}`,
  )
export const spansOf = (answer: Answer): any[] => answer.json.resourceSpans[0].scopeSpans[0].spans ?? []
export const pointsOf = (answer: Answer): any[] =>
  answer.json.resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints ?? []
export const span = (members: string): any => {
  const answer = spans(`{${members}}`)
  expect(answer.refused).toEqual([])
  return spansOf(answer)[0]
}
export const point = (members: string): any => pointsOf(points(`{${members}}`))[0]
/** The value of an attribute of a span. */
export const valueOf = (value: string): any => span(`"attributes":[{"key":"k","value":${value}}]`).attributes[0].value
export const reasonFor = (members: string): string | undefined => spans(`{${members}}`).refused[0]?.reason
export const reasonForValue = (value: string): string | undefined =>
  reasonFor(`"attributes":[{"key":"k","value":${value}}]`)

export function errorOf(run: () => unknown): WireError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
    return error as WireError
  }
  throw new Error('no error')
}
export const errorFor = (text: string | Uint8Array, signal: Signal = 'traces'): WireError =>
  errorOf(() => transcode(signal, text))
