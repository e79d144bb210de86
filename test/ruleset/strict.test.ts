// The allow-list, `builtin:strict`: the leak corpus through every place, and what of the events is still worth having.
import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { decodeRequest } from '../../src/otlp/to-json.ts'
import { createEngine } from '../../src/processors/engine.ts'
import { rankOf } from '../../src/actions/action.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { write } from '../arbitrary/writer.ts'
import { plant } from '../../src/leak/plant.ts'
import { search } from '../../src/leak/search.ts'
import { placesOf } from '../leak/places.ts'
import { content, contentNames, detectable } from '../leak/values.ts'
import { type Signal, requestName, signals } from '../reference/schema.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }
const { program, diagnostics } = loadRuleset({ file: 'builtin:strict', key })
if (program === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))

/** Text that no detector knows, under names that no rule knows. */
const unknown = ['note_of_mine', 'x', 'app.detail', 'Gespräch'].map((name) => ({
  kind: 'unknown text',
  text: `zaphod told trillian ${name} in confidence`,
  traces: ['zaphod told trillian'],
  key: name,
}))

describe.each(signals)('nothing planted passes: %s', (signal) => {
  const name = requestName[signal]

  test.each([
    ['what detectors find and names tell', [...detectable(), ...content(contentNames)]],
    ['text that nobody knows, in attributes and bodies', unknown],
  ])('%s', (_what, secrets) => {
    const engine = createEngine(program)
    const plantings = plant(placesOf(signal), secrets)
    const left = plantings.map(({ request }) => {
      const { batch } = engine.process({ signal, encoding: 'protobuf', body: write(name, request) })
      return Buffer.from(batch?.bytes ?? [])
    })
    expect(left.filter((bytes) => bytes.length > 0)).toHaveLength(plantings.length)
    const held = plantings.flatMap(({ secrets: each, spot }, at) =>
      // Names of spans, metrics and scopes are on the list: there, only the detectors stand guard.
      search(left[at], each).filter(({ kind }) => kind !== 'unknown text' || !isName(spot)),
    )
    expect(held.slice(0, 10)).toEqual([])
  })
})

function isName(spot: string): boolean {
  return /name|version|unit|description|severity/i.test(spot.split(',')[0])
}

describe('what is left of the events', () => {
  const engine = createEngine(program)
  const sample = (file: string, signal: Signal): Record<string, unknown>[] => {
    const body = readFileSync(new URL(`../samples/${file}.json`, import.meta.url))
    const { batch } = engine.process({ signal, encoding: 'json', body })
    return recordsIn(decodeRequest(signal, batch!.bytes))
  }

  it('is all of a standard event that its schema knows', () => {
    const [span] = sample('01-npm-sdk-0.1.3-trace-feature-used', 'traces')
    expect(span).toMatchObject({
      feature_name: 'agent_invocation',
      feature_category: 'ai_operations',
      agent_type: 'CLAUDE_CODE',
      token_count: '1834',
      duration_ms: 4210,
      success: true,
      'os.type': 'linux',
    })
    expect(Object.keys(span)).not.toContain('worktree_path')
  })

  it('is of an error what it is, not what it says', () => {
    const [span] = sample('02-npm-sdk-0.1.3-trace-error', 'traces')
    expect(span).toMatchObject({ 'error.type': 'TypeError', error_code: 'FORGE-2001', severity: 'high' })
    expect(Object.keys(span).filter((name) => /message|stack/.test(name))).toEqual([])
  })

  it('is the route of a request, and its status', () => {
    const [span] = sample('10-omni-v1-legacy-trace-api-request-phone-in-path', 'traces')
    expect(span).toMatchObject({
      'http.route': '/api/v1/traces/phone/{phone}',
      'http.request.method': 'GET',
      'http.response.status_code': '200',
    })
  })

  it('is what happened in an event of one project', () => {
    const [span] = sample('11-omni-v1-legacy-trace-webhook-failed', 'traces')
    expect(span).toMatchObject({ channel: 'whatsapp', success: false, duration_ms: 4250.5 })
    expect(Object.keys(span)).not.toContain('error')
  })

  it('is of a metric the labels that are listed, and who as a pseudonym', () => {
    const points = sample('07-python-sdk-0.1.4-metrics-batch', 'metrics')
    expect(points).toContainEqual({ channel: 'whatsapp', instance: expect.stringMatching(/^hm:/) })
    expect(JSON.stringify(points)).not.toContain('ana-bot')
  })
})

describe('the list', () => {
  it('has defaults that drop, for every kind of place', () => {
    const { attribute, body, name } = program.defaults
    expect([attribute, body, name].map((each) => program.classes.get(each)?.is)).toEqual(['drop', 'drop', 'drop'])
  })

  it('leaves text to the detectors by names alone: no star among them', () => {
    const open = program.rules.filter((rule) => rankOf[program.classes.get(rule.class)!.is] < rankOf.mask)
    const globs = open.flatMap(({ selectors }) =>
      selectors.flatMap((each) => (each.is === 'attribute' ? each.glob : [])),
    )
    expect(globs.length).toBeGreaterThan(50)
    expect(globs.filter((glob) => glob.includes('*'))).toEqual([])
  })
})

/** The attributes of each span, point and log, as plain values. */
function recordsIn(request: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  const walk = (each: unknown): void => {
    if (Array.isArray(each)) return each.forEach(walk)
    if (typeof each !== 'object' || each === null) return
    for (const [name, value] of Object.entries(each)) {
      if (['spans', 'dataPoints', 'logRecords'].includes(name)) {
        found.push(...(value as { attributes?: Pair[] }[]).map(({ attributes = [] }) => plain(attributes)))
      } else walk(value)
    }
  }
  walk(request)
  return found
}

interface Pair {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

function plain(pairs: readonly Pair[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key: name, value }) => {
      const [only] = Object.values(value)
      return [name, typeof only === 'bigint' ? String(only) : only]
    }),
  )
}
