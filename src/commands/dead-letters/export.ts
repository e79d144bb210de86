// `dead-letters export`, `quarantine export`: what did not go on, as OTLP, one JSON body a line or one protobuf file
// each, for `preview`, `sanitize` and other tools.
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { protobufToJson } from '../../otlp/to-json.ts'
import { letterIds, letterOf, type Letter } from '../../queue/letter-file.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { lineOutput } from '../sanitize/output.ts'
import { contentOf, noteOnRules, rulesOf, type RulesetOptions } from './content.ts'
import { filterOf, nothingFound, withLetters, type ChoiceOptions } from './options.ts'
import { countedOn, words } from './words.ts'

export interface ExportOptions extends RulesetOptions, ChoiceOptions {
  readonly format: 'json' | 'protobuf'
  /** A folder; otherwise standard output, for JSON only. */
  readonly out?: string
}

type Write = (letter: Letter, content: Uint8Array) => Promise<void> | void

export async function exportLetters(context: CommandContext, options: ExportOptions): Promise<ExitCode> {
  const { stderr } = context
  if (options.format === 'protobuf' && options.out === undefined) {
    print(stderr, 'error: protobuf goes into files: name a folder with --out DIR')
    return exitCode.usage
  }
  return withLetters(context, options, true, async (database, dataDir) => {
    const ids = letterIds(database, filterOf(options))
    if (ids.length === 0) {
      print(stderr, nothingFound(database, options))
      return exitCode.ok
    }
    const rules = rulesOf(context, options, dataDir)
    noteOnRules(context, rules)
    const output = lineOutput(context.stdout)
    let written = 0
    let failed = 0
    try {
      const write = writerOf(options, (line) => output.line(line))
      for (const id of ids) {
        const letter = letterOf(database, id, options.shelf)
        // Replayed or dropped meanwhile.
        if (letter === undefined) continue
        const content = await contentOf(letter, rules)
        if (content === 'unreadable') {
          print(stderr, `error: ${words[options.shelf].one} ${id} is damaged`)
          failed += 1
        } else if (content !== undefined) {
          await write(letter, content)
          written += 1
        }
      }
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException
      if (syscall === undefined) throw error
      print(stderr, `error: cannot write into ${options.out}: ${code}; name another folder with --out`)
      return exitCode.failed
    }
    await output.flush()
    if (options.out !== undefined) print(stderr, `wrote ${countedOn(options.shelf, written)} into ${options.out}`)
    return failed > 0 ? exitCode.failed : exitCode.ok
  })
}

function writerOf({ shelf, format, out }: ExportOptions, line: (text: string) => Promise<void> | undefined): Write {
  if (out === undefined) return ({ signal }, content) => line(protobufToJson(signal, content))
  mkdirSync(out, { recursive: true, mode: 0o700 })
  if (format === 'protobuf')
    return ({ id, signal }, content) => writeFileSync(join(out, `${id}-${signal}.binpb`), content, { mode: 0o600 })
  const file = join(out, `${words[shelf].command}.jsonl`)
  rmSync(file, { force: true })
  return ({ signal }, content) => appendFileSync(file, `${protobufToJson(signal, content)}\n`, { mode: 0o600 })
}
