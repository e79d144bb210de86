// One record before and after, on the screen, and who changed what. Colour on terminals only, and never with NO_COLOR.
import { styleText } from 'node:util'
import type { Layer } from '../../ruleset/layers.ts'
import type { Program } from '../../ruleset/program.ts'
import { print } from '../command.ts'
import type { Output } from '../command.ts'
import { causeLines } from './cause-lines.ts'
import type { Cause } from './causes.ts'
import type { Change } from './compare.ts'
import { wordDiff, type Piece } from './word-diff.ts'

/** A change and who made it. */
export interface ExplainedChange extends Change {
  readonly cause: Cause
}

export interface ShowOptions {
  readonly program: Program
  readonly layers: readonly Layer[]
  /** Without: which fields changed and why, and nothing of what is in them. */
  readonly values: boolean
}

/** What the marks mean. */
export const legend = '- is what came, + is what leaves; below them who did that. `explain` says more of a field.'

type Style = Parameters<typeof styleText>[0]

const paint = (output: Output, style: Style, text: string): string => styleText(style, text, { stream: output })

export function heading(output: Output, text: string): void {
  print(output, `\n${paint(output, 'bold', visible(text))}`)
}

/** A record's changes: a path, then `-` before and `+` after and who did it; what only has another name in one line. */
export function showChanges(
  output: Output,
  changes: readonly ExplainedChange[],
  unchanged: number,
  options: ShowOptions,
): void {
  const isRename = ({ renamedTo, before, after }: Change): boolean => renamedTo !== undefined && before === after
  for (const change of changes) {
    if (isRename(change)) continue
    print(output, `  ${paint(output, 'cyan', pathText(change))}`)
    if (options.values) showValues(output, change)
    else if (change.after === undefined) print(output, `    ${paint(output, 'dim', '(gone)')}`)
    for (const line of causeLines(change.cause, options)) print(output, `    ${paint(output, 'dim', line)}`)
  }
  const renamed = changes.filter(isRename)
  if (renamed.length > 0) print(output, paint(output, 'dim', `  renamed: ${renamed.map(pathText).join(', ')}`))
  if (unchanged > 0) print(output, paint(output, 'dim', `  and ${unchanged} fields as they were`))
}

function showValues(output: Output, { before, after }: Change): void {
  const { before: left, after: right } =
    before === undefined || after === undefined
      ? { before: whole(before), after: whole(after) }
      : wordDiff(before, after)
  if (before !== undefined) print(output, `    ${paintPieces(output, 'red', '- ', left)}`)
  print(
    output,
    `    ${after === undefined ? paint(output, 'dim', '+ (gone)') : paintPieces(output, 'green', '+ ', right)}`,
  )
}

/** Text of others on a terminal: its control characters are written out, its lines stay lines. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    if (character === '\n') return '\n      '
    return character === '\t' ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}

const whole = (text = ''): Piece[] => [{ text, isSame: true }]

/** A line in a colour, in which the words that the other one has not stand out. */
function paintPieces(output: Output, color: 'red' | 'green', mark: string, pieces: readonly Piece[]): string {
  const parts = pieces.map(({ text, isSame }) => paint(output, isSame ? color : [color, 'inverse'], visible(text)))
  return paint(output, color, mark) + parts.join('')
}

/** Name and amount pairs in one line, the largest first. */
export function amounts(figures: Iterable<readonly [string, number]>): string {
  const sorted = [...figures].sort(([, one], [, other]) => other - one)
  return sorted.length === 0 ? 'none' : sorted.map(([name, amount]) => `${name} ${amount}`).join(', ')
}

/** `span.attributes['event.endpoint'] → url.path` */
function pathText({ key, field, renamedTo }: Change): string {
  if (renamedTo === undefined) return visible(key)
  const [, name] = /\[(?:'|")(.*)(?:'|")\]$/s.exec(renamedTo) ?? []
  return visible(`${key} → ${field.spot?.is === 'attribute' && name !== undefined ? name : renamedTo}`)
}
