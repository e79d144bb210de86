import { describe, expect, it } from 'vitest'
import { selectorsOf } from './grammar.ts'

describe('selectorsOf', () => {
  it('says what is asked of a metric, and how', () => {
    expect(selectorsOf('sum by (job, le) (rate(a_total{job=~"x", b="y"}[5m])) / 2')).toEqual([
      {
        metric: 'a_total',
        matchers: ['job=~"x"', 'b="y"'],
        groupedBy: ['job', 'le'],
        inside: 'rate',
        range: '5m',
        isFirstAppearance: false,
      },
    ])
  })

  it('sees a metric that is in no function', () => {
    expect(selectorsOf('sum(a_total)')).toMatchObject([{ metric: 'a_total', inside: undefined, range: undefined }])
    expect(selectorsOf('max_over_time(a_total[5m])')).toMatchObject([{ inside: 'max_over_time' }])
  })

  it('sees what is only there since lately', () => {
    const both = (query: string): boolean[] => selectorsOf(query).map((selector) => selector.isFirstAppearance)
    expect(both('sum((a{x="1"} unless (a{x="1"} offset 60s)) or increase(a{x="1"}[60s]))')).toEqual([true, true, false])
    expect(both('a unless (b offset 60s)')).toEqual([false, false])
    expect(both('a unless a')).toEqual([false, false])
  })
})
