// A ruleset broken in every way that people break one: each time it is said what is wrong, where, and how to mend it.
import { describe, expect, it } from 'vitest'
import { renderDiagnostic } from '../../src/diagnostics/render.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const head = 'version: 1\nname: mine\nextends: [builtin:automagik]\n'
const key = { id: 'ktest', bytes: new Uint8Array(32) }

/** `CODE LINE:COLUMN MESSAGE | HELP` of everything that is said. */
function said(text: string, others: Readonly<Record<string, string>> = {}): string[] {
  const files: Readonly<Record<string, string>> = { 'r.yaml': text, ...others }
  const readText = (path: string): string => {
    const found = files[path.split(/[/\\]/).pop() ?? '']
    if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return found
  }
  return loadRuleset({ file: 'r.yaml', readText, env: {}, key, today: '2026-11-21' }).diagnostics.map(
    ({ code, position, message, help }) =>
      `${code} ${position === undefined ? '-' : `${position.line}:${position.column}`} ${message} | ${help ?? ''}`,
  )
}

const rule = (fields: string): string => `${head}rules:\n  - { id: a, ${fields} }\n`
const detector = (pattern: string, match = 'ab', miss = 'x'): string =>
  `${head}detectors:\n  custom:\n    - { id: d, pattern: '${pattern}', class: content, tests: { match: [${match}], miss: [${miss}] } }\n`
const exception = (fields: string): string => `${head}exceptions:\n  - { attr: [x], class: public, ${fields} }\n`

