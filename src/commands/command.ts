// What a command is given and what it answers: streams and signals in, an exit code out. Only main.ts ends the process.
import type { Readable, Writable } from 'node:stream'

/** An output stream, a terminal or not. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly fd?: number }

export interface CommandContext {
  readonly stdin: Readable
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  /** The gateway's own version. */
  readonly version: string
  /** From the first call on, SIGINT and SIGTERM abort this signal instead of ending the process; a second one ends it. */
  stopSignal(): AbortSignal
  /** From now on SIGHUP calls this instead of ending the process, unless the terminal is gone. */
  onHangUp(listener: () => void): void
}

/** The exit codes of the command line; 78 is EX_CONFIG of sysexits.h. */
export const exitCode = { ok: 0, failed: 1, usage: 2, invalidConfiguration: 78 } as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

export function print(output: Output, text: string): void {
  output.write(`${text}\n`)
}

/** The user's configuration or rules do not hold; what is wrong with them has been printed. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration'
}
