import { describe, expect, it } from 'vitest'
import { createEngine } from '../../src/processors/engine.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }

interface Written {
  readonly id?: string
  readonly pattern: string
  readonly class?: string
  readonly match?: readonly string[]
  readonly miss?: readonly string[]
}

function load(...detectors: Written[]) {
  const custom = detectors.map(({ id = 'mine', pattern, class: className = 'user.id', match, miss }) => ({
    id,
    pattern,
    class: className,
    tests: { match: match ?? ['ORD-123456'], miss: miss ?? ['nothing here'] },
  }))
  const readText = (): string =>
    JSON.stringify({ version: 1, name: 'x', extends: 'builtin:automagik', detectors: { custom } }, null, 1)
  return loadRuleset({ file: 'x.yaml', readText, key })
}

const order = { id: 'order', pattern: 'ORD-\\d{6}' }
const session = { id: 'omni-session', pattern: '^[\\w-]+_\\d{8,15}$', class: 'phone', match: ['main_5511912345678'] }
const plate = { id: 'plate', pattern: '\\b[A-Z]{3}\\d[A-Z]\\d{2}\\b', class: 'identity', match: ['BRA2E19'] }

describe('a detector of a user', () => {
  const { program } = load(order, session, plate)
  const engine = createEngine(program!)
  const pseudonym = /hm:ktest:[0-9a-f]{16}/

  it.each<[string, RegExp | string]>([
    ['asked for ORD-123456 and ORD-654321', /^asked for hm:ktest:[0-9a-f]{16} and hm:ktest:[0-9a-f]{16}$/],
    ['main_5511912345678', /^hm:ktest:[0-9a-f]{16}$/],
    ['é, a plate: BRA2E19.', 'é, a plate: [plate].'],
    ['{"a": "ORD-123456", "b": ["BRA2E19"]}', /^\{"a": "hm:ktest:[0-9a-f]{16}", "b": \["\[plate\]"\]\}$/],
    ['ORD-12345 is too short', 'ORD-12345 is too short'],
  ])('%s', (text, left) => {
    if (typeof left === 'string') expect(engine.text(text)).toBe(left)
    else expect(engine.text(text)).toMatch(left)
  })

  it('gives one thing one pseudonym, and leaves it alone', () => {
    const [first, second] = ['see ORD-123456', 'ORD-123456 once more'].map(
      (text) => pseudonym.exec(engine.text(text)!)?.[0],
    )
    expect(first).toBe(second)
    expect(engine.text(`see ${first}`)).toBe(`see ${first}`)
  })

  it('leaves pseudonyms alone, even if it would find something in one', () => {
    const hex = { id: 'hex', pattern: '[0-9a-f]{16}', match: ['0123456789abcdef'] }
    const own = createEngine(load(hex).program!)
    const once = own.text('0123456789abcdef ana@example.com')!
    expect(once).toMatch(/^hm:ktest:[0-9a-f]{16} \[email\]@hm:ktest:[0-9a-f]{16}$/)
    expect(own.text(once)).toBe(once)
  })

  it('is counted by its id, its class with it', () => {
    const own = createEngine(load(order).program!)
    own.text('ORD-123456, ORD-654321')
    expect([...own.tally.found]).toEqual([['order', 2]])
    expect([...own.tally.changed]).toEqual([['user.id', 1]])
  })

  it('becomes {id} in a name', () => {
    const span = { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', name: 'GET /orders/ORD-123456' }
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }))
    const { batch } = engine.process({ signal: 'traces', encoding: 'json', body })
    expect(Buffer.from(batch!.bytes).toString()).toContain('GET /orders/{order}')
  })

  it('and a built-in one that overlap are one find, over both', () => {
    const around = { id: 'around', pattern: 'mail:\\S+ now', class: 'secret', match: ['mail:x now'] }
    expect(createEngine(load(around).program!).text('a mail:ana@example.com now b')).toBe('a [REDACTED] b')
    const inside = { id: 'inside', pattern: 'example', class: 'secret', match: ['example'] }
    expect(createEngine(load(inside).program!).text('ana@example.com')).toMatch(/^\[email\]@hm:/)
  })

  it('that finds more than 64 things takes the whole value along', () => {
    expect(engine.text('ORD-123456 '.repeat(65))).toBe('[REDACTED]')
  })

  it('is cut whole', () => {
    const custom = load({ ...order, class: 'identity' }).program!
    const limited = {
      ...custom,
      defaults: { ...custom.defaults, limits: { ...custom.defaults.limits, valueBytes: 67 } },
    }
    expect(createEngine(limited).text(`${'x '.repeat(32)}ORD-123456`)).toBe('x '.repeat(32))
  })

  it('counts for the digest, in any order', () => {
    expect(load(order, plate).program?.digest).toBe(load(plate, order).program?.digest)
    expect(load(order).program?.digest).not.toBe(load({ ...order, class: 'phone' }).program?.digest)
  })
})

describe('what is refused', () => {
  it.each<[string, Written, string, string]>([
    ['a pattern that is none', { pattern: 'ORD-(\\d' }, 'ruleset/bad-pattern', 'missing closing )'],
    ['a back-reference', { pattern: '(a)\\1' }, 'ruleset/bad-pattern', 'invalid escape'],
    ['a pattern of nothing', { pattern: '(ORD)?' }, 'ruleset/bad-pattern', 'empty text'],
    ['a pattern of what replaces it', { pattern: '\\{\\w+\\}', match: ['{a}'] }, 'ruleset/bad-pattern', '{mine}'],
    ['an example that is not found', { ...order, match: ['ORD-12345'] }, 'ruleset/detector-example', 'finds nothing'],
    ['an example that is found', { ...order, miss: ['ORD-123456'] }, 'ruleset/detector-example', 'finds something'],
    ['a class that is not there', { ...order, class: 'nobody' }, 'ruleset/unknown-class', 'nobody'],
    ['the name of a built-in detector', { ...order, id: 'email' }, 'ruleset/duplicate-detector', 'the gateway'],
  ])('%s', (_what, written, code, message) => {
    const { program, diagnostics } = load(written)
    expect(program).toBeUndefined()
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code,
        severity: 'error',
        message: expect.stringContaining(message) as string,
        position: expect.objectContaining({ line: expect.any(Number) as number }) as object,
      }),
    )
  })

  it('is a name that is used twice', () => {
    expect(load(order, order).diagnostics).toMatchObject([{ code: 'ruleset/duplicate-detector' }])
  })

  it('points at the example that fails', () => {
    const { diagnostics, sources } = load({ ...order, match: ['ORD-123456', 'ORD-12345'] })
    const line = sources.get('x.yaml')?.split('\n')[(diagnostics[0].position?.line ?? 0) - 1]
    expect(line?.trim()).toBe('"ORD-12345"')
  })

  it('is not, but warned of, a pattern without a literal', () => {
    const { program, diagnostics } = load(plate)
    expect(program).toBeDefined()
    expect(diagnostics).toMatchObject([{ code: 'ruleset/slow-pattern', severity: 'warning' }])
  })
})

describe('time', () => {
  // Each of these takes a backtracking matcher longer than anyone waits.
  it.each(['^(a+)+$', '^(?:a|aa)+b', '(?:a*)*x', '.*.*.*=.*'])('%s ends on a long text', (pattern) => {
    const { program } = load({ pattern: `${pattern}|ORD-\\d{6}`, match: ['ORD-123456'], miss: ['!'] })
    expect(createEngine(program!).text(`${'a'.repeat(100_000)}!`)).not.toBeNull()
  })
})
