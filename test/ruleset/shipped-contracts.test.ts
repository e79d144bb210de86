// What the shipped rulesets promise of themselves, held against their closures.
import { describe, expect, it } from 'vitest'
import { closureOf, type ClosureCell } from '../../src/ruleset/closure.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32) }
const loaded = (file: string) => {
  const { program } = loadRuleset({ file, key })
  return { program: program!, closure: closureOf(program!) }
}
const guarded = (cells: readonly ClosureCell[]): ClosureCell[] =>
  cells.filter(({ disposition }) => disposition.grade === 'guarded')

/** The events of both SDKs. */
const standard: ReadonlySet<string> = new Set([
  'automagik.api.request',
  'automagik.cli.command',
  'automagik.error',
  'automagik.feature.used',
  'automagik.health',
  'automagik.performance.latency',
])

describe('builtin:automagik', () => {
  const { program, closure } = loaded('builtin:automagik')

  it('has no open cell and no exception that keeps anything', () => {
    expect(closure.totals).toMatchObject({ open: 0, excepted: 0 })
  })

  it('fixes every attribute of a standard event but texts, which have no closed list of values', () => {
    const left = new Set(
      guarded(closure.cells).flatMap(({ event, name, place }) =>
        event !== undefined &&
        standard.has(event) &&
        name?.is === 'name' &&
        place === 'span.attributes' &&
        program.events.get(event)?.attributes.has(name.text)
          ? [name.text]
          : [],
      ),
    )
    // A name that comes here new must be one that docs/contract.md explains.
    expect(left.size).toBeLessThan(36)
    for (const name of [
      'duration_ms',
      'success',
      'user.id',
      'session.id',
      'http.request.method',
      'http.response.status_code',
      'severity',
      'os.type',
    ])
      expect([name, left.has(name)]).toEqual([name, false])
  })
})

describe('builtin:strict', () => {
  const { closure } = loaded('builtin:strict')

  it('has no open cell and no exception that keeps anything', () => {
    expect(closure.totals).toMatchObject({ open: 0, excepted: 0 })
  })

  it('guards nothing but what its list, a schema, or a rule of the metrics names', () => {
    const unnamed = guarded(closure.cells).filter(
      (cell) =>
        cell.place !== 'attribute names' &&
        !cell
          .because()
          .some((reason) =>
            reason.is === 'rule'
              ? /^(strict|series)-/.test(reason.name)
              : reason.is === 'schema' ||
                (reason.is === 'exception' && /time_(to_first|per_output)_token/.test(reason.name)),
          ),
    )
    expect(unnamed.map(({ place, name }) => [place, name?.text])).toEqual([])
  })

  it('guards no name that it does not write out', () => {
    const open = guarded(closure.cells).filter(({ name }) => name?.is === 'glob' || name?.is === 'other')
    expect(open.map(({ place, name }) => [place, name?.text])).toEqual([])
  })
})
