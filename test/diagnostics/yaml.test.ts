import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadYaml, positionOf, positionOfKey, valueOf } from '../../src/diagnostics/yaml.ts'

describe('loadYaml', () => {
  const { yaml } = loadYaml(
    'a.yaml',
    'one: 1\nmap:\n  key: "text"\nlist: [a, {b: c}]\nblock:\n  - x: 1\n    y: 2\n',
    'config',
  )

  it.each([
    [['one'], 1, 6, 1],
    [['map', 'key'], 3, 8, 6],
    [['list', 1, 'b'], 4, 15, 1],
    [['list', 1], 4, 11, 1],
    // A map in block style has no text of its own: its key is marked.
    [['map'], 2, 1, 3],
    [['block', 0], 6, 5, 1],
    [['block', 0, 'y'], 7, 8, 1],
    // What is not written is marked at the nearest thing above it.
    [['map', 'absent'], 2, 1, 3],
  ])('knows where %j is', (path, line, column, length) => {
    expect(positionOf(yaml, path)).toEqual({ line, column, length })
  })

  it('knows where a key is', () => {
    expect(positionOfKey(yaml, ['map', 'key'])).toEqual({ line: 3, column: 3, length: 3 })
  })

  it('follows anchors and merges', () => {
    const { yaml: merged, diagnostics } = loadYaml('a.yaml', 'base: &b {x: 1}\nuse: {<<: *b, y: *b}\n', 'config')
    expect(diagnostics).toEqual([])
    expect(valueOf(merged)).toEqual({ base: { x: 1 }, use: { x: 1, y: { x: 1 } } })
    expect(positionOf(merged, ['use', 'y', 'x'])).toEqual({ line: 1, column: 14, length: 1 })
  })

  it.each([
    ['a: 1\na: 2\n', 'this key is written twice in one map', { line: 2, column: 1, length: 1 }],
    ['a: 1\n---\nb: 1\n', 'the file holds more than one YAML document', undefined],
    ['a: !tag 1\n', 'YAML tags are not used here', { line: 1, column: 4, length: 4 }],
    ['? [a, b]\n: 1\n', 'a key must be plain text', { line: 1, column: 3, length: 1 }],
    ['a: [1\n', 'this is no valid YAML', undefined],
  ])('refuses %j', (text, message, position) => {
    const [first] = loadYaml('a.yaml', text, 'config').diagnostics
    expect(first).toMatchObject({ code: 'config/syntax', severity: 'error', file: 'a.yaml' })
    expect(first.message).toContain(message)
    if (position !== undefined) expect(first.position).toEqual(position)
  })

  it('says that a variable needs quotes inside braces', () => {
    const [first] = loadYaml('a.yaml', 'a: {b: ${env:X}}\n', 'config').diagnostics
    expect(first.help).toBe('inside { } and [ ] a variable needs quotes: "${env:NAME}"')
  })

  it('never repeats the text that it cannot read', () => {
    const { diagnostics } = loadYaml('a.yaml', 'token: {a: b} s3cr3t-value\n  other: s3cr3t-value\n', 'config')
    expect(diagnostics.length).toBeGreaterThan(0)
    expect(diagnostics.map(({ message }) => message).join()).not.toContain('s3cr3t')
  })

  it('survives aliases that multiply and nesting without end', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij']
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join()}]`)
      .join('\n')}\n`
    expect(loadYaml('a.yaml', bomb, 'config').diagnostics).toHaveLength(1)
    expect(loadYaml('a.yaml', '['.repeat(20_000), 'config').diagnostics).not.toEqual([])
  })

  it('throws for no text', () => {
    const yamlish = fc.array(
      fc.constantFrom(
        'a',
        ': ',
        '\n',
        '- ',
        '  ',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '&x ',
        '*x',
        '|',
        '!t ',
        '#',
        ',',
        '\t',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          yamlish.map((parts) => parts.join('')),
        ),
        (text) => {
          const { yaml: any, diagnostics } = loadYaml('a.yaml', text, 'config')
          for (const { position } of diagnostics) expect(position === undefined || position.line >= 1).toBe(true)
          if (diagnostics.length === 0) valueOf(any)
        },
      ),
    )
  })
})
