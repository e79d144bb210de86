// What `doctor` prints: a line for each finding under its subject, or JSON.
import type { Finding, Level } from './finding.ts'

const styles: Readonly<Record<Level, string>> = { ok: '32', warn: '33', fail: '31' }

/** Without a last newline. */
export function reportText(findings: readonly Finding[], color: boolean): string {
  const paint = (style: string, text: string): string => (color ? `\u001b[${style}m${text}\u001b[0m` : text)
  const subjects = [...new Set(findings.map(({ subject }) => subject))]
  const sections = subjects.map((subject) => {
    const lines = findings
      .filter((finding) => finding.subject === subject)
      .flatMap(({ level, message, change }) => [
        `  ${paint(styles[level], level.padEnd(4))}  ${message}`,
        ...(change === undefined ? [] : [`        ${change}`]),
      ])
    return [paint('1', subject), ...lines].join('\n')
  })
  return [...sections, summary(findings)].join('\n\n')
}

export function reportJson(findings: readonly Finding[]): string {
  return JSON.stringify({ findings, counts: countsOf(findings) }, undefined, 2)
}

export function countsOf(findings: readonly Finding[]): Record<Level, number> {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length
  return { ok: count('ok'), warn: count('warn'), fail: count('fail') }
}

function summary(findings: readonly Finding[]): string {
  const { ok, warn, fail } = countsOf(findings)
  const parts = [`${ok} ok`]
  if (warn > 0) parts.push(`${warn} to look at`)
  if (fail > 0) parts.push(`${fail} to mend`)
  return parts.join(', ')
}
