// A parsed file against its declared shape: the typed value, or what is wrong, where, and what was meant.
import type { core, ZodType } from 'zod'
import type { Diagnostic } from './diagnostic.ts'
import { childKeys } from './shape.ts'
import { didYouMean, list, nearest } from './suggest.ts'
import { positionOf, positionOfKey, valueOf, writtenAt, type YamlFile, type YamlPath } from './yaml.ts'

type Issue = core.$ZodIssue

export type Hints = Readonly<Record<string, string>>

export interface Validated<T> {
  readonly value?: T
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Checks a file against its declaration.
 * @param area the first part of the codes, such as `config`
 * @param hints help for keys that are not there but that people look for, by key
 */
export function validate<T>(schema: ZodType<T>, yaml: YamlFile, area: string, hints: Hints = {}): Validated<T> {
  const result = schema.safeParse(valueOf(yaml))
  if (result.success) return { value: result.data, diagnostics: [] }
  const { issues } = result.error
  // What a map must hold is not asked of a map with a misspelt key.
  const misspelt = new Set(issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => where(path)))
  const told = issues.filter(({ code, path }) => code !== 'custom' || !misspelt.has(where(path)))
  const diagnostics = told.flatMap((issue) => diagnose(issue, [], { schema, yaml, area, hints }))
  return { diagnostics: diagnostics.toSorted(byPlace) }
}

interface Subject {
  readonly schema: ZodType
  readonly yaml: YamlFile
  readonly area: string
  readonly hints: Hints
}

function diagnose(issue: Issue, above: YamlPath, subject: Subject): Diagnostic[] {
  const { yaml, area, schema, hints } = subject
  const path = [...above, ...issue.path]
  const at = (code: string, message: string, place = positionOf(yaml, path), help?: string): Diagnostic => ({
    code: `${area}/${code}`,
    severity: 'error',
    message,
    file: yaml.file,
    ...(place === undefined ? {} : { position: place }),
    ...(help === undefined ? {} : { help }),
  })
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = childKeys(schema, path)
      return issue.keys.map((key) =>
        at(
          'unknown-key',
          `${where(path)} has no key "${key}"${didYouMean(key, known)}`,
          positionOfKey(yaml, [...path, key]),
          Object.hasOwn(hints, key) ? hints[key] : (missingSpace(key, known) ?? keysAre(known)),
        ),
      )
    }
    case 'invalid_type': {
      const got = typeName(inputAt(yaml, path))
      if (got === 'nothing' && path.length > 0) return [missing(path, subject, at)]
      if (got === 'nothing')
        return [at('wrong-type', 'this file: got nothing, want map', undefined, keysAre(childKeys(schema, [])))]
      return [
        at('wrong-type', `${where(path)}: got ${got}, ${wanted(issue) ?? `want ${expectedName(issue.expected)}`}`),
      ]
    }
    case 'invalid_value':
      return [wrongValue(issue.values.map(String), path, subject, at)]
    case 'invalid_union':
      return diagnoseUnion(issue, path, subject, at)
    case 'invalid_key': {
      const reason = issue.issues[0]?.message ?? 'this name is not allowed'
      return [
        at(
          'wrong-value',
          `${where(path.slice(0, -1))}: "${String(path[path.length - 1])}": ${reason}`,
          positionOfKey(yaml, path),
        ),
      ]
    }
    case 'invalid_element':
      return issue.issues.flatMap((inner) => diagnose(inner, path, subject))
    case 'too_small':
      return [at('wrong-value', `${where(path)}: ${tooSmall(issue)}`)]
    case 'too_big':
      return [at('wrong-value', `${where(path)}: want at most ${String(issue.maximum)}${unitOf(issue.origin)}`)]
    default:
      return [at('wrong-value', `${where(path)}: ${issue.message}`)]
  }
}

function keysAre(known: readonly string[]): string | undefined {
  return known.length === 0 ? undefined : `the keys are ${list(known)}`
}

/** `class:content` is a key to YAML. */
function missingSpace(key: string, known: readonly string[]): string | undefined {
  const [name, value = ''] = key.split(/:(.*)/s)
  return value !== '' && known.includes(name) ? `a space belongs behind the colon: ${name}: ${value}` : undefined
}

