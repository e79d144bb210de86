// How fast: on the strings of spans, on lines of logs, and on texts made to be slow.
import { requestType } from '../../src/otlp/root.ts'
import { traceBody } from '../bodies.ts'
import type { Corpus } from './corpus.ts'
import { scanBytes } from './ours.ts'
import type { Rival } from './rivals.ts'

export interface Speed {
  /** MB a second of CPU time, on one core. */
  readonly spans: number
  readonly logs: number
  /** The slowest of the texts made to be slow: seconds for 16 KiB of it. */
  readonly worst16KiB: number
}

/** Repeated, these make regular expressions backtrack and scanners look back. */
const units = [
  'a',
  '1',
  '1-',
  'a.',
  'a@',
  '@a.',
  '1.',
  ':1',
  'eyJ',
  'a:',
  '(1',
  'sk-',
  'token=',
  '://',
  '-----BEGIN ',
  '/home/',
  '%41',
  '+1 ',
  '00 ',
  '1231-',
  'pj1q~',
  'sig=',
  '@tcp(',
  'api/webhooks/',
]

const worstBytes = 16 * 1024

/** Every string of the attributes of a thousand spans, personal data in a tenth of them. */
export function spanStrings(): string[] {
  const type = requestType('traces')
  const request = type.toObject(type.decode(traceBody(0.1)), { longs: String }) as Request
  return request.resourceSpans
    .flatMap((group) => group.scopeSpans)
    .flatMap((scope) => scope.spans)
    .flatMap((span) => [span.name, ...span.attributes.map((attribute) => attribute.value.stringValue)])
    .filter((text) => text !== undefined)
}

/** As much of an ExportTraceServiceRequest as is looked at. */
interface Request {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string
        readonly attributes: readonly { readonly value: { readonly stringValue?: string } }[]
      }[]
    }[]
  }[]
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** @param look takes a text whole; called again and again for about `seconds` of CPU time, after a quarter of that to warm up */
async function megabytesPerSecond(
  texts: readonly string[],
  look: (text: string) => unknown,
  seconds: number,
): Promise<number> {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const round = async (limit: number): Promise<number> => {
    const start = cpuSeconds()
    let done = 0
    while (cpuSeconds() - start < limit) {
      for (const text of texts) await look(text)
      done += bytes
    }
    return done / 1e6 / (cpuSeconds() - start)
  }
  await round(seconds / 4)
  return round(seconds)
}

export async function speedOf(rival: Rival, corpus: Corpus, seconds = 1): Promise<Speed> {
  const spans = spanStrings()
  const logs = corpus.negatives.map((sample) => sample.text)
  // The slowest would take minutes for all of them.
  const some = (texts: readonly string[]): string[] => texts.filter((_, i) => i % 37 === 0)
  let worst = 0
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(worstBytes / unit.length))
    const start = cpuSeconds()
    await rival.redact(text)
    worst = Math.max(worst, cpuSeconds() - start)
  }
  return {
    spans: await megabytesPerSecond(some(spans), (text) => rival.redact(text), seconds),
    logs: await megabytesPerSecond(some(logs), (text) => rival.redact(text), seconds),
    worst16KiB: worst,
  }
}

/** Ours as the engine calls it: on bytes that are there. Megabytes a second of CPU time. */
export function scanSpeed(texts: readonly string[], seconds = 2): number {
  const buffers = texts.map((text) => Buffer.from(text))
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
  const round = (limit: number): number => {
    const start = cpuSeconds()
    let done = 0
    while (cpuSeconds() - start < limit) {
      for (let i = 0; i < 20; i++) for (const buffer of buffers) scanBytes(buffer)
      done += 20 * bytes
    }
    return done / 1e6 / (cpuSeconds() - start)
  }
  round(seconds / 2)
  return round(seconds)
}

/** Shorter than this and the clock is too coarse. */
const minSeconds = 0.05

/**
 * How the time of the texts made to be slow grows with their length: the worst ratio of the times a byte for 1 MiB and
 * for 64 KiB (1 is linear), and the slowest's megabytes a second.
 */
export function growth(): { readonly ratio: number; readonly slowest: number } {
  let ratio = 0
  let slowest = Infinity
  for (const unit of units) {
    // By CPU time, the best of some rounds: others may work on the machine.
    const perByte = (length: number, rounds: number): number => {
      const buffer = Buffer.from(unit.repeat(Math.ceil(length / unit.length)))
      let best = Infinity
      for (let i = 0; i < rounds; i++) {
        const start = cpuSeconds()
        let scans = 0
        do {
          scanBytes(buffer)
          scans++
        } while (cpuSeconds() - start < minSeconds)
        best = Math.min(best, ((cpuSeconds() - start) * 1e9) / scans / buffer.length)
      }
      return best
    }
    const short = perByte(64 * 1024, 5)
    const long = perByte(1024 * 1024, 5)
    ratio = Math.max(ratio, long / short)
    slowest = Math.min(slowest, 1000 / long)
  }
  return { ratio, slowest }
}
