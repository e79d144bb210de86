// `automagik-gateway contract`: what a ruleset guarantees, as a table.
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { contractJson, contractOf } from './contract/contract.ts'
import { contractMarkdown, contractText } from './contract/text.ts'
import { loadProgram, noKey } from './load.ts'

export interface ContractOptions {
  readonly format: 'text' | 'markdown' | 'json'
}

/** Prints the contract of a ruleset: a file, or a built-in one. */
export function contract(context: CommandContext, file: string, { format }: ContractOptions): ExitCode {
  const { program } = loadProgram(context, { file, key: noKey, forAll: true })
  const made = contractOf(program, file)
  const { stdout, env } = context
  const isTerminal = stdout.isTTY === true
  print(
    stdout,
    format === 'json'
      ? contractJson(made)
      : format === 'markdown'
        ? contractMarkdown(made)
        : contractText(made, isTerminal ? (stdout.columns ?? 100) : 100, isTerminal && !env['NO_COLOR']),
  )
  return exitCode.ok
}
