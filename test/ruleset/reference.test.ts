// The reference of the language (docs/ruleset-reference.md): its examples have every key, its defaults are what holds.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import type { JsonSchema } from '../../scripts/docs/reference.ts'
import { rulesetExamples } from '../../scripts/docs/ruleset-examples.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { rulesetSchema } from '../../src/ruleset/schema.ts'

const schema = z.toJSONSchema(rulesetSchema, { io: 'input' }) as JsonSchema

/** Every key by path (`*` for what a user names), with what the schema says of it. */
function keysOf(each: JsonSchema, path: string, found = new Map<string, JsonSchema>()): Map<string, JsonSchema> {
  for (const [name, child] of Object.entries(each.properties ?? {})) {
    const below = path === '' ? name : `${path}.${name}`
    found.set(below, child)
    keysOf(child, below, found)
  }
  if (typeof each.additionalProperties === 'object') keysOf(each.additionalProperties, `${path}.*`, found)
  if (each.items !== undefined) keysOf(each.items, path, found)
  for (const member of each.anyOf ?? []) keysOf(member, path, found)
  return found
}

const keys = keysOf(schema, '')

/** The keys of the schema that a value writes. */
function written(value: unknown, path: string, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const each of value) written(each, path, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, child] of Object.entries(value)) {
      const own = path === '' ? name : `${path}.${name}`
      const below = keys.has(own) ? own : `${path}.*`
      if (keys.has(own)) found.add(own)
      written(child, below, found)
    }
  }
  return found
}

describe('the examples of the reference', () => {
  it('have every key of the language', () => {
    const used = new Set(Object.values(rulesetExamples).flatMap(({ yaml }) => [...written(parse(yaml), '')]))
    // What a test wants is written as what it sends, and every `hash` as that of a class.
    const wanted = [...keys.keys()].filter((key) => !/^tests\.out\.|\.(?:phone|domain)\.hash\./.test(key))
    expect(wanted.length).toBeGreaterThan(100)
    expect(wanted.filter((key) => !used.has(key))).toEqual([])
  })
})

describe('the defaults of the reference', () => {
  const key = { id: 'ktest', bytes: new Uint8Array(32) }
  const program = loadRuleset({ file: 'x.yaml', readText: () => 'version: 1\nname: x\n', key }).program!
  const { conventions, defaults, detectors, metrics, events, repair, validation } = program
  const holds: Readonly<Record<string, unknown>> = {
    repair,
    event_schemas: events.size > 0,
    'defaults.attribute': defaults.attribute,
    'defaults.body': defaults.body,
    'defaults.name': defaults.name,
    'defaults.on_error': defaults.onError,
    'defaults.event': validation.unknownEvent,
    'validation.on_violation': validation.onViolation,
    'defaults.limits.value_bytes': defaults.limits.valueBytes,
    'defaults.limits.depth': defaults.limits.depth,
    'defaults.limits.attributes': defaults.limits.attributes,
    'detectors.phone_regions': detectors.phoneRegions,
    'metrics.max_series': metrics.maxSeries,
    'conventions.keep_old_names': conventions.keepOldNames,
  }

  it('are what holds under a ruleset that says nothing', () => {
    // Zod leaves out what is converted.
    expect(metrics.expireAfterMs).toBe(3_600_000)
    expect(keys.get('metrics.expire_after')?.description).toContain('`1h` unless given')
    const stated = [...keys].filter(([, { default: value }]) => value !== undefined)
    expect(Object.fromEntries(stated.map(([path, { default: value }]) => [path, value]))).toEqual(holds)
  })
})
