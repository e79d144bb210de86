// Laws of the quarantine: every record of a request is in exactly one place, what goes on is what would go on without
// the others, and what is kept aside is what would have gone on, marked.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Program, Validation, Verdict } from '../../src/ruleset/program.ts'
import { noValidation } from '../../src/ruleset/validation.ts'
import { Tally } from '../../src/telemetry/tally.ts'
import { program, telling } from '../arbitrary/programs.ts'
import { tidy, write, type Mess } from '../arbitrary/writer.ts'
import { createEngine, readCanonical } from '../laws/harness.ts'
import { runs } from '../laws/runs.ts'
import { messagesOf, type Message } from '../reference/model.ts'
import { requestName, type Signal } from '../reference/schema.ts'

const verdict = fc.constantFrom<Verdict>('accept', 'annotate', 'drop', 'quarantine', 'quarantine', 'quarantine')
const validation: fc.Arbitrary<Validation> = fc.record({
  onViolation: verdict,
  services: fc
    .dictionary(fc.constantFrom('omni', 'hive'), verdict, { maxKeys: 1 })
    .map((own) => new Map(Object.entries(own))),
  unknownEvent: verdict,
})

/** Canonical, or as protobuf allows. */
const mess: fc.Arbitrary<Mess> = fc.oneof(
  fc.constant(tidy),
  fc.record({
    seed: fc.nat(),
    shuffle: fc.boolean(),
    duplicate: fc.constantFrom(0, 5),
    part: fc.constantFrom(0, 5),
    unknown: fc.constantFrom(0, 2, 5),
    overlong: fc.constantFrom(0, 2),
    unpack: fc.constantFrom(0, 20),
    decoy: fc.constant('ana@example.com'),
  }),
)

function judging(rules: Program, own: Validation): Program {
  return { ...rules, validation: own }
}

/** Marks take the room of others: old names that stay beside the new. */
function roomy({ defaults, ...rules }: Program): Program {
  return { ...rules, defaults: { ...defaults, limits: { ...defaults.limits, attributes: 128 } } }
}

/** The same with another verdict in the place of one. */
function instead(of: Verdict, by: Verdict, { onViolation, services, unknownEvent }: Validation): Validation {
  const other = (given: Verdict): Verdict => (given === of ? by : given)
  return {
    onViolation: other(onViolation),
    services: new Map([...services].map(([name, given]) => [name, other(given)])),
    unknownEvent: other(unknownEvent),
  }
}

function processed(rules: Program, signal: Signal, body: Uint8Array) {
  const tally = new Tally()
  const made = createEngine(rules, tally).process({ signal, encoding: 'protobuf', body })
  const refused = sums(made.refused)
  const aside = sums(made.quarantined.map(({ reason, batch }) => ({ reason, records: batch.records })))
  return { ...made, refused, aside, tally }
}

function sums(parts: readonly { readonly reason: string; readonly records: number }[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const { reason, records } of parts) all[reason] = (all[reason] ?? 0) + records
  return all
}

const totalOf = (parts: Readonly<Record<string, number>>): number => Object.values(parts).reduce((a, b) => a + b, 0)

/** The records of a batch, each with what it is in. */
function recordsIn(signal: Signal, bytes: Uint8Array | undefined): Message[] {
  if (bytes === undefined) return []
  const request = readCanonical(signal, bytes)
  const below = (of: Message, ...names: readonly string[]): Message[] => names.flatMap((name) => messagesOf(of[name]))
  return below(request, 'resourceSpans', 'resourceLogs').flatMap(({ scopeSpans, scopeLogs, ...resource }) =>
    below({ scopeSpans, scopeLogs }, 'scopeSpans', 'scopeLogs').flatMap(({ spans, logRecords, ...scope }) =>
      below({ spans, logRecords }, 'spans', 'logRecords').map((record) => ({ resource, scope, record })),
    ),
  )
}

const markNames = /^automagik\.schema\.(?:status|violations|keyword|attribute)$/

/** Two empty lists are one. */
function unmarked({ record, ...rest }: Message): string {
  const { attributes, ...others } = record as Message
  const kept = messagesOf(attributes).filter(({ key }) => !markNames.test((key ?? '') as string))
  const shown = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)
  return JSON.stringify({ ...rest, record: { ...others, attributes: kept } }, shown)
}

describe.each(['traces', 'logs'] as const)('%s', (signal) => {
  const name = requestName[signal]
  const given = [program, validation, telling(signal), mess] as const
  const bodyOf = (message: Message, how: Mess): Buffer => write(name, message, how)

  test('what goes on is what goes on where the others are refused, byte for byte', () => {
    fc.assert(
      fc.property(...given, (rules, own, message, how) => {
        const body = bodyOf(message, how)
        const kept = processed(judging(rules, own), signal, body)
        const dropped = processed(judging(rules, instead('quarantine', 'drop', own)), signal, body)
        expect(kept.records).toBe(dropped.records)
        expect(kept.batch && Buffer.from(kept.batch.bytes)).toEqual(dropped.batch && Buffer.from(dropped.batch.bytes))
        const away = [...Object.entries(kept.refused), ...Object.entries(kept.aside)]
        expect(sums(away.map(([reason, records]) => ({ reason, records })))).toEqual(dropped.refused)
        expect(Object.fromEntries(kept.tally.quarantined)).toEqual(kept.aside)
        for (const counter of ['invalid', 'repaired'] as const)
          expect([counter, kept.tally[counter]]).toEqual([counter, dropped.tally[counter]])
      }),
      runs(150),
    )
  })

  test('every record is in one batch, as clean as without validation', () => {
    fc.assert(
      fc.property(...given, (rules, own, message, how) => {
        const body = bodyOf(message, how)
        const kept = processed(judging(roomy(rules), instead('drop', 'quarantine', own)), signal, body)
        const all = processed(judging(roomy(rules), noValidation), signal, body)
        expect(kept.records + totalOf(kept.aside)).toBe(all.records)
        const batches = [kept.batch, ...kept.quarantined.map(({ batch }) => batch)]
        const records = batches.flatMap((batch) => recordsIn(signal, batch?.bytes))
        expect(records.map(unmarked).toSorted()).toEqual(recordsIn(signal, all.batch?.bytes).map(unmarked).toSorted())
      }),
      runs(150),
    )
  })

  test('what is kept aside brings no group without a record along', () => {
    fc.assert(
      fc.property(...given, (rules, own, message, how) => {
        const { quarantined } = processed(judging(rules, own), signal, bodyOf(message, how))
        for (const { batch } of quarantined) {
          expect(recordsIn(signal, batch.bytes)).toHaveLength(batch.records)
          const groups = messagesOf(Object.values(readCanonical(signal, batch.bytes))[0])
          for (const { scopeSpans = [], scopeLogs = [] } of groups) {
            const scopes = [...messagesOf(scopeSpans), ...messagesOf(scopeLogs)]
            expect(scopes.length).toBeGreaterThan(0)
            for (const { spans = [], logRecords = [] } of scopes)
              expect(messagesOf(spans).length + messagesOf(logRecords).length).toBeGreaterThan(0)
          }
        }
      }),
      runs(150),
    )
  })
})