describe('a ruleset that is broken by', () => {
  it.each<[string, string, string]>([
    [
      'wrong indentation',
      `${head}rules:\n  - id: a\n     attr: [x]\n`,
      'syntax 5:9 this is no valid YAML: a line below this one is indented further than it may be | the keys of one map begin in one column',
    ],
    [
      'a tab',
      `${head}rules:\n\t- id: a\n`,
      'syntax 5:1 this is no valid YAML: Tabs are not allowed as indentation | indent with spaces',
    ],
    [
      'a key that is written twice',
      `${head}rules: []\nrules: []\n`,
      'syntax 5:1 this key is written twice in one map | join the two into one',
    ],
    [
      'a quote that is not closed',
      rule('attr: ["x], class: content'),
      'syntax 6:1 this is no valid YAML: a quote is not closed | look above for a quote',
    ],
    [
      'a star without quotes',
      rule('attr: [*_token], class: secret'),
      'syntax 5:21 "*_token" stands for something that is marked &_token, and nothing is | a text that begins with * needs quotes: \'*_token\'',
    ],
    [
      'two documents',
      `${head}---\nrules: []\n`,
      'syntax 4:1 the file holds more than one YAML document | take the line --- out',
    ],
    ['another encoding', rule('attr: [endere\uFFFDo], class: address'), 'syntax 5:27 the file is not UTF-8 | save it'],
    [
      'depth',
      `${head}rules: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`,
      'syntax - this is nested too deeply to be read | maps and lists',
    ],
    ['size', `${head}# ${'x'.repeat(1 << 20)}\n`, 'syntax - the file is larger than 1 MiB | is it the right one?'],
    ['being empty', '', 'wrong-type - this file: got nothing, want map | the keys are version, name'],
    ['being a list', '- a\n', 'wrong-type 1:1 this file: got list, want map'],
    ['another version', 'version: 2\nname: x\n', 'wrong-value 1:10 version: got "2", want 1 |'],
    [
      'an unknown key',
      `${head}rulse: []\n`,
      'unknown-key 4:1 this file has no key "rulse", did you mean "rules"? | the keys are version',
    ],
    [
      'a key without a space behind its colon',
      rule('attr: [x], class:content'),
      'unknown-key 5:25 rules[0] has no key "class:content" | a space belongs behind the colon: class: content',
    ],
    ['a key without a value', `${head}rules:\n`, 'missing-value 4:1 rules has no value'],
    [
      'an unknown class',
      rule('attr: [x], class: contnet'),
      'unknown-class 5:32 no class is called "contnet", did you mean "content"? | the classes are public',
    ],
    [
      'an unknown detector',
      `${head}detectors: { off: [emial] }\n`,
      'wrong-value 4:20 detectors.off[0]: got "emial", want one of email',
    ],
    [
      'an unknown context',
      rule('attr: [x], in: [spann], class: content'),
      'wrong-value 5:30 rules[0].in[0]: got "spann", want one of resource',
    ],
    [
      'an unknown service',
      rule('attr: [x], service: [omny], class: content'),
      'unknown-service 5:35 no service or group is called "omny", did you mean "omni"? | declare it',
    ],
    [
      'an unknown action',
      `${head}classes: { a: maskk }\n`,
      'wrong-value 4:15 classes.a: got "maskk", want one of keep, detect, mask, drop; did you mean "mask"?',
    ],
    [
      'an unknown place',
      rule('path: span.attribute, class: content'),
      'unknown-path 5:20 no place is called "span.attribute", did you mean "span.attributes"? | the places are',
    ],
    [
      'a rule about nothing',
      rule('class: content'),
      'wrong-value 5:5 rules[0]: needs "attr" or "path": what it is about',
    ],
    ['a name of spaces', rule('attr: [" "], class: content'), 'wrong-value 5:21 rules[0].attr[0]: must not be empty'],
    [
      'a pattern in place of a name',
      rule("attr: ['user|member'], class: content"),
      'odd-name 5:21 "user|member" is taken as it is: in a name only * stands for anything | write the names',
    ],
    [
      'a pattern with look-ahead',
      detector('a(?=b)'),
      'bad-pattern 6:25 the pattern of "d" is none of RE2: invalid or unsupported Perl syntax: `(?=` | RE2 has no',
    ],
    [
      'a pattern with a back-reference',
      detector(String.raw`(a)\1`),
      'bad-pattern 6:25 the pattern of "d" is none of RE2: invalid escape sequence: `\\1` | RE2 has no',
    ],
    [
      'a pattern that finds too little',
      detector('abc'),
      'detector-example 6:65 "d" finds nothing in this example | every example under match',
    ],
    [
      'a pattern that finds too much',
      detector('a', 'a', 'ab'),
      'detector-example 6:74 "d" finds something in this example | nothing may be found',
    ],
    ['an exception without a reason', exception('owner: me'), 'missing-key 5:5 exceptions[0] needs the key "reason"'],
    ['an exception without an owner', exception('reason: ours'), 'missing-key 5:5 exceptions[0] needs the key "owner"'],
    [
      'an exception of nobody',
      exception('reason: ours, owner: " "'),
      'wrong-value 5:54 exceptions[0].owner: must not be empty',
    ],
    [
      'an exception that ended',
      exception('reason: ours, owner: me, expires: 2026-11-20'),
      'expired-exception 5:67 this exception ended on 2026-11-20: the default holds again | ask me',
    ],
    [
      'a day that is none',
      exception('reason: ours, owner: me, expires: 2027-02-30'),
      'wrong-value 5:67 exceptions[0].expires: want a date such as 2027-01-31',
    ],
    [
      'a key that is not there',
      `${head}keys: { pseudonym: { active: k1, ring: { k1: { file: no.key } } } }\n`,
      'key-unreadable 4:42 key "k1" of the ring "pseudonym" cannot be read',
    ],
    [
      'two actions of one rank',
      `${rule('attr: [x_contact], class: phone')}  - { id: b, attr: [x_contact], class: email }\n`,
      'conflict 6:11 the rules "a" and "b" give "x_contact" two classes of one strictness, "phone" and "email" | take "x_contact" out',
    ],
    [
      'a layer that is not there',
      'version: 1\nname: mine\nextends: [team.yaml]\n',
      'unreadable 3:11 cannot read the ruleset "team.yaml" (ENOENT) | it is looked for at ',
    ],
    [
      'event schemas that are not there',
      'version: 1\nname: mine\nextends: builtin:base\nevents: { schemas: [nowhere] }\n',
      'unreadable 4:21 cannot read the event schemas "nowhere" (ENOENT) | they are looked for at ',
    ],
    [
      'a shipped layer without its prefix',
      'version: 1\nname: mine\nextends: automagik\n',
      'unreadable 3:10 cannot read the ruleset "automagik" (ENOENT) | the shipped one is called builtin:automagik',
    ],
    [
      'an unknown shipped layer',
      'version: 1\nname: mine\nextends: builtin:automagick\n',
      'unknown-layer 3:10 no built-in layer is called "builtin:automagick", did you mean "builtin:automagik"?',
    ],
    [
      'an anchor that makes a rule twice',
      `${head}rules:\n  - &a { id: a, attr: [x], class: content }\n  - *a\n`,
      'duplicate-rule 5:14 two rules have the id "a"',
    ],
    [
      'a case of two records',
      `${head}tests:\n  - { name: x, in: { span: {}, log: {} }, never: [x] }\n`,
      'wrong-value 5:20 tests[0].in: want exactly one of event, span, log, metric',
    ],
  ])('%s', (_what, text, expected) => {
    expect(said(text)).toContainEqual(expect.stringContaining(`ruleset/${expected}`))
  })

  it('itself', () => {
    const team = 'version: 1\nname: team\nextends: [r.yaml]\n'
    const found = said('version: 1\nname: mine\nextends: [team.yaml]\n', { 'team.yaml': team })
    expect(found).toEqual(['ruleset/cycle 3:11 "r.yaml" extends itself: r.yaml → team.yaml → r.yaml | '])
  })
})

describe('what may look broken', () => {
  it.each([
    [
      'anchors and merge keys',
      `${head}rules:\n  - &base { id: a, attr: [x], class: content }\n  - { <<: *base, id: b }\n`,
    ],
    ['Windows’ ends of lines', `${head}rules: []\n`.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${head}`],
  ])('%s, loads', (_what, text) => {
    expect(said(text)).toEqual([])
  })
})

describe('a line that is shown', () => {
  const position = (column: number) => ({ line: 1, column, length: 3 })
  const shown = (line: string, column: number): string[] =>
    renderDiagnostic(
      { code: 'a/b', severity: 'error', message: 'm', file: 'f', position: position(column) },
      new Map([['f', line]]),
    ).split('\n')

  it('is cut around its mark when it is too long', () => {
    const [, , , line, carets] = shown(`${'x'.repeat(5000)}bad${'y'.repeat(5000)}`, 5001)
    expect(line.length).toBeLessThan(220)
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('bad')
  })

  it('holds nothing that a terminal would obey', () => {
    const [, , , line] = shown('a: \u001b[2Jbad', 8)
    expect(line).toBe('1 | a: ·[2Jbad')
  })
})
