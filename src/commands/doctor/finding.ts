// What `doctor` finds, as data.

export type Level = 'ok' | 'warn' | 'fail'

export interface Finding {
  /** `gateway`, or the exporter: `otlp_http/loki`. */
  readonly subject: string
  readonly level: Level
  /** Stable, for programs: `reach`, `accepts` … */
  readonly check: string
  /** What is so, in one sentence without a full stop. Never a secret, never a backend's own words. */
  readonly message: string
  /** What to change. */
  readonly change?: string
}

/** Notes findings about one subject. */
export interface Notes {
  ok(check: string, message: string): void
  warn(check: string, message: string, change: string): void
  fail(check: string, message: string, change: string): void
}

/** @param found gets the findings */
export function notesOn(subject: string, found: Finding[]): Notes {
  return {
    ok: (check, message) => found.push({ subject, level: 'ok', check, message }),
    warn: (check, message, change) => found.push({ subject, level: 'warn', check, message, change }),
    fail: (check, message, change) => found.push({ subject, level: 'fail', check, message, change }),
  }
}
