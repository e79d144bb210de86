// Rulesets that drop what they do not name (`defaults.attribute`): the labels that the gateway gives its own series stay, or
// all of them would be one series to a store.
import { expect, it } from 'vitest'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { event, sdkCounter, stageUnderTest } from './stage-under-test.ts'

const text = `version: 1
name: strict
extends: builtin:automagik
defaults: { attribute: content }
rules:
  - { id: ours, class: internal, attr: [duration_ms, executor] }
`
const { program, diagnostics } = loadRuleset({
  file: 'strict.yaml',
  readText: () => text,
  key: { id: 'ktest', bytes: new Uint8Array(32).fill(7) },
})

it('series stay apart under an allow-list, and are of a service and a gateway', () => {
  expect(diagnostics).toEqual([])
  const under = stageUnderTest({ program: program!, rules: { maxSeries: 2 } })
  under.take('traces', event('automagik.api.request', { duration_ms: 30, note: 'x' }))
  under.take('traces', event('automagik.error', { duration_ms: 30 }))
  for (const executor of ['A', 'B', 'C'])
    under.take('metrics', sdkCounter(1, { executor, outcome: executor, note: 'x' }))
  const points = under.flush()
  const identities = points.map(({ metric, labels, timeMs, resource }) => {
    expect(resource).toEqual({ 'service.name': 'forge', 'service.instance.id': under.store.gatewayId })
    expect(Object.keys(labels)).not.toContain('note')
    return JSON.stringify([metric, labels, timeMs])
  })
  expect(new Set(identities).size).toBe(points.length)
  expect(points.some(({ labels }) => labels['otel.metric.overflow'] === 'true')).toBe(true)
})
