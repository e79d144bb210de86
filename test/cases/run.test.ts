import { describe, expect, it } from 'vitest'
import { runRulesetTests } from '../../src/cases/run.ts'
import { builtinFiles } from '../../src/ruleset/layers.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32).fill(7) }
const load = (tests: string) =>
  loadRuleset({ file: 'x.yaml', readText: () => `version: 1\nname: x\nextends: [builtin:automagik]\n${tests}`, key })

function failures(tests: string): readonly string[] {
  const { program, diagnostics } = load(`tests:\n${tests}`)
  if (program === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return runRulesetTests(program).flatMap((result) => result.failures)
}

describe('the cases of the shipped rulesets', () => {
  const shipped = Object.keys(builtinFiles).flatMap((file) => {
    const program = loadRuleset({ file, key }).program!
    return runRulesetTests(program).map((result) => ({ file, name: result.test.name, failures: result.failures }))
  })

  it('are there, for the ruleset and the allow-list', () => {
    expect(new Set(shipped.map(({ file }) => file))).toEqual(new Set(['builtin:automagik', 'builtin:strict']))
  })

  it.each(shipped)('$file: $name', (result) => {
    expect(result.failures).toEqual([])
  })
})

describe('a case that fails', () => {
  it.each<[string, string, string[]]>([
    [
      'says what an attribute is, and what it must be',
      `  - {name: a, in: {span: {attributes: {note_x: a}}}, out: {span: {attributes: {note_x: b, other: c}}}}`,
      ['span.attributes["note_x"] is "a", want "b"', 'span.attributes["other"] is gone, want "c"'],
    ],
    [
      'says what is still there',
      `  - {name: a, in: {log: {body: text}}, out: {log: {body: null}}}`,
      ['log.body is "text", want it gone'],
    ],
    [
      'says what must be nowhere',
      `  - {name: a, in: {log: {attributes: {x: Zaphod}}}, never: [Zaphod, Trillian]}`,
      ['"Zaphod" is in what is sent on'],
    ],
    [
      'says how often a detector found something',
      `  - {name: a, in: {log: {body: a@example.com b@example.com}}, hits: {email: 1, phone: 0}}`,
      ['email found 2, want 1'],
    ],
    [
      'says where in a structure',
      `  - {name: a, in: {log: {body: {a: [1, true]}}}, out: {log: {body: {a: [1, false]}}}}`,
      ['log.body.a[1] is true, want false'],
    ],
    [
      'says what a text must look like',
      `  - {name: a, in: {span: {attributes: {user.id: '1'}}}, out: {span: {attributes: {user.id: 'hm:*-'}}}}`,
      [expect.stringMatching(/^span\.attributes\["user\.id"\] is "hm:ktest:[0-9a-f]{16}", want "hm:\*-"$/) as string],
    ],
  ])('%s', (_what, tests, said) => {
    expect(failures(tests)).toEqual(said)
  })

  it('points at its place', () => {
    const { program } = load(`tests:\n  - {name: a, in: {log: {body: x}}, never: [x]}`)
    expect(runRulesetTests(program!)[0].test.place).toMatchObject({ file: 'x.yaml', position: { line: 5 } })
  })
})

describe('a star in a text that is wanted', () => {
  it.each([
    ['a*c', 'abc', true],
    ['a*c', 'ac', true],
    ['*b*', 'abc', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-c-b', false],
    ['a*b*c', 'a-b-c', true],
  ])('%s and %s', (wanted, text, fits) => {
    const out = failures(`  - {name: a, in: {span: {name: '${text}'}}, out: {span: {name: '${wanted}'}}}`)
    expect(out.length === 0).toBe(fits)
  })
})

describe('what a case may send', () => {
  it('is every kind of record, of a service, with attributes of the resource', () => {
    expect(
      failures(`  - name: metric
    in: {service: shop, resource: {deployment.environment: test}, metric: {name: m, unit: s, attributes: {a: 1.5}}}
    out: {service: shop, resource: {deployment.environment: test}, metric: {name: m, unit: s, attributes: {a: 1.5}}}
  - name: span
    in: {span: {name: s, events: [{name: e, attributes: {b: [x, {c: y}]}}], status_message: fine}}
    out: {span: {name: s, events: [{name: e, attributes: {b: [x, {c: y}]}}], status_message: fine}}
  - name: log
    in: {log: {event_name: known, body: {a: {b: [null, -3]}}}}
    out: {log: {event_name: known, body: {a: {b: [null, -3]}}}}
`),
    ).toEqual([])
  })

  it.each([
    ['{name: a, in: {span: {}, log: {}}, never: [x]}', 'want exactly one of event, span, log, metric'],
    ['{name: a, in: {service: x}, never: [x]}', 'want exactly one of event, span, log, metric'],
    ['{name: a, in: {span: {}}}', 'needs "out", "never" or "hits"'],
    ['{name: a, in: {span: {}}, out: {log: {}}}', '"out" speaks of another kind of record than "in"'],
    ['{name: a, in: {spam: {}}, never: [x]}', 'spam'],
    ['{name: a, in: {span: {}}, hits: {phones: 1}}', 'no detector is called "phones", did you mean "phone"'],
  ])('is not %s', (test, message) => {
    const { program, diagnostics } = load(`tests:\n  - ${test}`)
    expect(program).toBeUndefined()
    expect(diagnostics).toMatchObject([
      { severity: 'error', message: expect.stringContaining(message), position: { line: 5 } },
    ])
  })

  it('counts for nothing but itself: the digest is the same without', () => {
    const digest = load('').program?.digest
    expect(load(`tests: [{name: a, in: {log: {body: x}}, never: [y]}]`).program?.digest).toBe(digest)
  })
})
