// `automagik-gateway pseudonym`: what stands in the stores where a person was, so that their records can be found and
// erased. The subject comes on standard input: what is on a command line, every user of the machine can see.
import { text } from 'node:stream/consumers'
import type { Action } from '../actions/action.ts'
import { applyToText } from '../actions/apply.ts'
import type { KeyRing } from '../actions/keys.ts'
import { addressOf, createPseudonyms } from '../actions/pseudonym.ts'
import { phoneOf } from '../detectors/phone-number.ts'
import { hashOfAction } from '../ruleset/action-of.ts'
import type { Program } from '../ruleset/program.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { keyOfDataFolder, loadProgram, noKey, readKeyFile } from './load.ts'

export interface PseudonymOptions {
  readonly ruleset: string
  /** Where the gateway keeps its own key. */
  readonly dataDir: string
  readonly keyFile?: string
  readonly format: 'text' | 'json'
}

/** One of a subject's pseudonyms. */
interface Row {
  /** The id of the key; `sha256` where a class hashes without one. */
  readonly key: string
  /** Whether new pseudonyms are made with it. */
  readonly active: boolean
  readonly class: string
  /** What stands where the subject was a value of the class. */
  readonly text: string
  /** Whether it is the pseudonym of the address's domain, which is that of everyone there. */
  readonly ofDomain: boolean
}

/**
 * Prints the pseudonyms of the subject on standard input under every key of the rings, for every class that hashes.
 * @param written what stands on the command line by mistake
 */
export async function pseudonym(
  context: CommandContext,
  options: PseudonymOptions,
  written: readonly string[] = [],
): Promise<ExitCode> {
  const { stdin, stdout, stderr } = context
  if (written.length > 0) {
    print(stderr, 'error: the subject comes on standard input: what is on a command line, every user can see')
    print(stderr, 'Write it into a file that only you read: automagik-gateway pseudonym < subject.txt')
    return exitCode.usage
  }
  const kept =
    options.keyFile === undefined ? keyOfDataFolder(context, options.dataDir) : readKeyFile(context, options.keyFile)
  const { program } = loadProgram(context, { file: options.ruleset, key: kept ?? noKey })
  if (kept === undefined && [...program.keys.values()].some(({ keys }) => keys.has(noKey.id))) {
    print(stderr, `error: there is no key in ${options.dataDir}, and the ruleset names none`)
    print(stderr, 'Name the folder of the gateway with --data-dir, or the key with --key-file.')
    return exitCode.failed
  }
  if ((stdin as { isTTY?: boolean }).isTTY === true) print(stderr, 'The subject, in one line, then Enter and Ctrl-D:')
  const subject = (await text(stdin)).trim()
  if (subject === '' || subject.includes('\n')) {
    print(stderr, 'error: want one subject, in one line on standard input: a phone number, an e-mail address, an id')
    return exitCode.usage
  }
  const rows = pseudonymsOf(program, subject)
  const read = kindOf(program, subject)
  if (options.format === 'json') print(stdout, JSON.stringify({ read, pseudonyms: rows }, undefined, 2))
  else print(stdout, textOf(rows, read))
  return exitCode.ok
}

/** What every class that hashes makes of the subject, under every key. */
function pseudonymsOf(program: Program, subject: string): Row[] {
  return [...program.classes].flatMap(([className, action]) => {
    const hash = hashOfAction(action)
    if (hash === undefined) return []
    const rowOf = (key: string, active: boolean, rings: ReadonlyMap<string, KeyRing>): Row => {
      const written = made(program, className, action, rings, subject)
      return { key, active, class: className, text: written, ofDomain: written.startsWith('[email]@') }
    }
    if (hash.method === 'sha256') return [rowOf('sha256', true, program.keys)]
    const { active = '', keys = new Map<string, Uint8Array>() } = program.keys.get(hash.key) ?? {}
    return [...keys.keys()].map((key) =>
      rowOf(key, key === active, new Map([...program.keys, [hash.key, { active: key, keys }]])),
    )
  })
}

function made(
  { classes, detectors: { defaultRegion } }: Program,
  className: string,
  action: Action,
  rings: ReadonlyMap<string, KeyRing>,
  subject: string,
): string {
  const hashes = [...classes.values()].flatMap((each) => hashOfAction(each) ?? [])
  const phone = defaultRegion === undefined ? {} : { defaultRegion }
  const means = { pseudonyms: createPseudonyms(rings, hashes), phone }
  return applyToText(action, subject, { className, low: false }, means) ?? ''
}

/** As what the engine reads the subject: it decides on the form that is hashed. */
function kindOf({ detectors: { defaultRegion } }: Program, subject: string): string {
  if (phoneOf(subject, defaultRegion === undefined ? {} : { defaultRegion }) !== undefined) return 'a phone number'
  return addressOf(subject) === undefined ? 'a text' : 'an e-mail address'
}

function textOf(rows: readonly Row[], read: string): string {
  const width = (column: 'key' | 'class'): number => Math.max(0, ...rows.map((row) => row[column].length))
  const lines = rows.map(({ key, active, class: className, text: written, ofDomain }) =>
    [
      key.padEnd(width('key')),
      active ? 'active' : '      ',
      className.padEnd(width('class')),
      written + (ofDomain ? '  (of everyone at the domain)' : ''),
    ].join('  '),
  )
  return [`Read as ${read}.`, '', ...lines].join('\n')
}
