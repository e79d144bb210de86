import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { diagnosticsToJson, renderDiagnostic, renderDiagnostics } from '../../src/diagnostics/render.ts'

const fault: Diagnostic = {
  code: 'ruleset/unknown-action',
  severity: 'error',
  message: 'no action is called "maskk", did you mean "mask"?',
  file: 'rulesets/base.yaml',
  position: { line: 4, column: 13, length: 5 },
  help: 'actions are drop, mask, hash',
}
const source = (line: string): Map<string, string> => new Map([['rulesets/base.yaml', `a\nb\nc\n${line}\ne`]])

describe('renderDiagnostic', () => {
  it('shows the sentence, the place, the line and a caret', () => {
    expect(renderDiagnostic(fault, source('    action: maskk'))).toBe(
      [
        'error[ruleset/unknown-action]: no action is called "maskk", did you mean "mask"?',
        ' --> rulesets/base.yaml:4:13',
        '  |',
        '4 |     action: maskk',
        '  |             ^^^^^',
        '  = help: actions are drop, mask, hash',
      ].join('\n'),
    )
  })

  it('goes without the line when the text is not at hand, and without a place when there is none', () => {
    expect(renderDiagnostic(fault)).not.toContain('|')
    const { position: _, help: __, ...bare } = fault
    expect(renderDiagnostic(bare)).toBe(
      'error[ruleset/unknown-action]: no action is called "maskk", did you mean "mask"?\n --> rulesets/base.yaml',
    )
  })

  it('keeps the caret under its text behind tabs', () => {
    expect(renderDiagnostic({ ...fault, position: { line: 4, column: 2, length: 3 } }, source('\tkey: 1'))).toContain(
      '  | \t^^^',
    )
  })

  it('colours on request only', () => {
    expect(renderDiagnostic(fault)).not.toContain('\u001b')
    expect(renderDiagnostic(fault, new Map(), true)).toContain('\u001b[1;31m')
  })

  it.each([
    ['bearer_token: s3cr3tvalue', 'bearer_token: ***********'],
    ['  authorization: Bearer s3cr3tvalue, x: 1', '  authorization: ****** ***********, x: 1'],
    ['{"api-key": "s3cr3tvalue"}', '{"api-key": *************}'],
    ["bearer_token: 'a,b}#s3cr3t' # ours", 'bearer_token: ************* # ours'],
    ['{ bearer_token: "a\\"}s3cr3t", x: 1 }', '{ bearer_token: ************, x: 1 }'],
    ['bearer_token: a,b}c#s3cr3t', 'bearer_token: ************'],
    ['{ auth: { bearer_token: s3cr3t }, x: 1 }', '{ auth: { bearer_token: ****** }, x: 1 }'],
    ["bearer_token: '${env:TOKEN:-s3cr3t}'", 'bearer_token: **********************'],
    ['endpoint: http://me:s3cr3tvalue@host/x', 'endpoint: http://**************@host/x'],
  ])('covers the secret in %j, column by column', (line, shown) => {
    const text = renderDiagnostic({ ...fault, position: { line: 4, column: 1, length: 1 } }, source(line))
    expect(text).toContain(`4 | ${shown}\n`)
    expect(text).not.toContain('s3cr3t')
  })

  it.each(['bearer_token: ${env:TOKEN}', "auth: { bearer_token: '${env:TOKEN}', x: 1 }"])(
    'shows the name of a variable, which is no secret: %j',
    (line) => {
      const text = renderDiagnostic({ ...fault, position: { line: 4, column: 1, length: 1 } }, source(line))
      expect(text).toContain(`4 | ${line}\n`)
    },
  )
})

it('renders many with an empty line between, and none as nothing', () => {
  expect(renderDiagnostics([fault, fault]).split('\n\n')).toHaveLength(2)
  expect(renderDiagnostics([])).toBe('')
})

it('gives programs the same as data', () => {
  expect(JSON.parse(diagnosticsToJson([fault]))).toEqual([fault])
})
