import { describe, expect, it } from 'vitest'
import { substitute } from './substitute.ts'

const values = { rangeSeconds: 3600, stepSeconds: 15 }

describe('substitute', () => {
  it('gives "All" to what is not chosen', () => {
    expect(substitute('{job=~"$job"}', 'prometheus', values)).toBe('{job=~".+"}')
    expect(substitute('{job=~"$scrape_job"}', 'prometheus', values)).toBe('{job=~"automagik-gateway"}')
  })

  it('writes several values as each data source does', () => {
    const chosen = { job: ['omni', 'a.b'] }
    expect(substitute('{job=~"$job"}', 'prometheus', { ...values, chosen })).toBe(String.raw`{job=~"(omni|a\\.b)"}`)
    expect(substitute('{a=~"$job"}', 'loki', { ...values, chosen: { job: ['omni'] } })).toBe('{a=~"omni"}')
    expect(substitute('{ a =~ "$job" }', 'tempo', { ...values, chosen })).toBe('{ a =~ "omni|a.b" }')
  })

  it('gives times to the ranges', () => {
    expect(substitute('x[$__range] y[$__rate_interval] z[${__auto}]', 'prometheus', values)).toBe(
      'x[3600s] y[60s] z[15s]',
    )
  })

  it('refuses a variable that it has no value for', () => {
    expect(() => substitute('x{a="$nobody"}', 'prometheus', values)).toThrow('no value for $nobody')
  })
})
