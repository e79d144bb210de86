// Says what came of a reload: in the log, as log records of the gateway's own, in the journal, and for /health.
import type { Log } from '../telemetry/log.ts'
import type { ReloadStatus } from '../telemetry/instrument.ts'
import type { OwnEvent, OwnLog } from '../telemetry/own-log.ts'
import { loosensHelp } from './endpoint.ts'
import type { Journal } from './journal.ts'
import type { Reload, ReloadFigures } from './reloader.ts'
import { isInForce, outcomes, type Finding, type ReloadOutcome } from './verdict.ts'

/** Findings that the log is told of one by one, and changes in one record. */
const maxFindings = 20
const maxChanges = 20

export function createTeller(log: Log, ownLog: OwnLog | undefined, journal: Journal): (reload: Reload) => void {
  return (reload) => {
    const { outcome, trigger, file, before, after, durationMs, findings, why } = reload
    const isGood = isInForce(outcome)
    const changes = changesOf(reload)
    const about = { trigger, file, before, ...(after !== before && { after }), ...(changes.length > 0 && { changes }) }
    log[isGood ? 'info' : 'warn'](sentences[outcome], { outcome, ...about, durationMs, ...(why && { why }) })
    ownLog?.tell({
      event: eventOf(outcome),
      ...(isGood ? {} : { severity: 'warn' }),
      body: sentences[outcome],
      attributes: {
        'reload.trigger': trigger,
        'reload.outcome': outcome,
        'reload.duration_ms': durationMs,
        'ruleset.file': file,
        'ruleset.digest': isGood ? (after ?? before) : before,
        'ruleset.previous_digest': before,
        'ruleset.refused_digest': isGood ? undefined : after,
        'ruleset.changes': changes.length === 0 ? undefined : changes,
      },
    })
    for (const finding of findings.slice(0, maxFindings)) tellFinding(finding, log, ownLog)
    try {
      journal.add({ ...recordOf(reload), findings: findings.map(({ code, line }) => ({ code, line })) })
    } catch (error) {
      log.warn('the reload could not be noted in reloads.jsonl', { error: (error as NodeJS.ErrnoException).code })
    }
  }
}

/** For /health and /metrics. */
export function statusOf({ times, last, successMs }: ReloadFigures): ReloadStatus {
  return {
    times,
    isInForce: last === undefined || isInForce(last.outcome),
    successMs,
    last: last && {
      ...recordOf(last),
      message: outcomes[last.outcome],
      ...(last.findings.length > 0 && { findings: last.findings.slice(0, maxFindings) }),
      ...(last.outcome === 'loosens' && { help: loosensHelp }),
    },
  }
}

/** What is kept of a reload. */
function recordOf(reload: Reload): object {
  const { at, trigger, file, outcome, before, after, durationMs } = reload
  return {
    at: at.toISOString(),
    trigger,
    file,
    outcome,
    before,
    after,
    duration_ms: durationMs,
    changes: changesOf(reload),
  }
}

/** `loosens rule.people (12 cells)`: kinds and names, each once. */
function changesOf({ changes }: Reload): string[] {
  const cells = new Map<string, number>()
  for (const each of changes) {
    const what = `${each.kind} ${each.name}`
    cells.set(what, (cells.get(what) ?? 0) + each.cells)
  }
  const told = [...cells].map(([what, n]) => (n === 0 ? what : `${what} (${n} ${n === 1 ? 'cell' : 'cells'})`))
  return told.length > maxChanges ? [...told.slice(0, maxChanges), `and ${told.length - maxChanges} more`] : told
}

function tellFinding({ code, severity, message, file, line, column, help }: Finding, log: Log, ownLog?: OwnLog): void {
  log.warn(message, { code, severity, file, line, column, help })
  ownLog?.tell({
    event: 'ruleset.finding',
    severity: severity === 'error' ? 'error' : 'warn',
    body: message,
    attributes: {
      'finding.code': code,
      'finding.severity': severity,
      'finding.file': file,
      'finding.line': line,
      'finding.column': column,
    },
  })
}

const sentences: Readonly<Record<ReloadOutcome, string>> = {
  reloaded: 'the ruleset was reloaded',
  unchanged: 'the ruleset was reloaded: it says what it said',
  invalid: 'the changed ruleset does not load: the former stays in force',
  tests: 'a case of the changed ruleset does not hold: the former stays in force',
  open: 'the changed ruleset leaves cells open: the former stays in force',
  loosens: 'the changed ruleset loosens: the former stays in force (start --allow-loosening)',
  failed: 'the changed ruleset could not be judged: the former stays in force',
}

function eventOf(outcome: ReloadOutcome): OwnEvent {
  return outcome === 'reloaded' || outcome === 'unchanged' ? `ruleset.${outcome}` : 'ruleset.refused'
}
