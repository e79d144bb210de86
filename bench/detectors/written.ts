// Texts written by hand around made-up values: `positives/written/<detector>.txt` and, for the other half,
// `positives/written-held-out`, a text a line, «…» around what must go,
// ‹…› where a value comes in, `⏎` for a line break. They share nothing with the frames and values of the other files.
import { readdirSync, readFileSync } from 'node:fs'
import type { DetectorId } from '../../src/detectors/detector.ts'
import type { Random } from './random.ts'
import { type Half, type Negative, type Positive } from './sample.ts'
import { fill } from './written-values.ts'

/** Texts of each line. */
const rounds = 6

/** The lines of a half, which has a folder of its own. */
function lines(kind: 'positives' | 'negatives', half: Half): { file: string; line: string }[] {
  const url = new URL(`${kind}/written${half === 'held-out' ? '-held-out' : ''}/`, import.meta.url)
  return readdirSync(url).flatMap((file) =>
    readFileSync(new URL(file, url), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ file: file.replace(/\.txt$/, ''), line: line.replaceAll('⏎', '\n') })),
  )
}

/** One sample for each marked part of a text: a line with three addresses is three. */
export function writtenPositives(random: Random, half: Half): Positive[] {
  return lines('positives', half).flatMap(({ file, line }) =>
    Array.from({ length: rounds }, () => fill(random, line)).flatMap((made) => {
      const { text, parts } = unmarked(made)
      return parts.map(([from, to]): Positive => {
        return { detector: file as DetectorId, form: `written: ${line}`, text, secret: text.slice(from, to), at: from }
      })
    }),
  )
}

export function writtenNegatives(random: Random, half: Half): Negative[] {
  return lines('negatives', half).flatMap(({ file, line }) =>
    Array.from({ length: line.includes('‹') ? rounds : 1 }, (): Negative => {
      const { text, parts } = unmarked(fill(random, line))
      return { kind: `written: ${file}`, text, personal: parts }
    }),
  )
}

function unmarked(line: string): { text: string; parts: [number, number][] } {
  const parts: [number, number][] = []
  let text = ''
  for (const [i, piece] of line.split(/[«»]/).entries()) {
    if (i % 2 === 1) parts.push([text.length, text.length + piece.length])
    text += piece
  }
  return { text, parts }
}
