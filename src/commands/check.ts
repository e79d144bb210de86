// `automagik-gateway check`: everything that can be said of the user's files before anything runs.
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { loadConfig } from '../config/load-config.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { closureOf } from '../ruleset/closure.ts'
import { openFindings } from '../ruleset/closure-findings.ts'
import { builtinFiles } from '../ruleset/layers.ts'
import { loadRuleset } from '../ruleset/load-ruleset.ts'
import { kindOf } from './check/kind.ts'
import { guardedAtMost, loadPolicy, policyFindings, type Policy } from './check/policy.ts'
import { reportText, type CheckedFile, type ReportFormat } from './check/report.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { noKey } from './load.ts'

export interface CheckOptions {
  readonly format: ReportFormat
  /** Warnings are findings too. */
  readonly strict?: boolean
  /** A file that says how many cells may be guarded and excepted. */
  readonly policy?: string
  readonly maxGuarded?: number
  /** False: keys are not read, as where the secrets are not at hand. */
  readonly keys: boolean
}

/**
 * Checks configurations, with the rulesets they name, and rulesets; without files what `start` runs when it is told
 * nothing. 78 where a file does not load, 1 for findings in files that do.
 */
export function check(context: CommandContext, files: readonly string[], options: CheckOptions): ExitCode {
  const checked = new Checked(context, options)
  for (const file of files.length === 0 ? ['builtin:automagik'] : files) checked.add(file)
  const color = context.stdout.isTTY === true && !context.env['NO_COLOR']
  print(context.stdout, reportText(checked, options.format, color))
  if (checked.isInvalid) return exitCode.invalidConfiguration
  const counted = checked.findings.filter(({ severity }) => severity === 'error' || options.strict === true)
  return counted.length > 0 ? exitCode.failed : exitCode.ok
}

class Checked {
  readonly files: CheckedFile[] = []
  readonly findings: Diagnostic[] = []
  readonly sources = new Map<string, string>()
  /** A file does not load. */
  isInvalid = false
  readonly #context: CommandContext
  readonly #policies: readonly Policy[]
  readonly #readsKeys: boolean
  readonly #done = new Set<string>()

  constructor(context: CommandContext, { policy, maxGuarded, keys }: CheckOptions) {
    this.#readsKeys = keys
    this.#context = context
    const bounds = maxGuarded === undefined ? [] : [guardedAtMost(maxGuarded)]
    const loaded = policy === undefined ? undefined : loadPolicy(policy)
    if (policy !== undefined && loaded !== undefined) {
      this.#isRead(loaded.sources, loaded.policy !== undefined)
      this.#note({ file: policy, kind: 'policy' }, loaded.diagnostics)
    }
    this.#policies = loaded?.policy === undefined ? bounds : [...bounds, loaded.policy]
  }

  add(file: string): void {
    const name = file.startsWith('builtin:') ? file : resolve(file)
    if (this.#done.has(name)) return
    this.#done.add(name)
    if (!file.startsWith('builtin:') && kindOf(textOf(file)) === 'configuration') this.#addConfig(file)
    else this.#addRuleset(file)
  }

  #addConfig(file: string): void {
    const { config, diagnostics, sources } = loadConfig(file, {
      env: this.#context.env,
      builtinRulesets: Object.keys(builtinFiles),
    })
    this.#isRead(sources, config !== undefined)
    this.#note({ file, kind: 'configuration' }, diagnostics)
    if (config !== undefined)
      this.add(config.ruleset.startsWith('builtin:') ? config.ruleset : relative('', config.ruleset))
  }

  #addRuleset(file: string): void {
    const { program, diagnostics, sources, layers } = loadRuleset({
      file,
      env: this.#context.env,
      key: noKey,
      forAll: !this.#readsKeys,
    })
    this.#isRead(sources, program !== undefined)
    if (program === undefined) return this.#note({ file, kind: 'ruleset' }, diagnostics)
    const closure = closureOf(program)
    const { totals } = closure
    const found = [
      ...openFindings(closure, layers),
      ...this.#policies.flatMap((one) => policyFindings(one, totals, file)),
    ]
    this.#note({ file, kind: 'ruleset', totals, digest: program.digest }, [...diagnostics, ...found])
  }

  #isRead(sources: ReadonlyMap<string, string>, isValid: boolean): void {
    for (const [name, text] of sources) this.sources.set(name, text)
    if (!isValid) this.isInvalid = true
  }

  #note(file: Omit<CheckedFile, 'errors' | 'warnings'>, diagnostics: readonly Diagnostic[]): void {
    const count = (severity: Diagnostic['severity']): number =>
      diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    this.files.push({ ...file, errors: count('error'), warnings: count('warning') })
    this.findings.push(...diagnostics)
  }
}

/** Empty for a file that cannot be read: whoever loads it says so. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return /gateway|config/i.test(file) ? '' : 'version:'
  }
}
