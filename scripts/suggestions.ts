// What editors offer for texts of a ruleset that may be anything: classes, layers, attribute names, places, services,
// events, metrics. From the shipped rules and tables; each with a line that says what it is.
import { readFileSync } from 'node:fs'
import { ATTRIBUTE_METADATA } from '@sentry/conventions/attributes'
import { isMap, isScalar, parseDocument } from 'yaml'
import { detectorIds, detectorTable } from '../src/detectors/detector.ts'
import { noKey } from '../src/commands/load.ts'
import { createClassifier } from '../src/ruleset/cells.ts'
import { builtinFiles } from '../src/ruleset/layers.ts'
import { loadRuleset } from '../src/ruleset/load-ruleset.ts'
import { allPlaces } from '../src/ruleset/selectors.ts'

export interface Suggestion {
  readonly label: string
  /** One line; empty where the label says it all. */
  readonly says: string
}

const root = new URL('../', import.meta.url)
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const bySpelling = (a: Suggestion, b: Suggestion): number => (a.label < b.label ? -1 : 1)

let made: Readonly<Record<string, readonly Suggestion[]>> | undefined

/** By the name that `suggest` has in the declaration of the language. */
export function suggestions(): Readonly<Record<string, readonly Suggestion[]>> {
  return (made ??= make())
}

function make(): Readonly<Record<string, readonly Suggestion[]>> {
  const { program } = loadRuleset({ key: noKey })
  if (program === undefined) throw new Error('the shipped ruleset does not load')
  const { conventions, metrics } = program
  const members = (group: string): string[] =>
    [...conventions.services].flatMap(([name, of]) => (of === group ? [name] : []))
  return {
    class: classes(),
    detector: detectorIds.map((label) => ({ label, says: detectorTable[label].description })),
    layer: Object.entries(builtinFiles).flatMap(([label, file]) =>
      // It is always there.
      label === 'builtin:base' ? [] : [{ label, says: openingOf(textOf(`rulesets/${file}`)) }],
    ),
    attribute: attributes(createClassifier(program)),
    place: [...allPlaces, 'log.body.**'].map((label) => ({ label, says: saysOfPlace(label) })),
    service: [...new Set(conventions.services.values())].map((label) => ({ label, says: members(label).join(', ') })),
    event: [...conventions.events.keys()].map((label) => ({ label, says: eventText(label) })).toSorted(bySpelling),
    metric: metrics.derived.map(({ name, description }) => ({ label: name, says: description ?? '' })),
  }
}

/** The built-in classes, each with its action and with what stands behind it in its file. */
function classes(): Suggestion[] {
  const document = parseDocument(textOf('rulesets/builtin/base.yaml'))
  const map = document.get('classes')
  if (!isMap(map)) throw new Error('builtin:base has no classes')
  return map.items.map(({ key, value }) => {
    const comment = (value as { comment?: string }).comment?.trim() ?? ''
    const action = isScalar(value) ? String(value.value) : JSON.stringify(value).replaceAll(/["{}]/g, ' ')
    return { label: String(key), says: `${action.replaceAll(/\s+/g, ' ').trim()}. ${comment}`.trim() }
  })
}

/** The first paragraph of the comment that a file begins with. */
function openingOf(text: string): string {
  const lines = text.split('\n')
  const from = lines.findIndex((line) => /^# [^y]/.test(line))
  const length = lines.slice(from).findIndex((line) => !line.startsWith('# '))
  return lines
    .slice(from, from + length)
    .map((line) => line.slice(2))
    .join(' ')
}

interface Metadata {
  readonly brief: string
  readonly deprecation?: unknown
  readonly isInOtel: boolean
}

/** Attributes of the standard events, of OpenTelemetry's conventions, and those that the shipped rules write out. */
function attributes(classifier: ReturnType<typeof createClassifier>): Suggestion[] {
  const found = new Map<string, string>()
  for (const name of writtenNames()) found.set(name, '')
  for (const [name, { brief, deprecation, isInOtel }] of Object.entries(
    ATTRIBUTE_METADATA as unknown as Record<string, Metadata>,
  ))
    if (isInOtel && deprecation === undefined && !/[<*]/.test(name)) found.set(name, brief)
  for (const { properties } of eventSchemas())
    for (const [name, { description = '' }] of Object.entries(properties)) found.set(name, description)
  return [...found]
    .map(([label, says]) => {
      const className = classifier.attribute([label], 'span', { is: 'other' })
      return { label, says: `${says === '' ? '' : `${says.replaceAll(/\s+/g, ' ').trim()} `}Class: ${className}` }
    })
    .toSorted(bySpelling)
}

/** Names without a `*` under `attr` of the layers that are written by hand. */
function writtenNames(): string[] {
  const { layers } = loadRuleset({ key: noKey })
  return layers
    .flatMap(({ content }) => content.rules ?? [])
    .flatMap(({ attr = [] }) => attr)
    .filter((name) => !name.includes('*'))
}

interface EventSchema {
  readonly title?: string
  readonly description?: string
  readonly properties: Readonly<Record<string, { readonly description?: string }>>
}

function eventSchemas(): EventSchema[] {
  const { program } = loadRuleset({ key: noKey })
  const files = ['common', ...(program?.events.keys() ?? [])]
  return files.map((name) => JSON.parse(textOf(`schemas/events/${name}.json`)) as EventSchema)
}

function eventText(event: string): string {
  return eventSchemas().find(({ title }) => title === event)?.description ?? ''
}

function saysOfPlace(place: string): string {
  if (place === 'log.body.**') return 'Every key of a log body, at any depth.'
  if (place.endsWith('.attributes') || place === 'metric.metadata')
    return `All attributes; one of them is \`${place}['name']\`.`
  return place === 'log.body' ? "The body; a key of it is `log.body['name']`." : ''
}
