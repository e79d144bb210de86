// The closure against the engine: what the table says of a place is what becomes of a value there.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contexts, type Context } from '../../src/otlp/fields.ts'
import { closureOf, type Closure, type ClosureCell } from '../../src/ruleset/closure.ts'
import { gradeOf } from '../../src/ruleset/closure-grade.ts'
import { attributesPlace } from '../../src/ruleset/closure-because.ts'
import { rankOf } from '../../src/actions/action.ts'
import { compileGlob, matchesGlob } from '../../src/ruleset/glob.ts'
import { nameForms } from '../../src/ruleset/name-forms.ts'
import type { NameGroup } from '../../src/ruleset/closure-told.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { noValidation } from '../../src/ruleset/validation.ts'
import { idle, program } from '../arbitrary/programs.ts'
import { createEngine } from './harness.ts'
import { runs } from './runs.ts'

/** A text that no detector knows and no action writes, short enough for every cut. */
const token = 'zqxwv kj'

/** A record of a place, as OTLP/JSON: where the token goes in, and what comes out is searched for it. */
interface Planted {
  readonly place: string
  readonly name: string | undefined
  readonly service: string | undefined
  readonly event: string | undefined
  readonly signal: 'traces' | 'metrics' | 'logs'
  readonly body: object
}

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const string = (text: string) => ({ stringValue: text })
const pairs = (name: string) => [{ key: name, value: string(token) }]
const textPlaces = ['span.name', 'span.status.message', 'span.trace_state', 'spanevent.name', 'scope.version'] as const

function planted(spot: Context | 'body' | (typeof textPlaces)[number], name: string, sender: Sender): Planted {
  const { service, event, isDialect } = sender
  const at = (context: string) => (context === spot ? { attributes: pairs(name) } : {})
  const text = (place: string, otherwise: string) => (place === spot ? token : otherwise)
  const resource = {
    attributes: [
      ...(service === undefined ? [] : [{ key: 'service.name', value: string(service) }]),
      ...(at('resource').attributes ?? []),
    ],
  }
  const scope = { name: isDialect ? 'x.telemetry' : 'scope', version: text('scope.version', '1'), ...at('scope') }
  const point = { timeUnixNano: '1', asInt: '1', ...at('datapoint'), exemplars: [exemplar()] }
  function exemplar(): object {
    return spot === 'exemplar' ? { timeUnixNano: '1', asInt: '1', filteredAttributes: pairs(name) } : { asInt: '1' }
  }
  const metric = {
    name: 'm',
    gauge: { dataPoints: [point] },
    ...(spot === 'metric' ? { metadata: pairs(name) } : {}),
  }
  const span = {
    ...ids,
    name: text('span.name', event ?? 'GET /'),
    traceState: text('span.trace_state', ''),
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    ...at('span'),
    events: [{ timeUnixNano: '1', name: text('spanevent.name', 'e'), ...at('spanevent') }],
    links: [{ ...ids, ...at('spanlink') }],
    status: { message: text('span.status.message', 'fine') },
  }
  const log = {
    timeUnixNano: '1',
    eventName: event ?? '',
    ...at('log'),
    body: spot === 'body' ? { kvlistValue: { values: pairs(name) } } : string('text'),
  }
  const place =
    spot === 'body' ? "log.body['*']" : contexts.includes(spot as Context) ? attributesPlace(spot as Context) : spot
  const isNamed = place !== spot
  const common = { place, name: isNamed ? name : undefined, service, event: isOfEvent(spot) ? event : undefined }
  if (spot === 'log' || spot === 'body')
    return {
      ...common,
      signal: 'logs',
      body: { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [log] }] }] },
    }
  if (spot === 'metric' || spot === 'datapoint' || spot === 'exemplar') {
    const scopeMetrics = [{ scope, metrics: [metric] }]
    return { ...common, signal: 'metrics', body: { resourceMetrics: [{ resource, scopeMetrics }] } }
  }
  return {
    ...common,
    signal: 'traces',
    body: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] },
  }
}

const isOfEvent = (spot: string): boolean => ['span', 'spanevent', 'spanlink', 'log', 'body'].includes(spot)

interface Sender {
  readonly service: string | undefined
  readonly event: string | undefined
  readonly isDialect: boolean
}

/**
 * The cells of the table that speak of a place: the one of exactly this name in this event, else those of the name, else
 * of its spellings, else of the globs that match any of them, else that of all other names. The strictest holds.
 */
function cellsOf({ cells, told }: Closure, one: Planted): ClosureCell[] {
  const sentBy =
    one.service === undefined
      ? told.services.find(({ is }) => is === 'unnamed')
      : told.services.find(({ names }) => names.includes(one.service!))
  const group = sentBy ?? told.services.find(({ is }) => is === 'other')
  const here = cells.filter(
    ({ place, service, isDialect }) =>
      place === one.place && (service === undefined || service === group) && isDialect !== true,
  )
  const { name } = one
  if (name === undefined) return here
  const exact = (event: string | undefined) =>
    here.filter((cell) => cell.event === event && cell.name?.is === 'name' && cell.name.text === name)
  if (one.event !== undefined && exact(one.event).length > 0) return exact(one.event)
  const forms = nameForms(name)
  const matching = (event: string | undefined) =>
    here
      .filter((cell) => cell.event === event && cell.name !== undefined && matches(cell.name, forms))
      .filter(({ name: group }) => group?.is !== 'spelling' || group.text !== name)
      // Where other spellings of a name have a cell of their own, the name's speaks of nothing else.
      .filter(
        ({ name: group }, _at, all) =>
          group?.is !== 'name' || !all.some((other) => other.name?.is === 'spelling' && other.name.text === group.text),
      )
  const named = matching(undefined).filter(({ name: group }) => group?.is !== 'glob')
  const usual = [exact(undefined), named, matching(undefined)].find((some) => some.length > 0) ?? []
  const found = [...usual, ...(one.event === undefined ? [] : matching(one.event))]
  return found.length > 0 ? found : here.filter((cell) => cell.event === undefined && cell.name?.is === 'other')
}

