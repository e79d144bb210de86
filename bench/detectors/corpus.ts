// The corpus of one half: every text of it, by its seed.
import { readdirSync, readFileSync } from 'node:fs'
import { faker } from '@faker-js/faker'
import { type Frames, inFrame, tuningFrames } from './frames.ts'
import { heldOutFrames } from './frames-held-out.ts'
import { ids } from './negatives/ids.ts'
import { prose } from './negatives/prose.ts'
import { urlCredentials } from './positives/links.ts'
import { homePaths, ipv4s, ipv6s, macs } from './positives/machines.ts'
import { cards, cnpjs, cpfs, ibans, ssns } from './positives/numbers.ts'
import { emails, jids, phones } from './positives/people.ts'
import { basic, jwts, named, privateKeys, tokens } from './positives/tokens.ts'
import { type Random, randomOf } from './random.ts'
import { writtenNegatives, writtenPositives } from './written.ts'
import { type Half, type Negative, type Positive, type Value, halfOf, seeds } from './sample.ts'

export interface Corpus {
  readonly positives: readonly Positive[]
  readonly negatives: readonly Negative[]
}

/** Frames that each value is put in. */
const framesEach = 2

export function corpusOf(half: Half): Corpus {
  const seed = seeds[half]
  // What faker makes of dates must not depend on today.
  faker.setDefaultRefDate('2025-01-15T10:30:00Z')
  faker.seed(seed)
  const random = randomOf(seed)
  const values = valuesOf(random, seed)
  const frames = half === 'tuning' ? tuningFrames : heldOutFrames
  const made = values.flatMap((value) => framed(random, value, frames))
  const positives = [...made, ...writtenPositives(random, half)]
  const negatives = [...ids(random, 12), ...prose(seed, 12), ...collected(half), ...writtenNegatives(random, half)]
  return { positives, negatives }
}

function valuesOf(random: Random, seed: number): Value[] {
  return [
    ...emails(random, seed, 3),
    ...phones(random, seed),
    ...jids(random),
    ...cards(random, 6),
    ...ibans(random, seed, 2),
    ...cpfs(random, 100),
    ...cnpjs(random, 80),
    ...ssns(random, 120),
    ...ipv4s(random, 60),
    ...ipv6s(random, 60),
    ...macs(random, 100),
    ...jwts(random, 50),
    ...tokens(random, 3),
    ...named(random, 40),
    ...basic(random, 40),
    ...privateKeys(random, 30),
    ...urlCredentials(random, 50),
    ...homePaths(random, seed),
  ]
}

function framed(random: Random, value: Value, frames: Frames): Positive[] {
  const { detector, form, written, frames: kind } = value
  const secret = value.secret ?? written
  if (kind === 'whole') return [{ detector, form, text: written, secret, at: written.indexOf(secret) }]
  const own = frames[kind]
  return Array.from({ length: framesEach }, () => {
    const frame = random.pick(own)
    const inside = inFrame(frame, written)
    const hidden = inFrame(frame, secret).written
    return { detector, form, text: inside.text, secret: hidden, at: inside.at + inside.written.indexOf(hidden) }
  })
}

/** What tools and servers wrote, a text a line; «…» marks what is personal after all, `⏎` is a line break. */
function collected(half: Half): Negative[] {
  const folder = new URL('negatives/collected/', import.meta.url)
  return readdirSync(folder).flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && halfOf(line) === half)
      .map((line) => unmarked(file.replace(/\.txt$/, ''), line)),
  )
}

function unmarked(kind: string, line: string): Negative {
  const personal: [number, number][] = []
  let text = ''
  for (const [i, piece] of line.replaceAll('⏎', '\n').split(/[«»]/).entries()) {
    if (i % 2 === 1) personal.push([text.length, text.length + piece.length])
    text += piece
  }
  return { kind, text, personal }
}
