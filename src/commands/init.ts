// `automagik-gateway init`: writes commented starting points for the user's own files.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { initFiles } from '../config/init-files.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'

export interface InitOptions {
  /** Replace files that are there. */
  readonly force?: boolean
}

/** Writes all the files, or none when one of them is there and not forced. */
export function init(context: CommandContext, folder: string, { force = false }: InitOptions): ExitCode {
  const files = Object.entries(initFiles).map(([name, text]) => ({ path: join(folder, name), text }))
  const present = force ? [] : files.filter(({ path }) => existsSync(path))
  if (present.length > 0) {
    const names = present.map(({ path }) => path).join(', ')
    print(context.stderr, `error: already there: ${names}\nNothing was written; --force replaces the files.`)
    return exitCode.failed
  }
  try {
    mkdirSync(folder, { recursive: true })
    for (const { path, text } of files) writeFileSync(path, text)
  } catch (error) {
    print(context.stderr, `error: cannot write into ${folder}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`)
    return exitCode.failed
  }
  // `npm run gateway` is how the command is called in a checkout, where it has no name of its own.
  const start = context.env['npm_lifecycle_event'] === 'gateway' ? 'npm start --' : 'automagik-gateway start'
  for (const { path } of files) print(context.stdout, `wrote ${path}`)
  print(
    context.stdout,
    `
Next:
  1. Say where clean telemetry goes: the exporters in ${join(folder, 'gateway.yaml')}
  2. Add rules of your own to ${join(folder, 'ruleset.yaml')}
  3. Start: ${start} --config ${join(folder, 'gateway.yaml')}`,
  )
  return exitCode.ok
}
