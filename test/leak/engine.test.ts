// The leak test at the engine: made-up personal data in every place, in every shape, in both encodings. Then the bytes
// that come out, and every error's text, are searched for it.
import { describe, expect, test } from 'vitest'
import { WireError } from '../../src/otlp/wire-error.ts'
import { createEngine } from '../../src/processors/engine.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { watchful } from '../arbitrary/programs.ts'
import { writeJson } from '../arbitrary/json.ts'
import { write } from '../arbitrary/writer.ts'
import { requestName, signals } from '../reference/schema.ts'
import { type Planting, plant } from './plant.ts'
import { type Hit, search } from './search.ts'
import { type Secret, content, detectable } from './values.ts'

/** Names under which people's texts, names and secrets stand in Automagik's telemetry. */
const contentNames = ['message', 'prompt', 'sender_name', 'api_token', 'user.password']

const allContexts = new Set([
  'resource',
  'scope',
  'span',
  'spanevent',
  'spanlink',
  'metric',
  'datapoint',
  'exemplar',
  'log',
] as const)

const program: Program = {
  ...watchful,
  rules: [
    { id: 'content', class: 'content', selectors: namesOf('message', 'prompt'), services: undefined },
    { id: 'person', class: 'person', selectors: namesOf('*_name'), services: undefined },
    { id: 'secret', class: 'secret', selectors: namesOf('*token*', '*password*'), services: undefined },
  ],
}

function namesOf(...globs: readonly string[]): Program['rules'][number]['selectors'] {
  return globs.map((glob) => ({ is: 'attribute', glob, contexts: allContexts }))
}

const secrets: readonly Secret[] = [...detectable(), ...content(contentNames)]

interface Leak extends Hit {
  readonly spot: string
}

/** Sends plantings one by one and searches what each leaves behind. */
function leaksOf(
  plantings: readonly Planting[],
  encode: (planting: Planting) => ['protobuf' | 'json', Buffer],
): Leak[] {
  const engine = createEngine(program)
  return plantings.flatMap((planting) => {
    const [encoding, body] = encode(planting)
    const { batch } = engine.process({ signal: planting.signal, encoding, body })
    const out = Buffer.concat([batch?.bytes ?? Buffer.alloc(0), Buffer.from(JSON.stringify(tallies(engine)))])
    return search(out, planting.secrets).map((hit) => ({ ...hit, spot: planting.spot }))
  })
}

function tallies({ tally }: ReturnType<typeof createEngine>): unknown {
  return [tally.changed, tally.found, tally.repaired, tally.refused, tally.dropped].map((counter) => [...counter])
}

/** The first leaks, one of each kind and spot: enough to see what is wrong. */
function summary(leaks: readonly Leak[]): string[] {
  const lines = leaks.map(({ kind, spot, form, trace }) => `${kind} at ${spot}: ${form} ${JSON.stringify(trace)}`)
  return [...new Set(lines)].slice(0, 20)
}

describe.each(signals)('%s: nothing planted comes out of the engine', (signal) => {
  const plantings = plant(signal, secrets)
  const name = requestName[signal]
  const planted = plantings.reduce((sum, planting) => sum + planting.secrets.length, 0)

  test('of requests in protobuf', () => {
    const leaks = leaksOf(plantings, ({ request }) => ['protobuf', write(name, request)])
    console.log(`${signal}, protobuf: ${planted} values planted, ${leaks.length} found`)
    expect(summary(leaks)).toEqual([])
  })

  test('of requests in JSON', () => {
    const leaks = leaksOf(plantings, ({ request }) => ['json', Buffer.from(writeJson(name, request))])
    console.log(`${signal}, JSON: ${planted} values planted, ${leaks.length} found`)
    expect(summary(leaks)).toEqual([])
  })

  test('of malformed bodies, in the text of their errors', () => {
    const engine = createEngine(program)
    const leaks = plantings.flatMap((planting): Leak[] => {
      const bodies = malformed(write(name, planting.request), writeJson(name, planting.request))
      return bodies.flatMap(([encoding, body]) => {
        const out = textOf(() => engine.process({ signal, encoding, body }).batch?.bytes)
        return search(out, planting.secrets).map((hit) => ({ ...hit, spot: `malformed ${encoding}: ${planting.spot}` }))
      })
    })
    expect(summary(leaks)).toEqual([])
  })
})

/** Bodies that are cut, or broken near their ends. */
function malformed(protobuf: Buffer, json: string): ['protobuf' | 'json', Buffer][] {
  return [
    ['protobuf', protobuf.subarray(0, protobuf.length - 1)],
    ['json', Buffer.from(json.slice(0, -2))],
    ['json', Buffer.from(json.replace(/"([^"]*)":/, '"$1" '))],
  ]
}

/** What came out, be it bytes or the text of an error. */
function textOf(run: () => Uint8Array | undefined): Buffer {
  try {
    return Buffer.from(run() ?? [])
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return Buffer.from(`${error.message}\n${error.stack}`)
  }
}
