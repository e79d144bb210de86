// `dead-letters show ID`, `quarantine show ID`: what did not go on, clean, why, and what to do about that.
import { protobufToJson } from '../../otlp/to-json.ts'
import { letterOf } from '../../queue/letter-file.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { adviceOn } from './advice.ts'
import { contentOf, noteOnRules, rulesOf, type RulesetOptions } from './content.ts'
import { timeOf } from './list.ts'
import { counted, plain, withLetters } from './options.ts'
import { words } from './words.ts'

export interface ShowOptions extends RulesetOptions {
  readonly format: 'text' | 'json'
}

export function showLetter(context: CommandContext, id: number, options: ShowOptions): Promise<ExitCode> {
  return withLetters(context, options, true, async (database, dataDir) => {
    const { stdout, stderr } = context
    const { shelf } = options
    const { one, command } = words[shelf]
    const letter = letterOf(database, id, shelf)
    if (letter === undefined) {
      print(stderr, `error: there is no ${one} ${id}; \`${command} list\` has those that there are`)
      return exitCode.failed
    }
    const rules = rulesOf(context, options, dataDir)
    const content = await contentOf(letter, rules)
    if (content === 'unreadable') {
      print(stderr, `error: ${one} ${id} is damaged: it can only be removed`)
      return exitCode.failed
    }
    noteOnRules(context, rules)
    const otlp = JSON.parse(content === undefined ? '{}' : protobufToJson(letter.signal, content)) as object
    const { atMs, exporter, signal, reason, records, size } = letter
    if (options.format === 'json') {
      const of = shelf === 'quarantine' ? {} : { exporter }
      const head = { id, at: timeOf(atMs), ...of, signal, reason, advice: adviceOn(reason), records, bytes: size }
      print(stdout, JSON.stringify({ ...head, otlp }, undefined, 2))
      return exitCode.ok
    }
    const why = shelf === 'quarantine' ? 'kept in the quarantine since' : `refused by ${plain(exporter)} at`
    print(stdout, `${counted(records, 'record')} of ${signal}, ${why} ${timeOf(atMs)}`)
    print(stdout, `${plain(reason)}: ${adviceOn(reason)}\n`)
    print(stdout, content === undefined ? 'The rules of now leave nothing of it.' : JSON.stringify(otlp, undefined, 2))
    return exitCode.ok
  })
}
