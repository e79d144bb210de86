// The status of a running gateway in one line: how many records came, what was changed in them, what was refused.
import type { Gateway } from '../../gateway.ts'
import { recordNoun } from '../../pipeline/batch.ts'
import type { Output } from '../command.ts'

/** The figures of the line, all since the start; what is 0 is left out. */
export interface StatusFigures {
  /** Records taken, by what they are. */
  readonly received: Readonly<Record<string, number>>
  /** Fields changed, by class. */
  readonly changed: Readonly<Record<string, number>>
  /** Records refused, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** Records that went into the quarantine, by reason. */
  readonly quarantined: Readonly<Record<string, number>>
  /** Requests refused as a whole, by reason: how many records were in them need not be known. */
  readonly requestsRefused: Readonly<Record<string, number>>
}

export function statusFigures({ ledger, tally }: Pick<Gateway, 'ledger' | 'tally'>): StatusFigures {
  const received: Record<string, number> = {}
  const refused: Record<string, number> = {}
  const quarantined: Record<string, number> = {}
  const requestsRefused: Record<string, number> = {}
  for (const { signal, accepted } of ledger.received()) add(received, recordNoun[signal], accepted)
  for (const { reason, records } of ledger.recordsRefused()) add(refused, reason, records)
  for (const { reason, records } of ledger.recordsQuarantined()) add(quarantined, reason, records)
  for (const { reason, requests } of ledger.requestsRefused()) add(requestsRefused, reason, requests)
  return { received, changed: Object.fromEntries(tally.changed), refused, quarantined, requestsRefused }
}

/**
 * `received 12 spans, 3 log records · changed 4 phone, 2 email · refused 1 malformed request`. Where that is too long for
 * `columns`, classes, then reasons, then signals become totals: that something was refused is always seen.
 */
export function statusLine(
  { received, changed, refused, quarantined, requestsRefused }: StatusFigures,
  columns = Infinity,
): string {
  const line = (came: string, changes: string, shown: (figures: Readonly<Record<string, number>>) => string): string =>
    [
      `received ${came || 'nothing yet'}`,
      `changed ${changes || 'nothing'}`,
      ...part('refused', shown(refused)),
      ...part('quarantined', shown(quarantined)),
      ...part('refused requests:', shown(requestsRefused)),
    ].join(' · ')
  const came = amounts(received, counted)
  const fields = total(changed, ' fields')
  const lines = [
    line(came, amounts(changed), amounts),
    line(came, fields, amounts),
    line(came, fields, total),
    line(total(received, ' records'), fields, total),
  ]
  return lines.find(({ length }) => length < columns) ?? lines.at(-1)!
}

function part(what: string, figures: string): string[] {
  return figures === '' ? [] : [`${what} ${figures}`]
}

function total(figures: Readonly<Record<string, number>>, noun = ''): string {
  const sum = Object.values(figures).reduce((one, other) => one + other, 0)
  return sum === 0 ? '' : `${sum.toLocaleString('en-US')}${noun}`
}

function add(figures: Record<string, number>, key: string, by: number): void {
  if (by > 0) figures[key] = (figures[key] ?? 0) + by
}

function amounts(figures: Readonly<Record<string, number>>, label = (name: string, _amount: number) => name): string {
  return Object.entries(figures)
    .sort(([name, amount], [otherName, other]) => other - amount || name.localeCompare(otherName))
    .map(([name, amount]) => `${amount.toLocaleString('en-US')} ${label(name, amount)}`)
    .join(', ')
}

/** `log_records` → `log records`, `log record`. */
function counted(noun: string, amount: number): string {
  const words = noun.replaceAll('_', ' ')
  return amount === 1 ? words.replace(/s$/, '') : words
}

const eraseLine = '\r\u001b[2K'
const redrawEveryMs = 1_000

/** A line at the bottom of a terminal, rewritten in place when it changed; what else is printed goes above it. */
export class LiveLine {
  readonly #output: Output
  #line: ((columns: number) => string) | undefined
  #timer: NodeJS.Timeout | undefined
  #shown = ''

  constructor(output: Output) {
    this.#output = output
  }

  /** Writes text, a whole number of lines, above the live one. */
  print(text: string): void {
    this.#output.write(this.#shown === '' ? `${text}\n` : `${eraseLine}${text}\n${this.#shown}`)
  }

  /** @param line what to show, in less than so many columns if it can be said in them */
  start(line: (columns: number) => string): void {
    this.#line = line
    this.#timer = setInterval(() => this.#draw(), redrawEveryMs)
    this.#draw()
  }

  /** Takes the line away. */
  stop(): void {
    clearInterval(this.#timer)
    if (this.#shown !== '') this.#output.write(eraseLine)
    this.#shown = ''
  }

  #draw(): void {
    // A line that wraps could not be erased, with the terminal's own `^C` after it. Some say that they have 0 columns.
    const columns = (this.#output.columns || 80) - '^C'.length
    const line = this.#line?.(columns) ?? ''
    const fitting = line.length < columns ? line : `${line.slice(0, columns - 2)}…`
    if (fitting === this.#shown) return
    this.#shown = fitting
    this.#output.write(eraseLine + fitting)
  }
}
