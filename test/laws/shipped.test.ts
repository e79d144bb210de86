// The same laws under the rules that ship: random requests that speak their names, and what the SDKs really sent.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonToProtobuf } from '../../src/otlp/from-json.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { telling } from '../arbitrary/programs.ts'
import { tidy, write } from '../arbitrary/writer.ts'
import { type Signal, requestName, signals } from '../reference/schema.ts'
import { createEngine, createReference, fast, protobuf, slow, withDerivedIds } from './harness.ts'
import { runs } from './runs.ts'

function shipped(): Program {
  const { program, diagnostics } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) } })
  if (!program) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return program
}

const program = shipped()
const engine = createEngine(program)
const reference = createReference(program)

/** Names that the rules speak of, with something for each star. */
const names = [
  ...new Set([
    ...program.rules.flatMap(({ selectors }) =>
      selectors.flatMap((one) => (one.is === 'attribute' ? [one.glob.replaceAll('*', 'x')] : [])),
    ),
    ...program.conventions.rename.keys(),
    ...program.conventions.coerce.keys(),
    ...[...program.conventions.events.values()].flatMap(({ rename }) => [...rename.keys()]),
    ...[...program.events.values()].flatMap(({ attributes }) => [...attributes.keys()]),
  ]),
]

const events = [...program.conventions.aliases.keys(), ...program.conventions.events.keys()]

function agree(signal: Signal, body: Uint8Array): void {
  const got = fast(engine, signal, body)
  const expected = slow(reference, signal, body)
  if (expected !== 'malformed' && got !== 'malformed') withDerivedIds(expected.request, got.request)
  expect(got).toEqual(expected)
}

describe.each(signals)('%s under the shipped rules', (signal) => {
  const requests = telling(signal, { names, events })

  test('the fast engine does what the object-level reference does', () => {
    fc.assert(
      fc.property(requests, fc.nat(), fc.boolean(), (body, seed, isMessy) => {
        const mess = { ...tidy, seed, shuffle: true, duplicate: 10, part: 10, unknown: 5, overlong: 5, unpack: 30 }
        agree(signal, write(requestName[signal], body, isMessy ? mess : tidy))
      }),
      runs(60),
    )
  })

  test('twice is once', () => {
    fc.assert(
      fc.property(requests, (body) => {
        const once = protobuf(engine, signal, write(requestName[signal], body)).batch
        if (!once) return
        const twice = protobuf(engine, signal, Buffer.from(once.bytes)).batch
        expect(twice && Buffer.from(twice.bytes)).toEqual(Buffer.from(once.bytes))
      }),
      runs(60),
    )
  })
})

const samples = fileURLToPath(new URL('../samples/', import.meta.url))
const captured = readdirSync(samples)
  .filter((name) => /^\d\d-.*\.json$/.test(name))
  .map((name) => {
    const body = readFileSync(samples + name)
    const { resourceSpans, resourceMetrics } = JSON.parse(body.toString()) as Record<string, unknown>
    return {
      name,
      body,
      signal: resourceSpans ? ('traces' as const) : resourceMetrics ? ('metrics' as const) : ('logs' as const),
    }
  })

describe('what the SDKs sent', () => {
  test.each(captured)('$name: fast is slow', ({ signal, body }) => {
    agree(signal, jsonToProtobuf(signal, body).bytes)
  })

  test.each(captured)('$name: twice is once', ({ signal, body }) => {
    const once = engine.process({ signal, encoding: 'json', body }).batch
    if (!once) throw new Error('no record is left')
    const twice = protobuf(engine, signal, Buffer.from(once.bytes)).batch
    expect(twice && Buffer.from(twice.bytes)).toEqual(Buffer.from(once.bytes))
  })
})
