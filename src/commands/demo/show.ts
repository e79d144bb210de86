// The demo on the screen: one record before and after. Colour on terminals only, and never with NO_COLOR.
import { styleText } from 'node:util'
import { print } from '../command.ts'
import type { Output } from '../command.ts'
import type { Comparison } from './compare.ts'

type Style = Parameters<typeof styleText>[0]

const paint = (output: Output, style: Style, text: string): string => styleText(style, text, { stream: output })

export function heading(output: Output, text: string): void {
  print(output, `\n${paint(output, 'bold', text)}`)
}

/** A record's changes: a name, then `-` before and `+` after. */
export function showComparison(output: Output, { changes, unchanged }: Comparison): void {
  for (const { name, renamedTo, before, after } of changes) {
    print(output, `  ${paint(output, 'cyan', renamedTo === undefined ? name : `${name} → ${attributeOf(renamedTo)}`)}`)
    if (before !== undefined) print(output, `    ${paint(output, 'red', `- ${before}`)}`)
    print(
      output,
      `    ${after === undefined ? paint(output, 'dim', '+ (gone)') : paint(output, 'green', `+ ${after}`)}`,
    )
  }
  if (unchanged > 0) print(output, paint(output, 'dim', `  and ${unchanged} fields as they were`))
}

/** Name and amount pairs in one line, the largest first. */
export function amounts(figures: Iterable<readonly [string, number]>): string {
  const sorted = [...figures].sort(([, one], [, other]) => other - one)
  return sorted.length === 0 ? 'none' : sorted.map(([name, amount]) => `${name} ${amount}`).join(', ')
}

const attributeOf = (name: string): string => name.slice(name.indexOf(' ') + 1)
