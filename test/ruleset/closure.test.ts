import { describe, expect, it } from 'vitest'
import { closureOf, type Closure, type ClosureCell } from '../../src/ruleset/closure.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { contexts } from '../../src/otlp/fields.ts'
import { textPlaces } from '../../src/ruleset/selectors.ts'

const key = { id: 'k1a2b3', bytes: new Uint8Array(32).fill(7) }

function programOf(text: string): Program {
  const file = 'ruleset.yaml'
  const loaded = loadRuleset({ file, readText: () => `version: 1\nname: mine\n${text}`, key })
  if (loaded.program === undefined) throw new Error(loaded.diagnostics.map(({ message }) => message).join())
  return loaded.program
}
const closure = (text: string): Closure => closureOf(programOf(text))
const cellsAt = ({ cells }: Closure, place: string): ClosureCell[] => cells.filter((cell) => cell.place === place)
/** `name@service/event: class grade (who says so)` */
const shown = ({ name, service, event, disposition, because }: ClosureCell): string => {
  const who = because().map((reason) => `${reason.is} ${reason.name}`)
  const whose = `${service === undefined ? '' : `@${service.text || service.is}`}${event === undefined ? '' : `/${event}`}`
  const called =
    name === undefined ? '' : name.is === 'name' || name.is === 'glob' ? name.text : `(${name.is} ${name.text})`
  return `${called}${whose}: ${disposition.class} ${disposition.grade} (${who.join(', ')})`
}
const at = (text: string, place: string): string[] => cellsAt(closure(text), place).map(shown)

describe('the closure', () => {
  it('has a cell for every place of the field table', () => {
    const places = new Set(closure('').cells.map(({ place }) => place))
    for (const place of [...textPlaces, 'log.body', "log.body['*']", 'attribute names', 'span.trace_id'])
      expect(places).toContain(place)
    for (const context of contexts)
      expect(places).toContain(`${context}.${context === 'metric' ? 'metadata' : 'attributes'}`)
  })

  it('says what a rule makes of a name, and what becomes of any other', () => {
    expect(at('rules: [{ id: notes, attr: [note, "*_note"], class: content }]', 'span.attributes')).toEqual([
      '(other ): internal guarded (default attribute)',
      '*_note: content fixed (rule notes)',
      'note: content fixed (rule notes)',
    ])
  })

  it('has no cell for a name that is like any other in its place', () => {
    const text = 'rules: [{ id: notes, attr: [note], in: [log], class: content }]'
    expect(at(text, 'span.attributes')).toEqual(['(other ): internal guarded (default attribute)'])
    expect(at(text, 'log.attributes')).toHaveLength(2)
  })

  it('tells services apart where a rule does, and what has no service', () => {
    const text = `conventions: { services: { shop: [shop-web] } }
rules: [{ id: notes, attr: [note], class: content, service: [shop] }]`
    expect(at(text, 'span.attributes')).toEqual([
      '(other ): internal guarded (default attribute)',
      'note@unnamed: content fixed (rule notes)',
      'note@shop: content fixed (rule notes)',
    ])
  })

  it('is open where text stays that nobody looks at, and excepted where somebody answers for it', () => {
    expect(at('defaults: { name: public }', 'span.name')).toEqual([': public open (default name)'])
    const exception = 'exceptions: [{ path: span.name, class: public, reason: r, owner: o }]'
    expect(at(exception, 'span.name')).toEqual([': public excepted (exception span.name)'])
    expect(closure('defaults: { name: public }').totals.open).toBe(textPlaces.length)
    expect(closure('').totals.open).toBe(0)
  })

  it('is open everywhere that only detectors would look, when none is on', () => {
    expect(at('detectors: { use: [] }', 'span.name')).toEqual([': internal open (default name)'])
    // Whose class leaves what they find is no detector either.
    expect(at('detectors: { use: [email] }\nclasses: { email: keep }', 'span.name')).toEqual([
      ': internal open (default name)',
    ])
  })

  it('is open for the names of attributes where no detector looks at them', () => {
    expect(at('defaults: { attribute: public }', 'attribute names')).toEqual([':  open (default attribute)'])
    expect(at('defaults: { attribute: content }', 'attribute names')).toEqual([':  guarded (default attribute)'])
  })

  it('does not call a domain that stays fixed', () => {
    const text = `classes: { email: { email: { domain: keep } } }
rules: [{ id: mails, attr: [mail], class: email }]`
    expect(at(text, 'span.attributes')).toContain('mail: email guarded (rule mails)')
  })

  it('knows the canonical name of what is renamed, and that other spellings of it are not', () => {
    const text = `conventions: { rename: { cust_no: customer.number } }
rules: [{ id: customers, attr: [customer.number], class: user.id }]`
    expect(at(text, 'span.attributes')).toEqual([
      '(other ): internal guarded (default attribute)',
      'cust_no: user.id fixed (rule customers)',
      '(spelling cust_no): internal guarded (default attribute)',
      'customer.number: user.id fixed (rule customers)',
    ])
  })

  it('tells apart what an event renames, in its records only', () => {
    const text = `conventions: { events: { shop.placed: { rename: { status: order.status } } } }
rules: [{ id: orders, attr: [order.status], class: content }]`
    expect(at(text, 'span.attributes')).toContain('status/shop.placed: content fixed (rule orders)')
    expect(at(text, 'resource.attributes').some((cell) => cell.includes('/'))).toBe(false)
  })

  it('has event schemas say class and type', () => {
    const program = programOf('extends: [builtin:automagik]')
    const cells = closureOf(program).cells.filter(
      ({ event, place }) => event !== undefined && place === 'span.attributes',
    )
    const bySchema = cells.filter(({ because }) => because().some(({ is }) => is === 'schema'))
    expect(bySchema.some(({ disposition }) => disposition.closed !== undefined)).toBe(true)
    for (const { disposition } of bySchema.filter((cell) => cell.disposition.closed !== undefined))
      expect(disposition.grade).toBe('fixed')
  })

  it('speaks of keys of log bodies: at the top `message` is the text of the log', () => {
    const text = 'rules: [{ id: texts, attr: [message, note], class: content }]'
    expect(at(text, "log.body['*']")).toEqual([
      '(other ): internal guarded (default body)',
      'note: content fixed (rule texts)',
    ])
    expect(at(text, "log.body['*'].**")).toEqual(['message: content fixed (rule texts)'])
  })

  it('speaks of paths into log bodies', () => {
    const text = `rules: [{ id: users, path: "log.body['user']", class: person }]`
    expect(at(text, "log.body['user']")).toEqual([': person fixed (rule users)'])
  })

  it('is the same whatever the order of the rules', () => {
    const rules = ['{ id: a, attr: ["*_x"], class: content }', '{ id: b, attr: ["y_*"], class: phone }']
    const [one, other] = [rules, rules.toReversed()].map((list) => closure(`rules: [${list.join()}]`).cells.map(shown))
    expect(one).toEqual(other)
  })

  it('takes a filler that no rule speaks of', () => {
    expect(at('rules: [{ id: odd, attr: ["*~*", "§"], class: content }]', 'span.attributes')[0]).toBe(
      '(other ): internal guarded (default attribute)',
    )
  })
})

it('the shipped rules leave nothing open', () => {
  expect(closureOf(programOf('extends: [builtin:automagik]')).totals).toMatchObject({ open: 0, excepted: 0 })
})
