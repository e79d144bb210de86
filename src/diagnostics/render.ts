// Diagnostics for people: the sentence, the place, the line and a caret; and as JSON for programs.
import type { Diagnostic } from './diagnostic.ts'

/** The texts that diagnostics point into, by file name. */
export type Sources = ReadonlyMap<string, string>

/**
 * One diagnostic as text, without a last newline.
 * @param sources without the file's text, the line and the caret are left out
 */
export function renderDiagnostic(diagnostic: Diagnostic, sources: Sources = new Map(), color = false): string {
  const { severity, code, message, file, position, help } = diagnostic
  const paint = (style: string, text: string): string => (color ? `\u001b[${style}m${text}\u001b[0m` : text)
  const mark = severity === 'error' ? '31' : '33'
  const rows = [`${paint(`1;${mark}`, `${severity}[${code}]`)}${paint('1', `: ${message}`)}`]
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`
  const line = position === undefined ? undefined : sources.get(file)?.split('\n')[position.line - 1]
  const gutter = ' '.repeat(position === undefined ? 1 : String(position.line).length)
  rows.push(`${gutter}${paint('34', '-->')} ${place}`)
  if (position !== undefined && line !== undefined) {
    const { shown, column } = excerpt(hideSecrets(line.replace(/\r$/, '')).replace(controls, '·'), position.column)
    // Tabs stay tabs, so that the caret stands under its text.
    const indent = shown.slice(0, column - 1).replace(/[^\t]/g, ' ')
    const carets = '^'.repeat(Math.max(1, Math.min(position.length, shown.length - column + 1)))
    rows.push(`${gutter} ${paint('34', '|')}`)
    rows.push(`${paint('34', `${position.line} |`)} ${shown}`)
    rows.push(`${gutter} ${paint('34', '|')} ${indent}${paint(mark, carets)}`)
  }
  if (help !== undefined) rows.push(`${gutter} ${paint('34', '=')} help: ${help}`)
  return rows.join('\n')
}

/** What a terminal would obey instead of showing it. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const widest = 200

/** A line that is too long to be looked at is cut around its mark. */
function excerpt(line: string, column: number): { shown: string; column: number } {
  if (line.length <= widest) return { shown: line, column }
  const from = Math.max(0, column - 1 - widest / 2)
  const end = from + widest
  const [before, after] = [from > 0 ? '…' : '', end < line.length ? '…' : '']
  return { shown: before + line.slice(from, end) + after, column: column - from + before.length }
}

/** All diagnostics, an empty line between them; empty for none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], sources?: Sources, color = false): string {
  return diagnostics.map((each) => renderDiagnostic(each, sources, color)).join('\n\n')
}

/** The same as data: an array of diagnostics, errors first as given. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[]): string {
  return JSON.stringify(diagnostics, undefined, 2)
}

/** A key that names a secret, and its value: what stands in quotes, or else up to where YAML may end it. */
const secretValue =
  /((?:token|authorization|password|passwd|secret|api[-_]?key|cookie)["']?\s*:\s*)("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|\$\{env:[^}]*\}|[^\s,{}[\]#].*?(?=,\s|\s#|[}\]]+\s*(?:,|$)|$))/gi
/** A variable alone, without a default, which could be a secret itself. */
const variable = /^(["']?)\$\{env:\w+\}\1$/

/** A secret written into a file stays in that file: each of its characters becomes a star, so that columns stay. */
function hideSecrets(line: string): string {
  const withoutUsers = line.replace(
    /(:\/\/)([^\s/@]+)(?=@)/g,
    (_, scheme: string, user: string) => scheme + '*'.repeat(user.length),
  )
  return withoutUsers.replace(secretValue, (whole, key: string, value: string) =>
    variable.test(value) ? whole : key + value.replace(/\S/g, '*'),
  )
}
