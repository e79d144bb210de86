// One record before and after, on the screen. Colour on terminals only, and never with NO_COLOR.
import { styleText } from 'node:util'
import { print } from '../command.ts'
import type { Output } from '../command.ts'
import type { Change, Comparison } from './compare.ts'

type Style = Parameters<typeof styleText>[0]

const paint = (output: Output, style: Style, text: string): string => styleText(style, text, { stream: output })

export function heading(output: Output, text: string): void {
  print(output, `\n${paint(output, 'bold', text)}`)
}

/** A record's changes: a name, then `-` before and `+` after; what only has another name in one line. */
export function showComparison(output: Output, { changes, unchanged }: Comparison): void {
  const renamed = changes.filter(({ renamedTo, before, after }) => renamedTo !== undefined && before === after)
  for (const change of changes) {
    if (renamed.includes(change)) continue
    const { renamedTo, before, after } = change
    print(output, `  ${paint(output, 'cyan', renamedTo === undefined ? change.name : renaming(change))}`)
    if (before !== undefined) print(output, `    ${paint(output, 'red', `- ${before}`)}`)
    print(
      output,
      `    ${after === undefined ? paint(output, 'dim', '+ (gone)') : paint(output, 'green', `+ ${after}`)}`,
    )
  }
  if (renamed.length > 0) print(output, paint(output, 'dim', `  renamed: ${renamed.map(renaming).join(', ')}`))
  if (unchanged > 0) print(output, paint(output, 'dim', `  and ${unchanged} fields as they were`))
}

/** Name and amount pairs in one line, the largest first. */
export function amounts(figures: Iterable<readonly [string, number]>): string {
  const sorted = [...figures].sort(([, one], [, other]) => other - one)
  return sorted.length === 0 ? 'none' : sorted.map(([name, amount]) => `${name} ${amount}`).join(', ')
}

/** `span event.endpoint → url.path`: the context is the same. */
function renaming({ name, renamedTo = '' }: Change): string {
  return `${name} → ${renamedTo.slice(renamedTo.indexOf(' ') + 1)}`
}
