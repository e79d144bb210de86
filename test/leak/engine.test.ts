// The leak test at the engine: made-up personal data in every place, in every shape, in both encodings. Then the bytes
// that come out, and every error's text, are searched for it.
import { describe, expect, test } from 'vitest'
import { WireError } from '../../src/otlp/wire-error.ts'
import { createEngine, type Engine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { contexts } from '../../src/otlp/fields.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { idle, watchful } from '../arbitrary/programs.ts'
import { writeJson } from '../arbitrary/json.ts'
import { write } from '../arbitrary/writer.ts'
import { requestName, signals } from '../reference/schema.ts'
import { type Planting, plant } from '../../src/leak/plant.ts'
import { type Hit, search } from '../../src/leak/search.ts'
import type { Secret } from '../../src/leak/secret.ts'
import { placesOf } from './places.ts'
import { content, contentNames, detectable } from './values.ts'

const allContexts = new Set(contexts)

function namesOf(...globs: readonly string[]): Program['rules'][number]['selectors'] {
  return globs.map((glob) => ({ is: 'attribute', glob, contexts: allContexts }))
}

/** Detectors on everything, and a few names: what the engine does without the shipped rules. */
const small: Program = {
  ...watchful,
  rules: [
    { id: 'content', class: 'content', selectors: namesOf('message', 'prompt'), services: undefined },
    { id: 'person', class: 'person', selectors: namesOf('*_name'), services: undefined },
    { id: 'secret', class: 'secret', selectors: namesOf('*token*', '*password*'), services: undefined },
  ],
}

const detected = detectable()
const programs: readonly (readonly [string, Program, readonly Secret[]])[] = [
  ['a small ruleset', small, [...detected, ...content(['message', 'prompt', 'sender_name', 'api_token', 'password'])]],
  ['the shipped ruleset', shipped(), [...detected, ...content(contentNames)]],
]

interface Leak extends Hit {
  readonly spot: string
}

type Encode = (planting: Planting) => ['protobuf' | 'json', Buffer]

/** Sends plantings one by one; what they leave behind is searched at once, and one by one only where something is found. */
function leaksOf(program: Program, plantings: readonly Planting[], encode: Encode): Leak[] {
  const engine = createEngine(program)
  const left = plantings.map((planting) => {
    const [encoding, body] = encode(planting)
    return Buffer.from(engine.process({ signal: planting.signal, encoding, body }).batch?.bytes ?? [])
  })
  expect(left.filter((bytes) => bytes.length === 0)).toEqual([])
  const secrets = [...new Set(plantings.flatMap((planting) => planting.secrets))]
  const told = Buffer.from(JSON.stringify(tallies(engine)))
  const traced = new Set(search(Buffer.concat([...left, told]), secrets).map(({ trace }) => trace))
  if (traced.size === 0) return []
  const found = secrets.filter(({ traces, digits }) => [...traces, digits].some((trace) => trace && traced.has(trace)))
  const leaks = plantings.flatMap(({ spot }, at) =>
    plantings[at].secrets.some((secret) => found.includes(secret))
      ? search(left[at], found).map((hit) => ({ ...hit, spot }))
      : [],
  )
  return [...leaks, ...search(told, found).map((hit) => ({ ...hit, spot: 'the tally' }))]
}

function tallies({ tally }: Engine): unknown {
  return [tally.changed, tally.found, tally.repaired, tally.refused, tally.dropped].map((counter) => [...counter])
}

/** The first leaks, one of each kind and spot: enough to see what is wrong. */
function summary(leaks: readonly Leak[]): string[] {
  const lines = leaks.map(({ kind, spot, form, trace }) => `${kind} at ${spot}: ${form} ${JSON.stringify(trace)}`)
  return [...new Set(lines)].slice(0, 20)
}

describe.each(programs)('under %s', (ruleset, program, secrets) => {
  describe.each(signals)('nothing planted comes out of the engine: %s', (signal) => {
    const plantings = plant(placesOf(signal), secrets)
    const name = requestName[signal]
    const planted = plantings.reduce((sum, planting) => sum + planting.secrets.length, 0)
    const encodings: readonly (readonly [string, Encode])[] = [
      ['protobuf', ({ request }) => ['protobuf', write(name, request)]],
      ['JSON', ({ request }) => ['json', Buffer.from(writeJson(name, request))]],
    ]

    test.each(encodings)('in %s', (encoding, encode) => {
      const leaks = leaksOf(program, plantings, encode)
      console.log(`${ruleset}, ${signal} in ${encoding}: ${planted} values planted, ${leaks.length} found`)
      expect(summary(leaks)).toEqual([])
    })

    test('in malformed bodies, whose errors are searched', () => {
      const engine = createEngine(program)
      const said = plantings.flatMap((planting) =>
        malformed(write(name, planting.request), writeJson(name, planting.request)).map(([encoding, body]) =>
          textOf(() => engine.process({ signal, encoding, body }).batch?.bytes),
        ),
      )
      expect(search(Buffer.concat(said), secrets)).toEqual([])
    })
  })
})

test('without rules everything planted comes out, and is found', () => {
  const engine = createEngine(idle)
  const left = plant(placesOf('logs'), detected).map(({ signal, request }) =>
    Buffer.from(protobufOf(engine, signal, write(requestName[signal], request))),
  )
  const found = new Set(search(Buffer.concat(left), detected).map(({ kind }) => kind))
  expect([...found].toSorted()).toEqual([...new Set(detected.map(({ kind }) => kind))].toSorted())
})

function protobufOf(engine: Engine, signal: Planting['signal'], body: Buffer): Uint8Array {
  return engine.process({ signal, encoding: 'protobuf', body }).batch?.bytes ?? new Uint8Array()
}

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
  // A stack without frames: they hold places in the code only, and to map them takes longer than all the rest.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return Buffer.from(run() ?? [])
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return Buffer.from(`${error.message}\n${error.stack}`)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function shipped(): Program {
  const { program } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } })
  if (!program) throw new Error('the shipped ruleset does not load')
  return program
}
