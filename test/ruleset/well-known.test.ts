import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { wellKnown, wellKnownFiles } from '../../scripts/generate-well-known.ts'
import { createClassifier } from '../../src/ruleset/cells.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

describe('the layer of well-known attributes', () => {
  it.each(Object.entries(wellKnownFiles()))('%s is what `npm run generate` writes', (path, text) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text)
  })

  it('decides on every attribute that the package says is to be scrubbed', () => {
    expect(wellKnown().undecided).toEqual([])
  })

  it.each([
    ['user.ip_address', 'address'],
    ['user.username', 'person'],
    ['device.name', 'person'],
    ['db.sql.bindings', 'content'],
    ['mcp.request.argument.recipient', 'content'],
    // An older name of what is classed by hand.
    ['ai.input_messages', 'content'],
    ['messaging.url', 'secret'],
    // Looked at by the detectors alone.
    ['url.full', 'internal'],
    ['db.query.text', 'internal'],
    // Counts and durations that names of content and secrets resemble.
    ['ai.prompt_tokens.used', 'internal'],
    ['gen_ai.usage.input_tokens', 'internal'],
    ['gen_ai.response.time_to_first_token', 'internal'],
  ])('%s is of the class %s under the shipped rules', (name, className) => {
    const { program } = loadRuleset({ key: { id: 'ktest', bytes: new Uint8Array(32) } })
    expect(createClassifier(program!).attribute([name], 'span', { is: 'other' }).class).toBe(className)
  })
})
