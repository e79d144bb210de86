// What `start` says while it runs: to people as text, with one live line on a terminal; to machines as JSON log lines.
import { jsonLog, textLog } from '../../telemetry/log.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Output } from '../command.ts'
import { greeting, greetingFields, takenAdminPort } from './greeting.ts'
import type { Started } from './greeting.ts'
import { LiveLine, statusLine } from './status-line.ts'
import type { StatusFigures } from './status-line.ts'

export interface Console {
  readonly log: Log
  /** Text of the debug exporters, whole lines. */
  write(text: string): void
  started(started: Started): void
  /** Reports the figures from now on, whenever they change. */
  follow(figures: () => StatusFigures): void
  stopping(signal: string): void
  /** Says the final figures. */
  stopped(): void
}

const logEveryMs = 30_000

export function textConsole(output: Output): Console {
  const live = new LiveLine(output)
  const log = textLog((line) => live.print(line))
  let figures: (() => StatusFigures) | undefined
  let follower: NodeJS.Timeout | undefined
  const line = (columns?: number): string => (figures === undefined ? '' : statusLine(figures(), columns))
  return {
    log,
    write: (text) => live.print(text.replace(/\n$/, '')),
    started: (started) => live.print(greeting(started)),
    follow(now) {
      figures = now
      if (output.isTTY === true) live.start(line)
      else follower = whenChanged(line, () => log.info(line()))
    },
    stopping(signal) {
      live.stop()
      clearInterval(follower)
      live.print(`${signal}: sending what is queued; once more stops at once`)
    },
    stopped: () => live.print(line()),
  }
}

export function jsonConsole(output: Output): Console {
  const log = jsonLog(output)
  let figures: (() => StatusFigures) | undefined
  let follower: NodeJS.Timeout | undefined
  const say = (message: string): void => log.info(message, { ...figures?.() })
  return {
    log,
    write: (text) => output.write(text),
    started(started) {
      for (const note of started.notes) log.info(note)
      const taken = takenAdminPort(started)
      if (taken !== undefined) log.warn(`port ${taken} is taken, /health and /metrics are on the next free one`)
      log.info('started', greetingFields(started))
    },
    follow(now) {
      figures = now
      follower = whenChanged(
        () => JSON.stringify(now()),
        () => say('status'),
      )
    },
    stopping(signal) {
      clearInterval(follower)
      log.info('stopping', { signal })
    },
    stopped: () => say('stopped'),
  }
}

function whenChanged(state: () => string, tell: () => void): NodeJS.Timeout {
  let told = state()
  return setInterval(() => {
    const now = state()
    if (now === told) return
    told = now
    tell()
  }, logEveryMs)
}
