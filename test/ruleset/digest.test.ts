import { describe, expect, it } from 'vitest'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32) }
const digest = (text: string): string =>
  loadRuleset({ file: 'x.yaml', readText: () => `version: 1\nname: x\n${text}`, key }).program!.digest

describe('the digest', () => {
  it('does not depend on order and formatting', () => {
    expect(
      digest(
        'rules: [{id: a, attr: [x, y], class: secret}, {id: b, attr: Z, class: person}]\nclasses: {k: drop, l: mask}',
      ),
    ).toBe(
      digest(
        '# words\nclasses:\n  l: mask\n  k: drop\nrules:\n  - {class: person, attr: z, id: b}\n  - {id: a, class: secret, attr: [y, x, x]}\n'.replace(
          'x, x',
          'x',
        ),
      ),
    )
  })

  it.each([
    ['rules: [{id: a, attr: x, class: secret}]', 'rules: [{id: a, attr: y, class: secret}]'],
    ['rules: [{id: a, attr: x, class: secret}]', 'rules: [{id: a, attr: x, in: span, class: secret}]'],
    [
      `rules: [{id: a, path: "log.body['x']['y']", class: secret}]`,
      `rules: [{id: a, path: "log.body['y']['x']", class: secret}]`,
    ],
    ['classes: {a: mask}', 'classes: {a: drop}'],
    ['conventions: {rename: {a: b}}', 'conventions: {rename: {b: a}}'],
    ['defaults: {limits: {depth: 4}}', 'defaults: {limits: {depth: 5}}'],
    ['detectors: {off: [mac]}', ''],
    ['extends: builtin:repair', ''],
    ['extends: builtin:metrics', ''],
    ['metrics: {max_series: 1}', 'metrics: {max_series: 2}'],
    ['metrics: {cumulative: {buckets: {ms: [1]}}}', 'metrics: {cumulative: {buckets: {ms: [2]}}}'],
    [
      'metrics: {derived: [{name: m, from: event, value: a_ms, by: []}]}',
      'metrics: {derived: [{name: m, from: event, value: a_s, by: []}]}',
    ],
  ])('tells %s from %s', (one, other) => {
    expect(digest(one)).not.toBe(digest(other))
  })

  it('tells keys apart by their ids, and holds nothing of their bytes', () => {
    const withKey = (id: string, fill: number): string =>
      loadRuleset({ key: { id, bytes: new Uint8Array(32).fill(fill) } }).program!.digest
    expect(withKey('a', 1)).toBe(withKey('a', 2))
    expect(withKey('a', 1)).not.toBe(withKey('b', 1))
  })
})
