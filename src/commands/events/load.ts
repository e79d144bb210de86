// The events that a ruleset knows, with everything that is said of them.
import type { EventSchema } from '../../events/event-schema.ts'
import { loadRuleset } from '../../ruleset/load-ruleset.ts'
import type { Program } from '../../ruleset/program.ts'
import { InvalidConfiguration } from '../command.ts'
import type { CommandContext } from '../command.ts'
import { report, throwAwayKey } from '../load.ts'

/** Prints what is wrong with the ruleset. Throws InvalidConfiguration. */
export function loadEvents(
  context: CommandContext,
  file: string,
): { readonly program: Program; readonly events: ReadonlyMap<string, EventSchema> } {
  const { program, events, diagnostics, sources } = loadRuleset({ file, env: context.env, key: throwAwayKey() })
  report(context, diagnostics, sources)
  if (program === undefined) throw new InvalidConfiguration()
  return { program, events }
}
