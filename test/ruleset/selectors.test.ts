import { describe, expect, it } from 'vitest'
import { contexts, messages } from '../../src/otlp/fields.ts'
import { allPlaces, pathSelector, textPlaces } from '../../src/ruleset/selectors.ts'

describe('the places of a ruleset', () => {
  it('are all places of the field table that hold text', () => {
    const all = Object.values(messages).flatMap(({ fields }) => fields)
    for (const { place, meaning } of all) {
      if (meaning === 'name' || meaning === 'text') expect(textPlaces).toContain(place)
    }
    // 37 places, less 9 ids and the 9 contexts of attributes and the body.
    expect(textPlaces).toHaveLength(18)
    expect(allPlaces).toHaveLength(18 + contexts.length + 1)
  })

  it.each(allPlaces.map((place) => [place]))('%s can be written as a path', (place) => {
    expect(pathSelector(place)).toHaveProperty('selector')
  })

  it.each(contexts.map((context) => [context, context === 'metric' ? 'metadata' : 'attributes'] as const))(
    'attributes of %s are written as OTTL writes them',
    (context, word) => {
      expect(pathSelector(`${context}.${word}['A.b']`)).toEqual({
        selector: { is: 'attribute', glob: 'a.b', contexts: new Set([context]) },
      })
      expect(pathSelector(`${context}.${word}["A.b"].**`)).toEqual(pathSelector(`${context}.${word}['a.B']`))
    },
  )

  it.each([
    '',
    'span',
    'span.',
    'span..name',
    "span.attributes['a'",
    'span.attributes[a]',
    '*',
    'log.body.*',
    "log.body['a'].b",
  ])('%j is no path', (path) => {
    expect(pathSelector(path)).toHaveProperty('error')
  })
})
