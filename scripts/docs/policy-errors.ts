// Every code of policies, each with a file that earns it.
import { policyFindings, type Policy } from '../../src/commands/check/policy.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { ErrorExample } from './error-example.ts'

/** What is said of a ruleset that has more than the policy of the example allows. */
export function policySaid(policy: Policy): Diagnostic[] {
  return policyFindings(policy, { fixed: 5350, guarded: 541, excepted: 0, open: 0 }, 'ruleset.yaml')
}

export const policyErrors: readonly ErrorExample[] = [
  { name: 'unreadable', yaml: '', files: {}, mend: 'Name a file that is there and may be read: `--policy FILE`.' },
  {
    name: 'syntax',
    yaml: 'max_guarded: {500\n',
    mend: 'Mend the YAML. The place is where the reader noticed; the cause may be above it.',
  },
  {
    name: 'unknown-key',
    yaml: 'max_gaurded: 500\n',
    mend: 'Write one of the keys that the message names.',
  },
  { name: 'missing-value', yaml: 'max_guarded:\n', mend: 'Write a whole number, or take the key out.' },
  { name: 'wrong-type', yaml: 'max_guarded: few\n', mend: 'Write a whole number.' },
  { name: 'wrong-value', yaml: 'max_guarded: -1\n', mend: 'Write a number from 0 on.' },
  {
    name: 'too-many',
    yaml: 'max_guarded: 500\n',
    mend:
      'Make fewer cells depend on the detectors: give fields that hold people a class that drops, replaces or hashes, or ' +
      'narrow the rules that leave them. `automagik-gateway diff OLD NEW` says which cells are new. Or raise the bound.',
  },
]