function matches({ is, text }: NameGroup, forms: readonly string[]): boolean {
  if (is === 'glob') return forms.some((form) => matchesGlob(compileGlob(text), form))
  return is !== 'other' && forms.includes(text.toLowerCase())
}

const level = ({ disposition: { action } }: ClosureCell): number => rankOf[action.is] - (action.is === 'path' ? 0.5 : 0)

/** What the table says must be true of what comes out. */
function holds(closure: Closure, one: Planted, comesThrough: boolean): void {
  const found = cellsOf(closure, one)
  expect(found, `${one.place} ${one.name} ${one.service} ${one.event}`).not.toEqual([])
  const strictest = found.reduce((a, b) => (level(b) > level(a) ? b : a))
  const { grade, closed } = strictest.disposition
  // A value that does not fit a closed type does not stay.
  if (grade === 'fixed' || closed !== undefined) expect([one, comesThrough]).toEqual([one, false])
  // A name of several globs is at least as strict as each: the table leaves out those that are as strict as the rest.
  else if (found.length === 1 && globsOf(closure, one) <= 1) expect([one, comesThrough]).toEqual([one, true])
}

function globsOf({ told }: Closure, { name }: Planted): number {
  return name === undefined
    ? 0
    : told.names.filter((each) => each.is === 'glob' && matches(each, nameForms(name))).length
}

function check(rules: Program, closure: Closure, one: Planted): void {
  // A log of a known event has its canonical name there, whatever came.
  if (one.place === attributesPlace('log') && one.name === 'event.name' && one.event !== undefined) return
  const engine = createEngine(rules)
  const { batch } = engine.process({
    signal: one.signal,
    encoding: 'json',
    body: Buffer.from(JSON.stringify(one.body)),
  })
  holds(closure, one, batch !== undefined && Buffer.from(batch.bytes).includes(token))
}

const words = [
  'a',
  'b',
  'a.b',
  'old',
  'older',
  'new',
  'new.status',
  'status',
  'message',
  'user.id',
  'x_token',
  'User.Id',
]
const spots = [...contexts, 'body' as const, ...textPlaces]
const sender = fc.record({
  service: fc.constantFrom(undefined, 'omni', 'automagik-omni', 'hive', 'other', 'elsewhere'),
  event: fc.constantFrom(undefined, 'known', 'automagik.error', 'automagik.api.request'),
  isDialect: fc.boolean(),
})

/** Room for the record, and no key of the log body by path: those have rows of their own. */
const roomy = (rules: Program): Program => ({
  ...rules,
  // What is refused shows nothing of what would have stayed.
  validation: noValidation,
  defaults: { ...rules.defaults, limits: { valueBytes: 65_536, depth: 16, attributes: 128 } },
  rules: rules.rules.map((rule) => ({
    ...rule,
    selectors: rule.selectors.map((one) => (one.is === 'body' ? { ...one, keys: [], deep: true } : one)),
  })),
  exceptions: rules.exceptions.map((exception) => ({
    ...exception,
    selectors: exception.selectors.map((one) => (one.is === 'body' ? { ...one, keys: [], deep: true } : one)),
  })),
})

describe('the closure and the engine', () => {
  test('agree on what stays and what does not, under any program, for any name, service and event', () => {
    fc.assert(
      fc.property(
        program.map(roomy),
        fc.array(fc.tuple(fc.constantFrom(...spots), fc.constantFrom(...words), sender), {
          minLength: 1,
          maxLength: 12,
        }),
        (rules, plants) => {
          const closure = closureOf(rules)
          const globs = closure.told.names.flatMap(({ text, is }) =>
            is === 'glob' ? [text.replaceAll('*', 'q')] : [text],
          )
          for (const [spot, name, who] of plants) {
            check(rules, closure, planted(spot, name, who))
            for (const glob of globs.slice(0, 3)) check(rules, closure, planted(spot, glob, who))
          }
        },
      ),
      runs(60),
    )
    // On a machine that others use as well.
  }, 120_000)

  test("agree on a log's own text, which no rule for names speaks of", () => {
    for (const glob of ['*', 'm*e']) {
      const selectors = [{ is: 'attribute', glob, contexts: new Set(contexts) } as const]
      const rules: Program = { ...idle, rules: [{ id: 'all', class: 'content', selectors, services: undefined }] }
      const closure = closureOf(rules)
      for (const name of ['message', 'mine'])
        check(rules, closure, planted('body', name, { service: undefined, event: undefined, isDialect: false }))
      const own = closure.cells.find(({ place, name }) => place === "log.body['*']" && name?.text === 'message')
      expect([glob, own?.disposition.class]).toEqual([glob, 'public'])
    }
  })

  test('see a table that says more than is true', () => {
    const keeps: Program = { ...idle }
    const closure = closureOf(keeps)
    const wrong: Closure = {
      ...closure,
      cells: closure.cells.map((cell) => ({ ...cell, disposition: { ...cell.disposition, grade: 'fixed' } })),
    }
    const one = planted('span', 'a', { service: undefined, event: undefined, isDialect: false })
    expect(() => check(keeps, wrong, one)).toThrow()
    check(keeps, closure, one)
    expect(gradeOf({ is: 'keep' }, false, false, true)).toBe('open')
  })
})
