// `automagik-gateway init`: writes commented starting points for the user's own files.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { initFiles } from '../config/init-files.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'

export interface InitOptions {
  /** Replace files that are there. */
  readonly force?: boolean
}

/** Writes all the files, or none when one of them is there and not forced. */
export function init(context: CommandContext, folder: string, { force = false }: InitOptions): ExitCode {
  const files = Object.entries(initFiles).map(([name, text]) => ({
    path: join(folder, name),
    text: schemaLine(folder, name) + text,
  }))
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
  2. Add rules of your own to ${join(folder, 'ruleset.yaml')} (docs/write-a-rule.md walks through it)
  3. Start: ${start} --config ${join(folder, 'gateway.yaml')}`,
  )
  return exitCode.ok
}

const schemas: Readonly<Record<string, string>> = {
  'gateway.yaml': 'config.schema.json',
  'ruleset.yaml': 'ruleset.schema.json',
}

/** The line that tells editors what may stand in a file; empty for a file without a schema. */
function schemaLine(folder: string, name: string): string {
  if (!Object.hasOwn(schemas, name)) return ''
  const address = schemaAddress(resolve(folder), fileURLToPath(new URL('../../', import.meta.url)), schemas[name])
  return `# yaml-language-server: $schema=${address}\n`
}

/**
 * Where a schema of the package is, as a file in this folder names it: by a relative path within the checkout, or within
 * the project that has the package in its node_modules, so that it holds on another machine; from elsewhere by its URL.
 * @param root the package's own folder, with a separator behind it
 */
export function schemaAddress(folder: string, root: string, schema: string): string {
  const [project] = root.split(`${sep}node_modules${sep}`)
  const path = join(root, 'schemas', schema)
  const isInside = `${folder}${sep}`.startsWith(project.endsWith(sep) ? project : project + sep)
  const near = relative(folder, path).replaceAll(sep, '/')
  return isInside && !/\s/.test(near) ? near : pathToFileURL(path).href
}
