// Runs the cases that are written in a ruleset: through the engine that the gateway has, under the ruleset's own rules.
import { createEngine, type Engine } from '../processors/engine.ts'
import type { Program } from '../ruleset/program.ts'
import type { RulesetTest } from '../ruleset/program.ts'
import { recordOf, requestOf } from './request.ts'

/** What came of a case. */
export interface TestResult {
  readonly test: RulesetTest
  /** What is not as it must be, one sentence each; empty: all is well. They quote the case, which is made up. */
  readonly failures: readonly string[]
}

const kinds = ['event', 'span', 'log', 'metric'] as const

/** Runs every case under the program, each for itself. @throws never for a program that compiled */
export function runRulesetTests(program: Program, tests: readonly RulesetTest[] = program.tests): TestResult[] {
  const engine = createEngine(program)
  return tests.map((test) => ({ test, failures: failuresOf(engine, test) }))
}

function failuresOf(engine: Engine, test: RulesetTest): string[] {
  const { signal, body } = requestOf(test.in)
  const before = new Map(engine.tally.found)
  const { quarantined, ...onward } = engine.process({ signal, encoding: 'json', body })
  const batch = onward.batch ?? quarantined[0]?.batch
  const bytes = Buffer.from(batch?.bytes ?? [])
  const failures = test.never
    .filter((text) => bytes.includes(text))
    .map((text) => `${quoted(text)} is in what is sent on`)
  for (const [detector, times] of test.hits) {
    const found = (engine.tally.found.get(detector) ?? 0) - (before.get(detector) ?? 0)
    if (found !== times) failures.push(`${detector} found ${found}, want ${times}`)
  }
  if (test.out === undefined) return failures
  if (batch === undefined) return [...failures, 'the record is refused']
  const kind = kinds.find((each) => test.in[each] !== undefined) ?? 'span'
  return [...failures, ...differences(test.out, recordOf(kind, signal, batch.bytes), '')]
}

/** Where what is left differs from what is wanted, as far as that is written. */
function differences(wanted: unknown, left: unknown, path: string): string[] {
  if (wanted === undefined) return []
  const isGone = left === undefined || left === null || left === ''
  if (wanted === null) return isGone ? [] : [`${path} is ${quoted(left)}, want it gone`]
  if (Array.isArray(wanted) && Array.isArray(left) && wanted.length === left.length) {
    return wanted.flatMap((each, index) => differences(each, left[index], `${path}[${index}]`))
  }
  if (isMap(wanted) && isMap(left)) {
    return Object.entries(wanted).flatMap(([key, each]) =>
      differences(
        each,
        left[key],
        path === '' ? key : path.endsWith('attributes') ? `${path}["${key}"]` : `${path}.${key}`,
      ),
    )
  }
  if (typeof wanted === 'string' && typeof left === 'string' && matches(wanted, left)) return []
  if (wanted === left) return []
  return [`${path} is ${isGone ? 'gone' : quoted(left)}, want ${quoted(wanted)}`]
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a text is as wanted, where each `*` stands for anything. */
function matches(wanted: string, text: string): boolean {
  const [first, ...rest] = wanted.split('*')
  if (rest.length === 0) return wanted === text
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}

const quoted = (value: unknown): string => JSON.stringify(value)
