// The status of a running gateway: one line that says how many records came, what was changed in them and what was
// refused. A terminal gets it rewritten in place, a pipe gets a log line when something changed.
import type { Log } from '../telemetry/log.ts'
import type { Output } from './command.ts'

/** The figures of the line, all since the start. */
export interface StatusFigures {
  /** Records taken, by signal. */
  readonly received: Readonly<Record<string, number>>
  /** Fields changed, by class. */
  readonly changed: Readonly<Record<string, number>>
  /** Records, and requests whose records were not counted, refused by reason. */
  readonly refused: Readonly<Record<string, number>>
}

export interface StatusReporter {
  /** Stops reporting; `final` is whether the last figures are said once more. */
  stop(final: boolean): void
}

const terminalEveryMs = 1_000
const logEveryMs = 30_000

/** `received 12 spans, 3 logs · changed 4 phone, 2 email · refused 1 malformed`. */
export function statusLine({ received, changed, refused }: StatusFigures): string {
  const parts = [`received ${amounts(received, 'nothing yet')}`, `changed ${amounts(changed, 'nothing')}`]
  if (Object.keys(refused).length > 0) parts.push(`refused ${amounts(refused, 'nothing')}`)
  return parts.join(' · ')
}

/** Logs the figures whenever they have changed, every half minute at most. */
export function logStatus(log: Log, figures: () => StatusFigures): StatusReporter {
  let last = statusLine(figures())
  const say = (message: string): void => {
    const now = figures()
    last = statusLine(now)
    log.info(message, { ...now })
  }
  const timer = setInterval(() => {
    if (statusLine(figures()) !== last) say('status')
  }, logEveryMs)
  return {
    stop(final) {
      clearInterval(timer)
      if (final) say('final figures')
    },
  }
}

/** A line at the bottom of a terminal, rewritten in place; what else is written goes above it. */
export class LiveLine implements StatusReporter {
  readonly #output: Output
  readonly #figures: () => StatusFigures
  readonly #timer: NodeJS.Timeout
  #shown = ''

  constructor(output: Output, figures: () => StatusFigures) {
    this.#output = output
    this.#figures = figures
    this.#timer = setInterval(() => this.#draw(), terminalEveryMs)
    this.#draw()
  }

  /** Writes a line above the live one. */
  print(line: string): void {
    this.#output.write(`${eraseLine}${line}\n${this.#shown}`)
  }

  stop(final: boolean): void {
    clearInterval(this.#timer)
    this.#output.write(eraseLine)
    if (final) this.#output.write(`${statusLine(this.#figures())}\n`)
    this.#shown = ''
  }

  #draw(): void {
    const line = this.#fit(statusLine(this.#figures()))
    if (line === this.#shown) return
    this.#shown = line
    this.#output.write(eraseLine + line)
  }

  // A line that wraps could not be erased.
  #fit(line: string): string {
    const columns = this.#output.columns ?? 80
    return line.length < columns ? line : `${line.slice(0, columns - 2)}…`
  }
}

const eraseLine = '\r\u001b[2K'

function amounts(figures: Readonly<Record<string, number>>, none: string): string {
  const parts = Object.entries(figures)
    .filter(([, amount]) => amount > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([name, amount]) => `${amount.toLocaleString('en-US')} ${name}`)
  return parts.length === 0 ? none : parts.join(', ')
}
