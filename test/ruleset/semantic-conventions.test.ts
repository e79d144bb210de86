// The names that the shipped conventions rename to, judged by OpenTelemetry's registry: each is in it and not deprecated.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as registered from '@opentelemetry/semantic-conventions/incubating'
import { describe, expect, it } from 'vitest'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { isRecordWord } from '../../src/ruleset/words.ts'

const registry = dirname(createRequire(import.meta.url).resolve('@opentelemetry/semantic-conventions/incubating'))
const declared = ['stable_attributes', 'experimental_attributes'].map((file) =>
  readFileSync(join(registry, `${file}.d.mts`), 'utf8'),
)

/** Attribute name → whether the registry calls it deprecated. */
const attributes = new Map(
  declared.flatMap((text) =>
    [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export )?declare const ATTR_\w+: "([^"]+)"/g)].map(
      // What moved to a registry of its own is as valid as it was.
      ([, comment, name]) => [name, /@deprecated (?!Moved to the \[OpenTelemetry GenAI)/.test(comment)] as const,
    ),
  ),
)

const { program } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32) } })
const { rename, events } = program!.conventions
const targets = new Set(
  [rename, ...[...events.values()].map((event) => event.rename)].flatMap((map) => [...map.values()]),
)

describe('the registry', () => {
  it('is read: it knows names in use and names that are not any more', () => {
    const names = Object.entries(registered).flatMap(([key, name]) => (key.startsWith('ATTR_') ? [name] : []))
    expect(names.filter((name) => typeof name === 'string' && !attributes.has(name))).toEqual([])
    expect(attributes.size).toBeGreaterThan(500)
    expect(attributes.get('http.request.method')).toBe(false)
    expect(attributes.get('http.method')).toBe(true)
    expect(attributes.get('gen_ai.usage.prompt_tokens')).toBe(true)
  })
})

describe('the shipped conventions', () => {
  /** Of the project's own, where OpenTelemetry has no word. */
  const own = new Set(['feature_name'])

  it.each([...targets].filter((name) => !own.has(name)))('rename to %s, which the registry has', (name) => {
    expect(attributes.get(name)).toBe(false)
  })

  it('rename nothing that the registry has: what is right stays', () => {
    const names = [rename, ...[...events.values()].map((event) => event.rename)].flatMap((map) => [...map.keys()])
    expect(names.filter((name) => attributes.get(name) === false)).toEqual([])
  })

  it('make attributes that the registry has', () => {
    for (const name of ['http.route', 'error.type', 'service.instance.id']) expect(attributes.get(name)).toBe(false)
  })

  it('the shipped metrics speak of attributes that are not deprecated', () => {
    const names = program!.metrics.derived.flatMap(({ by, where, value }) => [
      ...by,
      ...where.map(({ attribute }) => attribute),
      ...(value ? [value.attribute] : []),
    ])
    const deprecated = names.filter((name) => attributes.get(name) === true && !isRecordWord(name))
    expect(deprecated).toEqual([])
  })
})