type At = (code: string, message: string, place?: ReturnType<typeof positionOf>, help?: string) => Diagnostic

/** Of a value that may have several forms, the faults of the form that was meant. */
function diagnoseUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: YamlPath,
  subject: Subject,
  at: At,
): Diagnostic[] {
  const input = inputAt(subject.yaml, path)
  const meant = issue.errors.filter(
    (errors) => !errors.some((error) => error.path.length === 0 && isOtherType(error, input)),
  )
  const own = wanted(issue)
  const onlyWords = meant.flat().every((error) => error.path.length === 0 && error.code === 'invalid_value')
  const best = meant.toSorted((a, b) => a.length - b.length)[0]
  if (best !== undefined && !onlyWords) return best.flatMap((error) => diagnose(error, path, subject))
  if (best !== undefined && own === undefined) {
    const values = meant.flat().flatMap((error) => (error.code === 'invalid_value' ? error.values.map(String) : []))
    return [wrongValue(values, path, subject, at)]
  }
  if (input === undefined || input === null) return [missing(path, subject, at)]
  const expected = new Set(issue.errors.flat().flatMap((error) => (error.path.length === 0 ? expectedOf(error) : [])))
  return [at('wrong-type', `${where(path)}: got ${typeName(input)}, ${own ?? `want ${[...expected].join(' or ')}`}`)]
}

function wrongValue(values: readonly string[], path: YamlPath, { yaml }: Subject, at: At): Diagnostic {
  const written = writtenAt(yaml, path)
  const want = values.length === 1 ? `want ${values[0]}` : `want one of ${values.join(', ')}`
  if (written === undefined) return at('wrong-type', `${where(path)}: got ${typeName(inputAt(yaml, path))}, ${want}`)
  const near = values.length > 1 ? nearest(written, values) : undefined
  return at(
    'wrong-value',
    `${where(path)}: got "${written}", ${want}${near === undefined ? '' : `; did you mean "${near}"?`}`,
  )
}

function missing(path: YamlPath, { yaml }: Subject, at: At): Diagnostic {
  const parent = path.slice(0, -1)
  const key = String(path[path.length - 1])
  const written = positionOfKey(yaml, path)
  if (hasKey(yaml, path)) return at('missing-value', `${where(path)} has no value`, written)
  return at('missing-key', `${where(parent)} needs the key "${key}"`, parent.length === 0 ? undefined : written)
}

function isOtherType(issue: Issue, input: unknown): boolean {
  if (issue.code === 'invalid_type') return true
  return issue.code === 'invalid_value' && !issue.values.some((value) => typeof value === typeof input)
}

function expectedOf(issue: Issue): string[] {
  if (issue.code === 'invalid_type') return [expectedName(issue.expected)]
  if (issue.code === 'invalid_value')
    return issue.values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)))
  return []
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>): string {
  if ((issue.origin === 'array' || issue.origin === 'string') && Number(issue.minimum) === 1) return 'must not be empty'
  return `want at least ${String(issue.minimum)}${unitOf(issue.origin)}`
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' items' : ''
}

/** A sentence of the declaration's own, in place of the type's name. */
function wanted({ message }: Issue): string | undefined {
  return message.startsWith('want ') ? message : undefined
}

function expectedName(expected: string): string {
  if (expected === 'object' || expected === 'record') return 'map'
  if (expected === 'array') return 'list'
  if (expected === 'int') return 'whole number'
  return expected
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'object' ? 'map' : typeof value
}

function inputAt(yaml: YamlFile, path: YamlPath): unknown {
  let value: unknown = valueOf(yaml)
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

function hasKey(yaml: YamlFile, path: YamlPath): boolean {
  const parent = inputAt(yaml, path.slice(0, -1))
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, path[path.length - 1])
}

/** A path as messages say it: `rules[3].class`. */
function where(path: YamlPath): string {
  if (path.length === 0) return 'this file'
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  )
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const first = a.position ?? { line: 0, column: 0 }
  const second = b.position ?? { line: 0, column: 0 }
  return first.line - second.line || first.column - second.column
}
