import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import type { Output } from '../../../src/commands/command.ts'
import { LiveLine, statusFigures, statusLine, type StatusFigures } from '../../../src/commands/start/status-line.ts'
import { Ledger } from '../../../src/pipeline/ledger.ts'
import { Tally } from '../../../src/telemetry/tally.ts'

describe('the status line', () => {
  it('says when nothing came yet', () => {
    const figures = statusFigures({ ledger: new Ledger(), tally: new Tally() })
    expect(statusLine(figures)).toBe('received nothing yet · changed nothing')
  })

  it('adds up what came over all receivers and transports, and says why what was refused', () => {
    const ledger = new Ledger()
    const tally = new Tally()
    const [otlp, named] = [ledger.of('otlp'), ledger.of('otlp/tls')]
    otlp.taken('traces', 'http', 1000, [{ reason: 'missing-trace-id', records: 1 }])
    named.taken('traces', 'grpc', 234, [{ reason: 'missing-trace-id', records: 1 }])
    otlp.taken('logs', 'http', 1, [], [{ reason: 'unknown-event', records: 2 }])
    named.requestRefused('http', 'malformed')
    tally.changed.set('email', 2).set('phone', 5)
    expect(statusLine(statusFigures({ ledger, tally }))).toBe(
      'received 1,234 spans, 3 log records · changed 5 phone, 2 email · refused 2 missing-trace-id · quarantined 2 unknown-event · refused requests: 1 malformed',
    )
  })
})

describe('a status line with little room', () => {
  const figures: StatusFigures = {
    received: { spans: 40, log_records: 20 },
    changed: { phone: 3, email: 2 },
    refused: { 'invalid-trace-id': 2 },
    quarantined: { 'schema-violation': 4, 'unknown-event': 1 },
    requestsRefused: { malformed: 6, method: 2 },
  }

  it('gives up the classes, then the reasons, then the signals, and never that something was refused', () => {
    const full = statusLine(figures)
    expect(statusLine(figures, full.length + 1)).toBe(full)
    const reasons =
      'received 40 spans, 20 log records · changed 5 fields · refused 2 invalid-trace-id · quarantined 4 schema-violation, 1 unknown-event · refused requests: 6 malformed, 2 method'
    expect(statusLine(figures, full.length)).toBe(reasons)
    const totals =
      'received 40 spans, 20 log records · changed 5 fields · refused 2 · quarantined 5 · refused requests: 8'
    expect(statusLine(figures, reasons.length)).toBe(totals)
    expect(statusLine(figures, totals.length)).toBe(
      'received 60 records · changed 5 fields · refused 2 · quarantined 5 · refused requests: 8',
    )
  })
})

describe('the live line', () => {
  it('is rewritten in place when it changed, cut to the terminal, and what is printed goes above it', () => {
    vi.useFakeTimers()
    const output: Output & PassThrough = Object.assign(new PassThrough(), { columns: 14 })
    const erase = '\r\u001b[2K'
    const written = (): string => (output.read() as Buffer | null)?.toString() ?? ''
    let line = 'one'
    const live = new LiveLine(output)
    live.print('before')
    expect(written()).toBe('before\n')
    live.start(() => line)
    expect(written()).toBe(`${erase}one`)
    vi.advanceTimersByTime(3000)
    expect(written()).toBe('')
    line = 'a longer line'
    vi.advanceTimersByTime(1000)
    expect(written()).toBe(`${erase}a longer l…`)
    live.print('note')
    expect(written()).toBe(`${erase}note\na longer l…`)
    live.stop()
    expect(written()).toBe(erase)
    live.print('after')
    expect(written()).toBe('after\n')
    vi.useRealTimers()
  })
})
