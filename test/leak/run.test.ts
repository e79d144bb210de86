// The leak corpus that comes with the gateway: it covers every place, finds what rules let out, and says why.
import { describe, expect, it } from 'vitest'
import { detectorIds } from '../../src/detectors/detector.ts'
import { runLeaks, type Leak, type LeakRun } from '../../src/leak/run.ts'
import { tablePlaces } from '../../src/leak/places.ts'
import { jsonOf, type Tree } from '../../src/leak/tree.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { allPlaces } from '../../src/ruleset/selectors.ts'
import { classNames } from '../../src/leak/values.ts'
import { writeJson } from '../arbitrary/json.ts'
import { requestName, signals } from '../reference/schema.ts'
import { placesOf } from './places.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

function leaksOf(rules: string, only: readonly string[], examples?: ReadonlyMap<string, readonly string[]>): LeakRun {
  const readText = (): string => `version: 1\nname: mine\nextends: [builtin:automagik]\n${rules}`
  const { program, diagnostics } = loadRuleset({ file: 'ruleset.yaml', readText, key })
  if (program === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return runLeaks(program, examples, only)
}

const guards = (leaks: readonly Leak[]): string[] => [...new Set(leaks.map(({ guard }) => guard.name))]
const placesIn = (leaks: readonly Leak[]): string[] => [...new Set(leaks.flatMap(({ places }) => places))].toSorted()

describe('the places', () => {
  it('are those that rules know', () => {
    expect([...new Set(tablePlaces().map(({ place }) => place))].toSorted()).toEqual(allPlaces)
  })

  it('are those of the reference’s schema, spot by spot, and so are the requests', () => {
    const held = { text: 'x', value: { stringValue: 'x' }, attributes: [{ key: 'a', value: { stringValue: 'x' } }] }
    const own = tablePlaces().map(({ signal, holds, requestWith }) => [
      signal,
      String(jsonOf(requestWith(held[holds] as Tree))),
    ])
    const reference = signals.flatMap((signal) =>
      placesOf(signal).map((place) => [
        signal,
        writeJson(requestName[signal], place.requestWith(held[place.holds] as Tree)),
      ]),
    )
    const parsed = (all: readonly (readonly string[])[]): unknown[] =>
      all.map(([signal, json]) => [signal, JSON.parse(json) as unknown])
    expect(parsed(own)).toHaveLength(55)
    expect(parsed(own)).toEqual(expect.arrayContaining(parsed(reference)))
    expect(parsed(reference)).toEqual(expect.arrayContaining(parsed(own)))
  })
})

describe('the leak corpus', () => {
  it.each(['builtin:automagik', 'builtin:strict'])('does not come out of %s', (file) => {
    const { program } = loadRuleset({ file, key })
    const { leaks, excepted, values, places, bytes, off } = runLeaks(program!)
    expect({ leaks, excepted, off, places }).toEqual({ leaks: [], excepted: [], off: [], places: allPlaces.length })
    expect(values).toBeGreaterThan(50_000)
    expect(bytes).toBeGreaterThan(500_000)
  })

  it('has values of every detector, which come out of every place when nobody looks', () => {
    const { leaks } = leaksOf('defaults: { attribute: public, body: public, name: public }\n', detectorIds)
    const byDetector = detectorIds.map((id) =>
      placesIn(leaks.filter(({ guard }) => guard.is === 'detector' && guard.name === id)),
    )
    expect(byDetector).toEqual(detectorIds.map(() => allPlaces))
  })

  it('has names of every class, under which text comes out of every place when no rule knows them', () => {
    const { program } = loadRuleset({ file: 'ruleset.yaml', readText: () => 'version: 1\nname: mine\n', key })
    const { leaks } = runLeaks(program!)
    expect(guards(leaks)).toEqual([...program!.classes.keys()].filter((name) => name in classNames))
    for (const leak of leaks)
      expect(placesIn([leak, ...leaks.filter(({ guard }) => guard.name === leak.guard.name)])).toEqual(allPlaces)
    expect(leaks.every(({ guard }) => guard.is === 'class')).toBe(true)
  })

  it('says what lets a value out', () => {
    const { leaks } = leaksOf('defaults: { body: public }\n', ['ipv4'])
    expect(leaks).toMatchObject([{ reason: { is: 'default', name: 'body' }, places: ['log.body'], forms: ['raw'] }])
  })

  it('plants under the names of the user’s own classes', () => {
    const rules = (action: string): string =>
      `classes: { salary: ${action} }\nrules: [{ id: pay, attr: ['*gehalt*'], class: salary }]\n`
    expect(leaksOf(rules('drop'), ['salary'])).toMatchObject({ leaks: [], values: expect.any(Number) })
    expect(leaksOf(rules('drop'), ['salary']).values).toBeGreaterThan(500)
  })

  it('plants the examples of the user’s own detectors, but not what every request holds', () => {
    const custom = (pattern: string): string =>
      `detectors: { custom: [{ id: staff, pattern: '${pattern}', class: secret, tests: { match: [x1], miss: [y] } }] }\n`
    const planted = (pattern: string, example: string): LeakRun =>
      leaksOf(custom(`${pattern}|x1`), ['staff'], new Map([['staff', [example]]]))
    expect(planted('emp-[0-9]{5}', 'emp-12345')).toMatchObject({ leaks: [] })
    expect(planted('emp-[0-9]{5}', 'emp-12345').values).toBeGreaterThan(500)
    expect(planted('name', 'name').values).toBe(0)
    expect(planted('^[a-z]+_[0-9]{8}$', 'bot_12345678').leaks).toEqual([])
  })

  it('is not planted for detectors that are off', () => {
    expect(leaksOf('detectors: { off: [mac] }\n', ['mac'])).toMatchObject({ values: 0, off: ['mac'] })
  })
})

describe('exceptions', () => {
  const exception = (more: string): string =>
    `exceptions: [{ ${more}, class: public, reason: ours, owner: platform }]\n`

  it('open places, which is no leak', () => {
    const { leaks, excepted } = leaksOf(exception('path: span.status.message'), ['ipv4', 'content'])
    expect(leaks).toEqual([])
    expect(guards(excepted)).toEqual(['ipv4', 'content'])
    expect(placesIn(excepted)).toEqual(['span.status.message'])
    expect(excepted[0]).toMatchObject({ reason: { is: 'exception', owner: 'platform' }, service: undefined })
  })

  it('are seen where they are for one service', () => {
    const { leaks, excepted } = leaksOf(exception('path: span.status.message, service: [omni]'), ['ipv4'])
    expect(leaks).toEqual([])
    expect(excepted).toMatchObject([{ places: ['span.status.message'], service: 'omni' }])
  })

  it('do not excuse what comes out beside them', () => {
    const { leaks, excepted } = leaksOf(`${exception('attr: [app.detail], in: [span]')}defaults: { body: public }\n`, [
      'email',
    ])
    expect(placesIn(excepted)).toEqual(['span.attributes'])
    expect(placesIn(leaks)).toEqual(['log.body'])
  })
})
