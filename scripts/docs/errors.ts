// The codes of diagnostics as the user meets them: each example is loaded, and what the loader says is shown.
import { resolve } from 'node:path'
import { runRulesetTests } from '../../src/cases/run.ts'
import { caseFinding, leakFindings, offFinding } from '../../src/commands/test/findings.ts'
import { loadPolicy } from '../../src/commands/check/policy.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { renderDiagnostic, type Sources } from '../../src/diagnostics/render.ts'
import { runLeaks } from '../../src/leak/run.ts'
import { closureOf } from '../../src/ruleset/closure.ts'
import { openFindings } from '../../src/ruleset/closure-findings.ts'
import type { Layer } from '../../src/ruleset/layers.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { keyIdOf } from '../../src/ruleset/keys.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { configErrors } from './config-errors.ts'
import type { ErrorExample } from './error-example.ts'
import { wrap } from './markdown.ts'
import { policyErrors, policySaid } from './policy-errors.ts'
import { rulesetErrors } from './ruleset-errors.ts'

const today = '2026-11-21'

export const areas = { config: configErrors, ruleset: rulesetErrors, policy: policyErrors } as const
type Area = keyof typeof areas

/** A section for each code of an area. Throws when an example does not earn its code. */
export function errorSections(area: Area): string {
  return areas[area].map((example) => section(area, example)).join('\n\n')
}

function section(area: Area, example: ErrorExample): string {
  const code = `${area}/${example.name}`
  const { diagnostics, sources } = loaded[area](example)
  const found = diagnostics.find((diagnostic) => diagnostic.code === code)
  if (found === undefined)
    throw new Error(`the example of ${code} earns ${diagnostics.map((each) => each.code).join()}`)
  const said = ['```text', shown(renderDiagnostic(found, sources)), '```'].join('\n')
  return [`### \`${code}\``, said, wrap(example.mend)].join('\n\n')
}

interface Loaded {
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: Sources
}

const loaded: Readonly<Record<Area, (example: ErrorExample) => Loaded>> = {
  config: loadedConfig,
  ruleset: loadedRuleset,
  policy: loadedPolicy,
}

function loadedConfig({ yaml, env = {}, files = { 'gateway.yaml': yaml } }: ErrorExample): Loaded {
  return loadConfig('gateway.yaml', { env, readText: reader(files) })
}

function loadedRuleset({ yaml, env = {}, files = {}, planted }: ErrorExample): Loaded {
  const bytes = new Uint8Array(32).fill(7)
  const readText = reader({ 'ruleset.yaml': yaml, ...files })
  const { program, layers, diagnostics, sources } = loadRuleset({
    file: 'ruleset.yaml',
    readText,
    env,
    today,
    key: { id: keyIdOf(bytes), bytes },
  })
  if (program === undefined) return { diagnostics, sources }
  const said = planted === undefined ? openFindings(closureOf(program), layers) : testFindings(program, layers, planted)
  return { diagnostics: [...diagnostics, ...said], sources }
}

/** What `test` says. */
function testFindings(program: Program, layers: readonly Layer[], planted: readonly string[]): Diagnostic[] {
  const leaks = runLeaks(program, new Map(), planted)
  const failed = runRulesetTests(program).filter(({ failures }) => failures.length > 0)
  return [...failed.map(caseFinding), ...leakFindings(leaks, program, layers), ...offFinding(leaks, layers)]
}

function loadedPolicy({ yaml, files = { 'policy.yaml': yaml } }: ErrorExample): Loaded {
  const { policy, diagnostics, sources } = loadPolicy('policy.yaml', reader(files))
  return { diagnostics: [...diagnostics, ...(policy === undefined ? [] : policySaid(policy))], sources }
}

/** Reads the files of an example, which need not be on the disk. */
function reader(files: Readonly<Record<string, string>>): (path: string) => string {
  const known = new Map(Object.entries(files).map(([name, text]) => [resolve(name), text]))
  return (path) => {
    const text = known.get(resolve(path))
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return text
  }
}

/** Without spaces at the ends of lines, which editors take away. */
const shown = (text: string): string => text.replace(/ +$/gm, '')
