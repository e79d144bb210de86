// What travels: OTLP protobuf bytes of one signal. The two types are the seam of privacy: everything behind the engine
// takes a CleanBatch, and only the engine can make one.
import type { Signal } from '../otlp/fields.ts'

export type { Signal }

/** What a receiver hands over: a decompressed request body as it came. */
export interface Arrival {
  readonly signal: Signal
  readonly encoding: 'protobuf' | 'json'
  readonly transport: 'http' | 'grpc'
  /** The receiver's: it uses the bytes again once `consume` has given its promise, so who keeps them keeps a copy. */
  readonly body: Uint8Array
  /** What it came over. */
  readonly connection?: Connection
}

/** Of a socket or an HTTP/2 session: which one it is, and whether it is gone. */
export interface Connection {
  readonly destroyed: boolean
}

declare const clean: unique symbol

/** An Export request in protobuf that has been through the engine. Its bytes are shared by all readers: never written to. */
export interface CleanBatch {
  readonly signal: Signal
  readonly bytes: Uint8Array
  /** Spans, data points or log records in it. */
  readonly records: number
  /** The rules that made it: `Program.digest`. */
  readonly digest: string
  readonly [clean]: true
}

/** What the Collector's metrics call the records of a signal. */
export const recordNoun: Readonly<Record<Signal, 'spans' | 'metric_points' | 'log_records'>> = {
  traces: 'spans',
  metrics: 'metric_points',
  logs: 'log_records',
}
