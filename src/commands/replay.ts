// `automagik-gateway replay`: dead letters go back into the queue of their exporter, or of another; with `quarantine replay`
// what is in the quarantine goes into the queue of every exporter of its signal, or of one. A gateway that runs sends it
// within about a second; one that does not, when it starts.
import type { DatabaseSync } from 'node:sqlite'
import { letterIds, letterOf, totalsOf, type Letter } from '../queue/letter-file.ts'
import { createLetterMover, type Fate, type LetterMover, type Target } from '../queue/replay.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { plainOf } from './dead-letters/content.ts'
import {
  counted,
  filterOf,
  nothingFound,
  orThere,
  plain,
  withLetters,
  type ChoiceOptions,
  type FileOptions,
} from './dead-letters/options.ts'
import { countedOn } from './dead-letters/words.ts'
import { pausing } from './dead-letters/pausing.ts'

export interface ReplayOptions extends FileOptions, ChoiceOptions {
  /** The exporter that gets them; otherwise the one that each is of, or all of its signal. */
  readonly to?: string
  readonly dryRun?: boolean
}

interface Moved {
  readonly letters: number
  readonly records: number
}

/** By who gets them, or by why nobody does. */
type Tally = Map<string, Moved>

export function replay(context: CommandContext, options: ReplayOptions): Promise<ExitCode> {
  return withLetters(context, options, false, async (database) => {
    const { stdout, stderr } = context
    const mover = createLetterMover(database)
    const targets = mover.targets()
    if (options.to !== undefined && !targets.some(({ name }) => name === options.to)) {
      print(stderr, `error: ${refusal('unknown-exporter', options.to, '', targets)}`)
      return exitCode.failed
    }
    const moved: Tally = new Map()
    const left: Tally = new Map()
    if (options.dryRun === true) plan(database, options, targets, moved, left)
    else await move(database, mover, options, moved, left)
    if (moved.size === 0 && left.size === 0) print(stdout, nothingFound(database, options))
    const did = options.dryRun === true ? 'Would put' : 'Put'
    const what = ({ letters, records }: Moved): string =>
      `${countedOn(options.shelf, letters)} (${counted(records, 'record')})`
    for (const [to, amount] of moved) print(stdout, `${did} ${what(amount)} into the queue of ${to}.`)
    for (const [why, amount] of left) print(stderr, `error: ${what(amount)} not replayed: ${why}`)
    if (moved.size > 0 && options.dryRun !== true)
      print(stdout, 'A gateway that runs sends them now, one that is stopped when it starts.')
    return left.size > 0 ? exitCode.failed : exitCode.ok
  })
}

/** The exporters that get what is of this exporter and signal. */
function takersOf(
  { shelf, to }: ReplayOptions,
  { exporter, signal }: { readonly exporter: string; readonly signal: string },
  targets: readonly Target[],
): string[] {
  if (to !== undefined) return [to]
  if (shelf === 'dead-letters') return [exporter]
  return targets.filter((target) => target.signal === signal).map(({ name }) => name)
}

function plan(database: DatabaseSync, options: ReplayOptions, targets: readonly Target[], moved: Tally, left: Tally) {
  for (const { exporter, signal, letters, records } of totalsOf(database, filterOf(options))) {
    const to = takersOf(options, { exporter, signal }, targets)
    const refused = to.find((name) => !targets.some((target) => target.name === name && target.signal === signal))
    if (to.length > 0 && refused === undefined) add(moved, shown(to), letters, records)
    else add(left, refusal(fateOf(refused, targets), refused ?? '', signal, targets), letters, records)
  }
}

function fateOf(name: string | undefined, targets: readonly Target[]): 'nobody' | 'other-signal' | 'unknown-exporter' {
  if (name === undefined) return 'nobody'
  return targets.some((target) => target.name === name) ? 'other-signal' : 'unknown-exporter'
}

function shown(to: readonly string[]): string {
  return to.map(plain).join(', ')
}

async function move(
  database: DatabaseSync,
  mover: LetterMover,
  options: ReplayOptions,
  moved: Tally,
  left: Tally,
): Promise<void> {
  // Those of now: what is refused again meanwhile gets a new id, and stays.
  for await (const ids of pausing(letterIds(database, filterOf(options)))) {
    const moves: { readonly letter: Letter; readonly to: readonly string[] }[] = []
    const targets = mover.targets()
    for (const letter of ids.map((id) => letterOf(database, id, options.shelf)).filter((each) => each !== undefined)) {
      const to = takersOf(options, letter, targets)
      const stays = to.length === 0 ? 'nobody' : (await plainOf(letter)) === undefined ? 'damaged' : undefined
      if (stays === undefined) moves.push({ letter, to })
      else add(left, refusal(stays, '', letter.signal, targets), 1, letter.records)
    }
    const fates = mover.replay(moves, Date.now())
    for (const [i, { letter, to }] of moves.entries()) {
      const fate = fates[i]
      if (fate === 'done') add(moved, shown(to), 1, letter.records)
      else if (fate !== 'gone') add(left, refusal(fate, to.join(', '), letter.signal, targets), 1, letter.records)
    }
  }
}

function add(tally: Tally, key: string, letters: number, records: number): void {
  const before = tally.get(key) ?? { letters: 0, records: 0 }
  tally.set(key, { letters: before.letters + letters, records: before.records + records })
}

/** Why a letter stays, and what to do. */
function refusal(
  fate: Exclude<Fate, 'done' | 'gone'> | 'nobody' | 'damaged',
  to: string,
  signal: string,
  targets: readonly Target[],
): string {
  const name = plain(to)
  switch (fate) {
    case 'unknown-exporter': {
      const known = [...new Set(targets.map((target) => target.name))]
      if (known.length === 0) return 'the gateway has no exporter with a queue on disk'
      const there = orThere(name, known)
      return `the gateway has no exporter "${name}" with a queue on disk${there}${there.endsWith('?') ? '' : '.'} Name one with --to; a new one is known when the gateway has been started with it`
    }
    case 'other-signal': {
      const takers = targets.filter((target) => target.signal === signal).map((target) => target.name)
      const others = takers.length === 0 ? '' : `. ${takers.join(', ')} gets them: --to ${takers[0]}`
      return `${name} does not get ${plain(signal)}: no pipeline of them names it (service.pipelines)${others}`
    }
    case 'nobody':
      return `no exporter with a queue on disk gets ${plain(signal)}: \`quarantine export\` writes them as OTLP`
    case 'queue-full':
      return `${name.includes(', ') ? 'a queue' : 'the queue'} of ${name} for ${signal} is full: wait until it has sent, or give it more sending_queue.queue_size`
    default:
      return 'they are damaged, and can only be removed'
  }
}
