// The way of a changed ruleset: parse → check → closure → its own cases → compared with what is in force. Nothing is put
// in force here. It takes seconds for a ruleset like the shipped one, so it runs in a thread of its own (worker.ts).
import { runRulesetTests, type TestResult } from '../cases/run.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { closureOf } from '../ruleset/closure.ts'
import { diffPrograms } from '../ruleset/closure-diff.ts'
import { openFindings } from '../ruleset/closure-findings.ts'
import type { Change } from '../ruleset/closure-levels.ts'
import { loadRuleset, type LoadedRuleset } from '../ruleset/load-ruleset.ts'
import { programChanges } from '../ruleset/program-diff.ts'
import type { Program } from '../ruleset/program.ts'
import { mayQuarantine } from '../ruleset/validation.ts'
import { ReadFiles } from './files.ts'
import { findingOf, maxTold, toldChange, type ReloadOutcome, type Verdict } from './verdict.ts'

/** Where the ruleset is loaded from; plain data. */
export interface RulesetSource {
  /** A file, or the name of a built-in layer. */
  readonly file: string
  /** Where the gateway's own key lies. */
  readonly dataDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a ruleset may be put in force that loosens, or leaves cells open. */
  readonly allowLoosening: boolean
  /** Whether the gateway can keep events in a quarantine, which it finds out at its start. */
  readonly hasQuarantine: boolean
}

/** @throws never for what is in the files */
export function judge(source: RulesetSource, inForce: Program): Verdict {
  const { file, dataDir, env, allowLoosening, hasQuarantine } = source
  const read = new ReadFiles()
  // A reload makes no key: one that is gone would go unnoticed, and with it who is who in the stores.
  const loaded = loadRuleset({ file, env, dataDir, mayMake: false, readText: read.readText })
  read.addKeys(loaded.layers, dataDir)
  const { program, diagnostics } = loaded
  const say = (outcome: ReloadOutcome, more: readonly Diagnostic[] = [], changes: readonly Change[] = []): Verdict => ({
    outcome,
    ...(outcome === 'reloaded' && { program }),
    ...(program && { digest: program.digest }),
    findings: [...more, ...diagnostics].slice(0, maxTold).map(findingOf),
    changes: changes.slice(0, maxTold).map(toldChange),
    files: read.states,
  })
  if (program === undefined) return say('invalid')
  const results = program.tests.length === 0 ? [] : runRulesetTests(program)
  const failing = results.filter(({ failures }) => failures.length > 0)
  if (failing.length > 0) return say('tests', failing.map(findingOfCase))
  // Of the bytes of keys the digest says nothing.
  const isSame = program.digest === inForce.digest && programChanges(inForce, program).length === 0
  if (isSame) return say('unchanged')
  if (!hasQuarantine && mayQuarantine(program.validation)) return say('invalid', [noQuarantine(file)])
  const open = allowLoosening ? [] : newlyOpen(loaded, program, inForce)
  if (open.length > 0) return say('open', open)
  const changes = diffPrograms(inForce, program)
  const loosens = changes.filter(({ kind }) => kind === 'loosens')
  return loosens.length > 0 && !allowLoosening ? say('loosens', [], loosens) : say('reloaded', [], changes)
}

function noQuarantine(file: string): Diagnostic {
  return {
    code: 'ruleset/no-quarantine',
    severity: 'error',
    message: 'the gateway was started without a quarantine, and this ruleset puts events into one',
    file,
    help: 'start the gateway again with this ruleset: it opens one then',
  }
}

/** What leaves cells open, where that is more than what is in force leaves. */
function newlyOpen({ layers }: LoadedRuleset, program: Program, inForce: Program): Diagnostic[] {
  const closure = closureOf(program)
  if (closure.totals.open === 0 || closure.totals.open <= closureOf(inForce).totals.open) return []
  return openFindings(closure, layers)
}

/** Without the case's texts, which `test` quotes: an author may have taken them from life. */
function findingOfCase({ test: { name, place }, failures }: TestResult): Diagnostic {
  const times = failures.length === 1 ? 'once' : `${failures.length} times`
  return {
    code: 'ruleset/case',
    severity: 'error',
    message: `the case "${name}" does not hold (${times})`,
    ...place,
    help: 'automagik-gateway test, with the ruleset, says what is not as it must be',
  }
}
