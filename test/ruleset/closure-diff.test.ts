import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import { diffPrograms } from '../../src/ruleset/closure-diff.ts'
import { actionDirection } from '../../src/ruleset/closure-levels.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { Program } from '../../src/ruleset/program.ts'

const key = { id: 'k1a2b3', bytes: new Uint8Array(32).fill(7) }

function programOf(text: string): Program {
  const loaded = loadRuleset({ file: 'r.yaml', readText: () => `version: 1\nname: mine\n${text}`, key })
  if (loaded.program === undefined) throw new Error(loaded.diagnostics.map(({ message }) => message).join())
  return loaded.program
}

/** `kind name: before → after [cells]` */
function diff(before: string, after: string): string[] {
  return diffPrograms(programOf(before), programOf(after)).map(
    ({ kind, name, before: from, after: to, cells }) => `${kind} ${name}: ${from} → ${to} [${cells}]`,
  )
}

const notes = 'rules: [{ id: notes, attr: [note], in: [span], class: content }]'

describe('the difference of two rulesets', () => {
  it('is none between a ruleset and the same in other words', () => {
    expect(
      diff('rules: [{ id: a, attr: [x, y], class: content }]', 'rules: [{ id: b, attr: [y, x], class: content }]'),
    ).toEqual([])
    expect(diff(notes, notes)).toEqual([])
  })

  it('says what loosens when a rule goes, and what tightens when one comes', () => {
    expect(diff(notes, '')).toEqual(['loosens rule.notes: content: drop (rule notes) → internal: detect (default) [1]'])
    expect(diff('', notes)).toEqual([
      'tightens rule.notes: internal: detect (default) → content: drop (rule notes) [1]',
    ])
  })

  it('names a class whose action is another one, and puts all of its cells into one change', () => {
    const rules =
      'rules: [{ id: a, attr: [x], in: [span], class: phone }, { id: b, attr: [y], in: [log, span], class: phone }]'
    const found = diff(rules, `classes: { phone: drop }\n${rules}`)
    expect(found[0]).toBe('tightens class.phone: phone: phone (country, hash) → phone: drop [4]')
    // Log attributes are keys of log bodies as well. What the detectors find has the class, too.
    expect(found.slice(1)).toEqual([
      'tightens class.phone: phone finds: phone (country, hash) → phone finds: drop [0]',
      'tightens class.phone: whatsapp-jid finds: phone (country, hash) → whatsapp-jid finds: drop [0]',
    ])
  })

  it('sees a rule that is narrowed to a service', () => {
    const services = 'conventions: { services: { shop: [shop-web] } }\n'
    const narrow = `${services}rules: [{ id: notes, attr: [note], in: [span], class: content, service: [shop] }]`
    const [change, ...others] = diffPrograms(programOf(services + notes), programOf(narrow))
    expect(others).toEqual([])
    expect(change).toMatchObject({ kind: 'loosens', name: 'rule.notes', cells: 1 })
    expect(change.parts[0].services).toEqual(['any other service'])
  })

  it('sees that a service is no more of a group', () => {
    const rule = 'rules: [{ id: notes, attr: [note], in: [span], class: content, service: [shop] }]\n'
    const found = diffPrograms(
      programOf(`${rule}conventions: { services: { shop: [shop-web, shop-api] } }`),
      programOf(`${rule}conventions: { services: { shop: [shop-web] } }`),
    )
    expect(found.map(({ kind, parts }) => [kind, parts[0].services])).toEqual([['loosens', ['shop-api']]])
  })

  it('names a default, and an exception', () => {
    expect(diff('', 'defaults: { name: content }')).toEqual([
      'tightens defaults.name: internal: detect (default) → content: drop (default) [18]',
    ])
    const exception = 'exceptions: [{ attr: [build], in: [span], class: public, reason: ours, owner: me }]'
    expect(diff('', exception)).toEqual([
      'loosens exception.build: internal: detect (default) → public: keep (exception build (me: ours)) [1]',
    ])
  })

  it('does not list names that change like any other', () => {
    const found = diffPrograms(programOf(''), programOf('defaults: { attribute: content }'))
    expect(found).toHaveLength(1)
    expect(found[0].parts.map(({ names }) => names)).toEqual([['any other name']])
  })

  it('says that the names of attributes are looked at no more', () => {
    expect(diff('', 'defaults: { attribute: public }')).toContain(
      'loosens defaults.attribute: detect (default) → keep (default) [1]',
    )
  })

  it('says what is renamed', () => {
    expect(diff('', 'conventions: { rename: { cust_no: customer.number } }')).toEqual([
      'renames rename.cust_no: cust_no → customer.number [9]',
    ])
    expect(diff('', 'conventions: { events: { shop.placed: { aliases: [placed] } } }')).toEqual([
      'renames event.placed: none → placed → shop.placed [0]',
    ])
  })

  it('says what is no cell: detectors, labels, keys, limits', () => {
    expect(diff('', 'detectors: { off: [iban], phone_regions: [DE] }')).toEqual([
      'loosens detector.iban: iban → none [0]',
      'loosens detectors.phone_regions: BR → none [0]',
      'tightens detectors.phone_regions: none → DE [0]',
    ])
    const metric = 'metrics: { derived: [{ name: m.n, from: event, count: true, by: [shade] }] }'
    expect(diff('', metric)).toEqual(['loosens metric.m.n: none → m.n by shade [0]'])
    expect(diff('metrics: { cumulative: { drop_labels: [shade] } }', '')).toEqual([
      'loosens metrics.drop_labels: shade → none [0]',
    ])
    expect(diff('', 'defaults: { limits: { depth: 4 } }')).toEqual(['changes limits.depth: 8 → 4 [0]'])
    expect(diff('', 'conventions: { coerce: { size: int } }')).toEqual(['changes coerce.size: none → int [0]'])
  })

  it('says that guarded cells are open once no detector is on', () => {
    const found = diffPrograms(programOf(''), programOf('detectors: { use: [] }'))
    expect(found.filter(({ name }) => name === 'detectors').map(({ kind }) => kind)).toContain('loosens')
  })
})

