// A ruleset in a folder of its own, and a gateway's program made from it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ReadFiles } from '../../src/reload/files.ts'
import type { RulesetSource } from '../../src/reload/judge.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'

export interface RulesOnDisk {
  readonly folder: string
  readonly file: string
  /** Writes a file beside the ruleset, or the ruleset. */
  write(text: string, name?: string): void
  readonly source: RulesetSource
  /** Loads it as `start` does. */
  load(): { program: Program; files: ReadonlyMap<string, string> }
}

/** Drops what is in `x`, and in the fields that are named besides. */
export const dropping = (...names: readonly string[]): string =>
  `version: 1\nname: mine\nrules: [{ id: mine, class: content, attr: [x, ${names.join(', ')}] }]\n`

export function rulesOnDisk(text = dropping(), over: Partial<RulesetSource> = {}): RulesOnDisk {
  const folder = temporaryFolder()
  const file = join(folder, 'ruleset.yaml')
  const source = { file, dataDir: join(folder, 'data'), env: {}, allowLoosening: false, hasQuarantine: true, ...over }
  const write = (content: string, name = 'ruleset.yaml'): void => writeFileSync(join(folder, name), content)
  write(text)
  return {
    folder,
    file,
    write,
    source,
    load() {
      const read = new ReadFiles()
      const { program, layers, diagnostics } = loadRuleset({ ...source, readText: read.readText })
      if (program === undefined) throw new Error(JSON.stringify(diagnostics))
      read.addKeys(layers, source.dataDir)
      return { program, files: read.states }
    },
  }
}
