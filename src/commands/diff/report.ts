// What `diff` prints: a line for each change and where it is, for people, for programs, and for GitHub Actions.
import type { ClosurePart } from '../../ruleset/closure-groups.ts'
import type { Change } from '../../ruleset/closure-levels.ts'
import { placesText } from '../../ruleset/closure-words.ts'
import type { ReportFormat } from '../check/report.ts'
import { githubLine } from '../check/report.ts'
import { painter, wrapped, type Style } from '../contract/lines.ts'

export interface DiffReport {
  readonly before: string
  readonly after: string
  readonly changes: readonly Change[]
  /** Names of causes that may loosen. */
  readonly allowed: readonly string[]
}

const colors: Readonly<Record<Change['kind'], Style>> = {
  loosens: 'red',
  tightens: 'green',
  renames: 'blue',
  changes: 'yellow',
}

/** What loosens and was not allowed by name. */
export function refused({ changes, allowed }: DiffReport): Change[] {
  return changes.filter(({ kind, name }) => kind === 'loosens' && !allowed.includes(name))
}

/** The whole output, without a last newline. */
export function diffText(report: DiffReport, format: ReportFormat, width: number, color: boolean): string {
  if (format === 'json') return JSON.stringify({ ...report, refused: namesOf(refused(report)) }, undefined, 2)
  if (format === 'github') return [...report.changes.map((one) => annotation(report, one)), totals(report)].join('\n')
  const paint = painter(color)
  const blocks = report.changes.map((change) => {
    const { kind, name, before, after, parts } = change
    const title = `${paint(colors[kind], kind.toUpperCase().padEnd(8))} ${paint('bold', name)}`
    return [
      title + (isAllowed(report, change) ? paint('dim', ' (allowed)') : ''),
      wrapped(`${before} → ${after}`, width, '    '),
      ...parts.map((part) => paint('dim', wrapped(partText(part), width, '      '))),
    ].join('\n')
  })
  return [...blocks, totals(report)].join('\n\n')
}

function isAllowed({ allowed }: DiffReport, { kind, name }: Change): boolean {
  return kind === 'loosens' && allowed.includes(name)
}

function partText({ names, places, services, events }: ClosurePart): string {
  const where = [
    placesText(places),
    services.length === 0 ? '' : `service ${services.join(', ')}`,
    events.length === 0 ? '' : `event ${events.join(', ')}`,
  ]
  const text = where.filter((part) => part !== '').join('; ')
  return names.length === 0 ? text : `${names.join(', ')} in ${text}`
}

function totals(report: DiffReport): string {
  const { changes } = report
  if (changes.length === 0) return `${report.before} and ${report.after} do the same.`
  const kinds = (Object.keys(colors) as Change['kind'][]).flatMap((kind) => {
    const n = changes.filter((one) => one.kind === kind).length
    return n === 0 ? [] : [`${n} ${kind}`]
  })
  const names = namesOf(refused(report))
  const sum = `${changes.length} change${changes.length === 1 ? '' : 's'}: ${kinds.join(', ')}.`
  if (names.length === 0) return sum
  return `${sum} If that is meant: --allow ${names.join(' ')}`
}

function namesOf(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ name }) => name))]
}

function annotation(report: DiffReport, change: Change): string {
  const { kind, name, before, after, parts } = change
  const isRefused = kind === 'loosens' && !isAllowed(report, change)
  const message = `${kind}: ${before} → ${after}`
  const help = parts.map(partText).join('\n')
  const line = githubLine({
    code: `${kind}: ${name}`,
    severity: isRefused ? 'error' : 'warning',
    message,
    file: report.after,
    ...(help === '' ? {} : { help }),
  })
  return isRefused ? line : line.replace('::warning', '::notice')
}
