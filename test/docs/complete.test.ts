// The lists of the documentation have everything that the code has, and nothing else.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { areas } from '../../scripts/docs/errors.ts'
import { findingCodes } from '../../scripts/docs/events.ts'
import { allMetrics } from '../../scripts/docs/metrics.ts'
import { droppedReasons, recordReasons, repairs } from '../../scripts/docs/reasons.ts'
import { durationMs, sizeBytes } from '../../src/config/units.ts'
import { detectorIds } from '../../src/detectors/detector.ts'
import {
  defaultBatch,
  defaultDisk,
  defaultFile,
  defaultQueue,
  defaultRetry,
  defaultTimeoutMs,
  durableRetry,
} from '../../src/exporters/options.ts'
import { dropKinds, repairKinds } from '../../src/otlp/json-state.ts'
import { pages, root } from './pages.ts'

/** The sources below a folder, joined. */
function sourcesOf(...folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(new URL(`src/${folder}/`, root), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(new URL(`src/${folder}/${name}`, root), 'utf8')),
    )
    .join('\n')
}

const found = (source: string, pattern: RegExp): string[] => [
  ...new Set([...source.matchAll(pattern)].map(([, name]) => name)),
]
const page = (path: string): string => pages.find((each) => each.path === path)!.text

describe('codes of errors', () => {
  const shared = found(sourcesOf('diagnostics'), /\bat\(\s*'([a-z-]+)'/g)

  it.each(['config', 'ruleset'] as const)('of %s are those of the sources', (area) => {
    const source = sourcesOf(area, ...(area === 'ruleset' ? ['commands/test'] : []))
    const own = found(source, /\b(?:report|fault|error)\(\s*'([a-z-]+)'/g)
    const whole = found(source, new RegExp(`'${area}/([a-z-]+)'`, 'g'))
    const all = new Set([...own, ...whole, ...shared, 'syntax'])
    expect(all.size).toBeGreaterThan(10)
    expect([...all].toSorted()).toEqual(areas[area].map(({ name }) => name).toSorted())
  })
})

it('codes of policies are those of the sources', () => {
  const source = sourcesOf('commands/check')
  const own = found(source, /'policy\/([a-z-]+)'/g)
  const named = areas.policy.map(({ name }) => name)
  expect(own.filter((name) => !named.includes(name))).toEqual([])
  // What the reader of YAML and of its types says of any file is there as well.
  expect(named).toEqual(expect.arrayContaining(['syntax', 'unknown-key', 'wrong-type', 'wrong-value']))
})

it('codes of findings in events are those of the sources', () => {
  const own = found(sourcesOf('commands/events'), /'(events\/[a-z-]+)'/g)
  expect(own.toSorted()).toEqual(Object.keys(findingCodes).toSorted())
})

describe('reasons', () => {
  const engine = sourcesOf('processors', 'actions', 'otlp')
  const counted = (counter: string): string[] =>
    found(engine, new RegExp(`count\\((?:[\\w.]+\\.)?${counter}, '([a-z0-9-]+)'`, 'g'))

  it('of dropped parts are those that are counted', () => {
    const canonical = found(engine, /\bdropped\('([a-z-]+)'\)/g)
    const all = new Set([...counted('dropped'), ...canonical, ...dropKinds])
    expect([...all].toSorted()).toEqual(Object.keys(droppedReasons).toSorted())
  })

  it('of refused records are those that are counted', () => {
    const json = found(engine, /\brefuse\('([a-z0-9-]+)'\)/g)
    const spans = found(engine, /#refuse\('([a-z-]+)'\)/g)
    const unfit = found(found(engine, /^export type Unfit = (.*)$/gm).join(), /'([a-z-]+)'/g)
    const all = new Set([...json, ...spans, ...unfit, ...counted('refused'), 'queue-full'])
    expect([...all].toSorted()).toEqual(Object.keys(recordReasons).toSorted())
  })

  it('kinds of repairs are those that are counted', () => {
    const all = new Set([...counted('repaired'), ...repairKinds])
    expect([...all].toSorted()).toEqual(Object.keys(repairs).toSorted())
  })
})

describe('metrics', () => {
  it('that pages and rules of alerts name are there', async () => {
    const names = new Set((await allMetrics()).map(({ name }) => name))
    const named = pages.flatMap(({ text }) => found(text, /\b((?:otelcol|gateway)_[a-z_]+)/g))
    expect(named.filter((name) => !names.has(name))).toEqual([])
  })

  it('are all in the list', async () => {
    const text = page('docs/metrics.md')
    expect((await allMetrics()).map(({ name }) => name).filter((name) => !text.includes(`\`${name}\``))).toEqual([])
  })
})

describe('keys of the languages', () => {
  it.each(['docs/configuration.md', 'docs/ruleset-reference.md'])('are each described in %s', (path) => {
    const items = page(path).match(/<!-- generated: \w+ keys -->[\s\S]*<!-- end of/)?.[0] ?? ''
    const keys = items
      .replaceAll(/```[\s\S]*?```/g, '')
      .split(/^ *- /m)
      .slice(1)
    expect(keys.length).toBeGreaterThan(40)
    // In capitals is what the user names.
    expect(keys.filter((item) => !/:\s/.test(item) && !/^`[A-Z]+`/.test(item))).toEqual([])
  })
})

describe('defaults that the reference states', () => {
  const text = page('docs/configuration.md')
  const stated = (key: string): string => {
    const line = text.split('\n').find((each) => each.trim().startsWith(`- \`${key}\` (`)) ?? ''
    return /`([^`]+)` unless given/.exec(line)?.[1] ?? `nothing for ${key}`
  }

  it.each([
    ['timeout', defaultTimeoutMs, durationMs],
    ['initial_interval', defaultRetry.initialIntervalMs, durationMs],
    ['max_interval', defaultRetry.maxIntervalMs, durationMs],
    ['max_elapsed_time', durableRetry.maxElapsedTimeMs, Number],
    ['multiplier', defaultRetry.multiplier, Number],
    ['randomization_factor', defaultRetry.randomizationFactor, Number],
    ['queue_size', defaultDisk.queueSizeBytes, sizeBytes],
    ['num_consumers', defaultQueue.numConsumers, Number],
    ['max_size', defaultBatch.maxSizeBytes, sizeBytes],
    ['flush_timeout', defaultBatch.flushTimeoutMs, durationMs],
  ] as const)('%s is what holds', (key, value, read) => {
    expect(read(stated(key))).toBe(value)
  })

  it('files are rotated as the page says', () => {
    expect(text).toContain(`beyond ${defaultFile.maxBytes / 2 ** 20} MiB; five older ones stay`)
    expect(defaultFile.maxBackups).toBe(5)
  })
})

it('every detector has its row', () => {
  const text = page('docs/write-a-rule.md')
  expect(detectorIds.filter((id) => !text.includes(`| \`${id}\``))).toEqual([])
})
