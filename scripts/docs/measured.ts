// The tables of docs/detectors.md, from the results of `npm run bench:detectors`.
import { type Results, readResults } from '../../bench/detectors/results.ts'
import { detectorIds } from '../../src/detectors/detector.ts'
import { code, item, table } from './markdown.ts'

const percent = (part: number, whole: number, digits = 1): string => `${((part / whole) * 100).toFixed(digits)} %`
const count = (n: number): string => n.toLocaleString('en-US')

/** Ours, by detector. */
export function measuredRecall(): string {
  const { measured, falseAlarmsBy, named } = readResults()
  const [{ byDetector }] = measured
  const rows = detectorIds.map((id) => {
    const { positives, whole, partial } = byDetector[id]
    const own = percent(named[id], whole)
    return [code(id), count(positives), percent(whole, positives), String(partial), own, String(falseAlarmsBy[id])]
  })
  return table(['detector', 'values', 'gone whole', 'left in part', 'under its own name', 'false alarms'], rows)
}

type Measured = Results['measured'][number]

/** Everybody. What one does not claim to find is `–`. */
export function measuredBeside(): string {
  const { measured } = readResults()
  const head = ['', ...measured.map(({ name, version }) => (version === '' ? name : `${name} ${version}`))]
  const recalls = detectorIds.map((id) => [
    code(id),
    ...measured.map(({ byDetector, claims }) =>
      claims.includes(id) ? percent(byDetector[id].whole, byDetector[id].positives) : '–',
    ),
  ])
  const row = (name: string, figure: (one: Measured) => string): string[] => [name, ...measured.map(figure)]
  return table(head, [
    ...recalls,
    row('left in part, of what it claims', (one) => count(leftInPart(one))),
    row('longest rest, characters', (one) => String(longestRest(one))),
    row('false alarms', ({ falseAlarms, negatives }) => percent(falseAlarms, negatives, 2)),
    row('changed again by a second pass', ({ unstable }) => count(unstable)),
    row('MB/s, strings of spans', ({ speed }) => String(speed.spans)),
    row('MB/s, lines of logs', ({ speed }) => String(speed.logs)),
    row('slowest 16 KiB, ms', ({ speed }) => String(Math.round(speed.worst16KiB * 10_000) / 10)),
  ])
}

const leftInPart = ({ byDetector, claims }: Measured): number =>
  claims.reduce((sum, id) => sum + byDetector[id].partial, 0)

const longestRest = ({ byDetector, claims }: Measured): number =>
  Math.max(...claims.map((id) => byDetector[id].longestRest))

/** What the scanner does on bytes, and what was measured on. */
export function measuredScan(): string {
  const { scan, corpus, node, measured } = readResults()
  const values = Object.values(measured[0].byDetector).reduce((sum, { positives }) => sum + positives, 0)
  return [
    `${count(values)} texts with a value and ${count(measured[0].negatives)} without; corpus ${code(corpus.slice(0, 16))}, Node ${node.slice(1)}`,
    `on bytes, as the engine calls it: ${scan.spans} MB/s on the strings of spans, ${scan.logs} MB/s on lines of logs, on one core`,
    `texts made to be slow: ${scan.growth.slowest} MB/s for the slowest; a byte of 1 MiB takes at most ${scan.growth.ratio} times as long as one of 64 KiB`,
  ]
    .map((text) => item(text))
    .join('\n')
}
