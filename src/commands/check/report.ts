// What `check` prints: for people, for programs, and as annotations of GitHub Actions.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { renderDiagnostics, type Sources } from '../../diagnostics/render.ts'
import type { Grade } from '../../ruleset/closure-grade.ts'

export type ReportFormat = 'text' | 'json' | 'github'

/** What came of one file. */
export interface CheckedFile {
  /** As the user named it. */
  readonly file: string
  readonly kind: 'configuration' | 'ruleset' | 'policy'
  readonly errors: number
  readonly warnings: number
  /** Of a ruleset that loads: how many cells of its closure have each grade. */
  readonly totals?: Readonly<Record<Grade, number>>
  /** Of a ruleset that loads. */
  readonly digest?: string
}

export interface CheckReport {
  readonly files: readonly CheckedFile[]
  readonly findings: readonly Diagnostic[]
  readonly sources: Sources
}

/** The whole output, without a last newline. */
export function reportText(report: CheckReport, format: ReportFormat, color: boolean): string {
  const { files, findings, sources } = report
  if (format === 'json') return JSON.stringify({ files, findings }, undefined, 2)
  if (format === 'github') return [...findings.map(githubLine), ...files.map(fileLine)].join('\n')
  return [renderDiagnostics(findings, sources, color), files.map(fileLine).join('\n')]
    .filter((part) => part !== '')
    .join('\n\n')
}

function fileLine({ file, kind, errors, warnings, totals }: CheckedFile): string {
  const counts = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '')
  const cells =
    totals === undefined
      ? ''
      : ` (${Object.entries(totals)
          .map(([grade, n]) => `${n} ${grade}`)
          .join(', ')})`
  return `${file}: ${kind}, ${counts.length === 0 ? 'fine' : counts.join(', ')}${cells}`
}

function count(n: number, noun: string): string {
  return n === 0 ? '' : `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** A workflow command: https://docs.github.com/actions/reference/workflow-commands */
export function githubLine({ severity, code, message, file, position, help }: Diagnostic): string {
  const place = position === undefined ? '' : `,line=${position.line},col=${position.column}`
  const text = help === undefined ? message : `${message}\n${help}`
  return `::${severity} file=${property(file)}${place},title=${property(code)}::${data(text)}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
