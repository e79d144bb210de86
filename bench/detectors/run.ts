// `npm run bench:detectors`: our detectors, the Automagik SDK's own function and what npm offers, on the half of the
// corpus that nobody improves on. Prints a table and, with `--write`, writes results.json; `--ours` measures ours alone
// and keeps the figures of the others. Fails where a goal is missed.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type DetectorId, detectorIds } from '../../src/detectors/detector.ts'
import { type Corpus, corpusOf } from './corpus.ts'
import { type Measured, isFalseAlarm, measure } from './measure.ts'
import { findsOf, redactOurs } from './ours.ts'
import { type Results, readResults, resultsFile } from './results.ts'
import { ours, rivals } from './rivals.ts'
import { growth, scanSpeed, spanStrings, speedOf } from './speed.ts'

const { values: args } = parseArgs({ options: { write: { type: 'boolean' }, ours: { type: 'boolean' } } })

/** What the detectors must reach on this half. */
const goals = { recall: 0.97, falseAlarms: 0.005, megabytes: 100 }

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`)
const rounded = (value: number): number => Number(value.toPrecision(3))

function digestOf(corpus: Corpus): string {
  const hash = createHash('sha256')
  for (const sample of corpus.positives) hash.update(`${sample.detector}\0${sample.text}\0`)
  for (const sample of corpus.negatives) hash.update(`${sample.text}\0`)
  return hash.digest('hex')
}

/** By detector: texts with a find outside of what is personal in them. */
function falseAlarmsBy(corpus: Corpus): Record<DetectorId, number> {
  const counts = byDetector(() => 0)
  for (const sample of corpus.negatives) {
    if (!isFalseAlarm(sample, redactOurs(sample.text))) continue
    const outside = (findsOf(sample.text) ?? []).filter(
      (find) => !sample.personal.some(([start, end]) => find.start >= start && find.end <= end),
    )
    for (const id of new Set(outside.map((find) => find.detector))) counts[id]++
  }
  return counts
}

/** By detector: values that lie within finds of their own detector, or of one whose class is the same. */
function named(corpus: Corpus): Record<DetectorId, number> {
  const counts = byDetector(() => 0)
  for (const { detector, text, at, secret } of corpus.positives) {
    const covers = (findsOf(text) ?? []).some(
      (find) => find.detector === detector && find.start <= at && find.end >= at + secret.length,
    )
    if (covers) counts[detector]++
  }
  return counts
}

const byDetector = <T>(make: (id: DetectorId) => T): Record<DetectorId, T> =>
  Object.fromEntries(detectorIds.map((id) => [id, make(id)])) as Record<DetectorId, T>

/** The goals that are missed, in words. */
function missed(mine: Measured, scan: Results['scan']): string[] {
  const list: string[] = []
  for (const [id, { positives, whole, partial }] of Object.entries(mine.byDetector)) {
    if (whole < positives * goals.recall) list.push(`${id}: recall ${percent(whole, positives)}`)
    if (partial > 0) list.push(`${id}: ${partial} partial leaks`)
  }
  if (mine.falseAlarms > mine.negatives * goals.falseAlarms) list.push(`${mine.falseAlarms} false alarms`)
  if (mine.unstable > 0) list.push(`${mine.unstable} texts change a second time`)
  if (scan.spans < goals.megabytes) list.push(`${scan.spans} MB/s on the strings of spans`)
  return list
}

/** The others' figures of before; on another corpus they say nothing. */
function kept(digest: string): Results['measured'] {
  const before = readResults()
  if (before.corpus !== digest) throw new Error('the corpus is another one: measure all, without --ours')
  return before.measured.slice(1)
}

const corpus = corpusOf('held-out')
const digest = digestOf(corpus)
const measured: Results['measured'][number][] = []
for (const rival of args.ours === true ? [ours] : [ours, ...rivals]) {
  const result = await measure(rival, corpus)
  const { spans, logs, worst16KiB } = await speedOf(rival, corpus)
  measured.push({
    name: rival.name,
    version: rival.version,
    claims: rival.claims,
    ...result,
    speed: { spans: rounded(spans), logs: rounded(logs), worst16KiB: rounded(worst16KiB) },
  })
  console.log(`\n${rival.name} ${rival.version}`)
  for (const [id, { positives, whole, partial, longestRest }] of Object.entries(result.byDetector)) {
    console.log(
      `  ${id.padEnd(16)} ${percent(whole, positives).padStart(8)} of ${positives}, left in part ${partial} (${longestRest})`,
    )
  }
  console.log(
    `  false alarms ${percent(result.falseAlarms, result.negatives)} of ${result.negatives}, not idempotent ${result.unstable}`,
  )
  console.log(
    `  MB/s: spans ${spans.toFixed(2)}, logs ${logs.toFixed(2)}; worst 16 KiB: ${(worst16KiB * 1000).toFixed(1)} ms`,
  )
}
const grown = growth()
const scan = {
  spans: rounded(scanSpeed(spanStrings())),
  logs: rounded(scanSpeed(corpus.negatives.map((sample) => sample.text))),
  growth: { ratio: rounded(grown.ratio), slowest: rounded(grown.slowest) },
}
console.log('\nour scanner on bytes', scan)
const results: Results = {
  corpus: digest,
  node: process.version,
  measured: args.ours === true && args.write === true ? [...measured, ...kept(digest)] : measured,
  falseAlarmsBy: falseAlarmsBy(corpus),
  named: named(corpus),
  scan,
}
if (args.write === true) {
  writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`)
  console.log('written: bench/detectors/results.json; now npm run generate')
}
const faults = missed(measured[0], scan)
for (const fault of faults) console.error(`goal missed: ${fault}`)
process.exitCode = faults.length > 0 ? 1 : 0