describe('the strictness of two actions', () => {
  const hmac = { method: 'hmac', key: 'pseudonym', chars: 16 } as const
  const sha256 = { method: 'sha256', chars: 16 } as const
  const inOrder: Action[] = [
    { is: 'keep' },
    { is: 'detect' },
    { is: 'truncate', bytes: 100 },
    { is: 'truncate', bytes: 10 },
    { is: 'path', home: '~' },
    { is: 'email', domain: 'keep' },
    { is: 'email', domain: sha256 },
    { is: 'email', domain: hmac },
    { is: 'email', domain: 'drop' },
    { is: 'mask' },
    { is: 'hash', hash: sha256 },
    { is: 'hash', hash: hmac },
    { is: 'replace', text: 'x' },
    { is: 'drop' },
  ]

  it('is theirs in this order', () => {
    for (const [index, one] of inOrder.entries()) {
      expect(actionDirection(one, one)).toBeUndefined()
      for (const other of inOrder.slice(index + 1)) {
        expect(actionDirection(one, other)).toBe('tightens')
        expect(actionDirection(other, one)).toBe('loosens')
      }
    }
  })

  it('of phone numbers is by what they show', () => {
    const country = { is: 'phone', show: 'country', hash: hmac } as const
    expect(actionDirection(country, { ...country, show: 'nothing' })).toBe('tightens')
    expect(actionDirection(country, { ...country, hash: undefined })).toBe('tightens')
    expect(actionDirection(country, { ...country, hash: sha256 })).toBe('loosens')
  })

  it('is neither where only words change', () => {
    expect(actionDirection({ is: 'replace', text: 'x' }, { is: 'replace', text: 'y' })).toBe('changes')
  })
})
