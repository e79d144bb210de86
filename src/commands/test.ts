// `automagik-gateway test [RULESET…]`: runs the cases that are written in rulesets, and plants made-up personal data.
import { runRulesetTests } from '../cases/run.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../diagnostics/render.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { guardNames } from '../leak/corpus.ts'
import { runLeaks, type LeakRun } from '../leak/run.ts'
import type { Layer } from '../ruleset/layers.ts'
import { loadRuleset } from '../ruleset/load-ruleset.ts'
import { githubLine, type ReportFormat } from './check/report.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { noKey } from './load.ts'
import { caseFinding, leakFindings, leakLines, offFinding } from './test/findings.ts'

export interface TestOptions {
  readonly format: ReportFormat
  /** False: nothing is planted, only the cases are run. */
  readonly leaks: boolean
  /** Plant values of these detectors and classes only. */
  readonly only?: readonly string[]
  /** False: keys are not read, as where the secrets are not at hand. */
  readonly keys: boolean
}

/** What came of one ruleset. */
interface Tested {
  readonly file: string
  readonly cases: number
  readonly failed: number
  /** Undefined: nothing was planted. */
  readonly leaks?: LeakRun
}

/** Exit codes: 0 every case holds and nothing planted comes out, 1 otherwise, 2 wrong usage, 78 a ruleset does not load. */
export function test(context: CommandContext, files: readonly string[], options: TestOptions): ExitCode {
  const findings: Diagnostic[] = []
  const tested: Tested[] = []
  const sources = new Map<string, string>()
  let isInvalid = false
  for (const file of files) {
    const loaded = loadRuleset({ file, env: context.env, key: noKey, forAll: !options.keys })
    for (const [name, text] of loaded.sources) sources.set(name, text)
    findings.push(...loaded.diagnostics)
    const { program, layers } = loaded
    if (program === undefined) {
      isInvalid = true
      continue
    }
    const known = guardNames(program)
    const unknown = options.only?.find((name) => !known.includes(name))
    if (unknown !== undefined) {
      print(context.stderr, `error: ${file} has no detector and no class "${unknown}"${didYouMean(unknown, known)}`)
      return exitCode.usage
    }
    const results = runRulesetTests(program)
    const failed = results.filter(({ failures }) => failures.length > 0)
    const leaks = options.leaks ? runLeaks(program, examplesOf(layers), options.only) : undefined
    findings.push(...failed.map(caseFinding))
    if (leaks !== undefined) findings.push(...leakFindings(leaks, program, layers), ...offFinding(leaks, layers))
    tested.push({ file, cases: results.length, failed: failed.length, ...(leaks && { leaks }) })
  }
  const color = context.stdout.isTTY === true && !context.env['NO_COLOR']
  print(context.stdout, textOf(findings, tested, sources, options.format, color))
  if (isInvalid) return exitCode.invalidConfiguration
  return tested.some(({ failed, leaks }) => failed > 0 || (leaks?.leaks.length ?? 0) > 0)
    ? exitCode.failed
    : exitCode.ok
}

/** What the user's own detectors must find, by id. */
function examplesOf(layers: readonly Layer[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    layers.flatMap(({ content }) =>
      (content.detectors?.custom ?? []).map(({ id, tests }) => [id, tests.match] as const),
    ),
  )
}

function textOf(
  findings: readonly Diagnostic[],
  tested: readonly Tested[],
  sources: ReadonlyMap<string, string>,
  format: ReportFormat,
  color: boolean,
): string {
  if (format === 'json') return JSON.stringify({ rulesets: tested, findings }, undefined, 2)
  const lines = tested.flatMap((one) => [
    lineOf(one),
    ...(one.leaks === undefined ? [] : leakLines(one.file, one.leaks)),
  ])
  if (format === 'github') return [...findings.map(githubLine), ...lines].join('\n')
  return [renderDiagnostics(findings, sources, color), lines.join('\n')].filter((part) => part !== '').join('\n\n')
}

function lineOf({ file, cases, failed }: Tested): string {
  if (cases === 0) return `${file}: no cases (write some under \`tests:\`)`
  const outcome = failed === 0 ? 'all hold' : `${failed} ${failed === 1 ? 'does' : 'do'} not hold`
  return `${file}: ${cases} ${cases === 1 ? 'case' : 'cases'}, ${outcome}`
}
