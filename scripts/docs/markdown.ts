// Markdown for the generated parts of the documentation: wrapped at the width of the other files, tables aligned.

const width = 120

/** Breaks a text at spaces; code in backticks stays whole. `first` opens the first line, `rest` each of the others. */
export function wrap(text: string, first = '', rest = ' '.repeat(first.length)): string {
  const words = text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of words) {
    const longer = isEmpty ? line + word : `${line} ${word}`
    if (longer.length > width && !isEmpty) {
      lines.push(line)
      line = rest + word
    } else {
      line = longer
    }
    isEmpty = false
  }
  return [...lines, line].join('\n')
}

/** A list item, `depth` levels deep. */
export function item(text: string, depth = 0): string {
  return wrap(text, `${'  '.repeat(depth)}- `)
}

/** A table with columns of even width. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((text) => text.replaceAll('|', '\\|')))
  const widths = head.map((_name, column) => Math.max(...cells.map((row) => row[column].length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`
  const [first, ...others] = cells.map(line)
  return [first, `| ${widths.map((columns) => '-'.repeat(columns)).join(' | ')} |`, ...others].join('\n')
}

export const code = (text: string): string => `\`${text}\``

/** `a`, `b`, `c` */
export const codes = (texts: readonly string[]): string => texts.map(code).join(', ')
