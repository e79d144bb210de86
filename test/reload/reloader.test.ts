// Reloads one at a time, and what is in force after each.
import { describe, expect, it } from 'vitest'
import { createReloader, type Reload, type Reloader } from '../../src/reload/reloader.ts'
import type { Verdict } from '../../src/reload/verdict.ts'
import type { Program } from '../../src/ruleset/program.ts'

const program = (digest: string): Program => ({ digest }) as Program
const verdict = (over: Partial<Verdict> = {}): Verdict => ({
  outcome: 'unchanged',
  findings: [],
  changes: [],
  files: new Map(),
  ...over,
})

/** A reloader whose verdicts are given by hand. */
function byHand() {
  let inForce = program('first')
  const asked: { give: (verdict: Verdict) => void; fail: (error: Error) => void }[] = []
  const done: Reload[] = []
  const reloader: Reloader = createReloader({
    file: 'ruleset.yaml',
    judge: () => new Promise((give, fail) => asked.push({ give, fail })),
    inForce: () => inForce,
    replace: (next) => (inForce = next),
    follow() {},
    done: (reload) => done.push(reload),
  })
  return { reloader, asked, done, inForce: () => inForce.digest, settled: () => new Promise((go) => setImmediate(go)) }
}

describe('reloads', () => {
  it('put a program in force, and say from which to which', async () => {
    const { reloader, asked, inForce, settled } = byHand()
    const reload = reloader.reload('signal')
    await settled()
    asked[0].give(verdict({ outcome: 'reloaded', program: program('second'), digest: 'second' }))
    expect(await reload).toMatchObject({ outcome: 'reloaded', trigger: 'signal', before: 'first', after: 'second' })
    expect(inForce()).toBe('second')
    expect(reloader.figures().times).toMatchObject({ reloaded: 1, unchanged: 0, failed: 0 })
  })

  it('run one after the other; those who ask before the next has begun share it', async () => {
    const { reloader, asked, done, settled } = byHand()
    const first = reloader.reload('file')
    await settled()
    const [second, third] = [reloader.reload('request'), reloader.reload('signal')]
    await settled()
    expect(asked).toHaveLength(1)
    asked[0].give(verdict())
    await first
    // Somebody who asks as soon as they hear of the first shares the second as well, or waits for it.
    const fourth = reloader.reload('request')
    await settled()
    expect(asked).toHaveLength(2)
    asked[1].give(verdict({ outcome: 'invalid' }))
    expect(await third).toBe(await second)
    await settled()
    for (const { give } of asked) give(verdict())
    await fourth
    expect(done.map(({ outcome }) => outcome).slice(0, 2)).toEqual(['unchanged', 'invalid'])
    expect(asked.length).toBe(done.length)
  })

  it('that fail leave in force what was, say why, and do not keep the next from running', async () => {
    const { reloader, asked, inForce, settled } = byHand()
    const failing = reloader.reload('file')
    await settled()
    asked[0].fail(new Error('it took too long'))
    expect(await failing).toMatchObject({ outcome: 'failed', why: 'it took too long', after: undefined })
    expect(inForce()).toBe('first')
    const next = reloader.reload('file')
    await settled()
    asked[1].give(verdict())
    expect((await next).outcome).toBe('unchanged')
  })

  it('that are refused leave the time of the last success', async () => {
    const { reloader, asked, settled } = byHand()
    const { successMs } = reloader.figures()
    const refused = reloader.reload('file')
    await settled()
    asked[0].give(verdict({ outcome: 'loosens' }))
    await refused
    expect(reloader.figures()).toMatchObject({ successMs, last: { outcome: 'loosens' } })
  })
})
