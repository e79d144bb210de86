// `automagik-gateway dashboards`: writes the Grafana dashboards as JSON files, ready to import or to provision.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardText } from '../dashboards/build.ts'
import { dashboards as all } from '../dashboards/dashboards.ts'
import { translationStrategy } from '../dashboards/names.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'

export interface DashboardsOptions {
  /** The folder that the files are written into. */
  readonly out: string
  /** Print the dashboard of this name instead. */
  readonly stdout?: string
  /** Print the names instead. */
  readonly list?: boolean
}

export function dashboards({ stdout, stderr }: CommandContext, options: DashboardsOptions): ExitCode {
  if (options.list === true) {
    for (const { uid, title } of all) print(stdout, `${uid}  ${title}`)
    return exitCode.ok
  }
  if (options.stdout !== undefined) {
    const spec = all.find(({ uid }) => uid === options.stdout)
    if (spec === undefined) {
      const names = all.map(({ uid }) => uid).join(', ')
      print(stderr, `error: no dashboard is named ${options.stdout}\nThere are: ${names}`)
      return exitCode.usage
    }
    stdout.write(dashboardText(spec))
    return exitCode.ok
  }
  try {
    mkdirSync(options.out, { recursive: true })
    for (const spec of all) {
      const path = join(options.out, `${spec.uid}.json`)
      writeFileSync(path, dashboardText(spec))
      print(stdout, `wrote ${path}`)
    }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    print(stderr, `error: cannot write into ${options.out}: ${code}\nName another folder with --out.`)
    return exitCode.failed
  }
  print(stdout, `Queries are for Prometheus with translation_strategy: ${translationStrategy}, its default.`)
  return exitCode.ok
}
