// `node bench/detectors/look.ts [detector]`: what fails on the half that may be looked at, by form.
import { corpusOf } from './corpus.ts'
import { isFalseAlarm, restOf } from './measure.ts'
import { findsOf, redactOurs } from './ours.ts'
import { ours } from './rivals.ts'

const only = process.argv[2]
const corpus = corpusOf('tuning')
const failures = new Map<string, string[]>()
const totals = new Map<string, number>()
for (const sample of corpus.positives) {
  if (only !== undefined && sample.detector !== only) continue
  const key = `${sample.detector} / ${sample.form}`
  totals.set(key, (totals.get(key) ?? 0) + 1)
  const out = redactOurs(sample.text)
  const rest = restOf(sample, out, ours.marks)
  if (rest !== 0) failures.set(key, [...(failures.get(key) ?? []), `${rest ?? 'all'}  ${out}`])
  if (redactOurs(out) !== out) console.log('unstable:', out, '→', redactOurs(out))
}
for (const [key, list] of failures) {
  console.log(`${key}: ${list.length} of ${totals.get(key)}`)
  for (const line of list.slice(0, 6)) console.log(`    ${line.replaceAll('\n', '⏎')}`)
}
if (only === undefined || only === 'negatives') {
  const alarms = corpus.negatives.filter((sample) => isFalseAlarm(sample, redactOurs(sample.text)))
  console.log(`false alarms: ${alarms.length} of ${corpus.negatives.length}`)
  for (const { kind, text } of alarms) {
    const finds = (findsOf(text) ?? []).map((find) => `${find.detector}: ${text.slice(find.start, find.end)}`)
    console.log(`    ${kind}: ${finds.join(' | ')}    in ${text.slice(0, 160).replaceAll('\n', '⏎')}`)
  }
}
