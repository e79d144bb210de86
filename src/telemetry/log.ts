// The gateway's own log: what it did and what is wrong with it. Never a value, a name or a byte from a request.
import { pino } from 'pino'

export type LogFields = Readonly<Record<string, unknown>>
export type LogFormat = 'json' | 'text'

export interface Log {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** One JSON object a line (pino), for machines. */
export function jsonLog(stream: NodeJS.WritableStream): Log {
  const logger = pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  }
}

/** One readable line each, for people. `write` gets the line without its end. */
export function textLog(write: (line: string) => void): Log {
  const line = (level: string, message: string, fields: LogFields = {}): void => {
    const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    write(`${new Date().toISOString().slice(11, 19)} ${level}${message}${pairs.join('')}`)
  }
  return {
    info: (message, fields) => line('', message, fields),
    warn: (message, fields) => line('warning: ', message, fields),
    error: (message, fields) => line('error: ', message, fields),
  }
}

/** The kind and place of a fault: its message may quote a request. */
export function faultOf(error: unknown): { error: string; at: string | undefined } {
  const { name, stack = '' } = error as Error
  return { error: name, at: /^ +at (.*)$/m.exec(stack)?.[1] }
}
