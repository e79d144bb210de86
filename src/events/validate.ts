// Whether the attributes of an event fit its schema. Ajv compiles the schema when the first event comes; nothing of a
// value gets into what is found.
import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject } from 'ajv/dist/2020.js'
import { RE2JS } from 're2js'
import type { EventChecks } from './event-classes.ts'

/** One thing that an event and its schema disagree on. */
export interface Violation {
  /** The keyword of JSON Schema that does not hold. */
  readonly keyword: string
  /** The attribute, by the schema's name. */
  readonly attribute: string
  /** JSON Pointer into the attributes; of an array also which value. */
  readonly pointer: string
  /** What is wanted, in the schema's words: `want at most 999`. */
  readonly expected: string
}

/** Attributes by canonical name → what does not fit, in the schema's order; empty for a valid event. */
export type EventValidator = (attributes: Readonly<Record<string, unknown>>) => readonly Violation[]

/** Patterns run on what strangers send, so they take linear time. */
const regExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern)
    return { test: (text: string) => compiled.matcher(text).find() }
  },
  { code: 'RE2' },
)

let shared: Ajv2020 | undefined

/** Ajv takes longer to load than everything else together, so it is loaded by who uses it. */
function ajv(): Ajv2020 {
  if (shared !== undefined) return shared
  const load = createRequire(import.meta.url)
  const { Ajv2020: Made } = load('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  // Schemas were held to their language when they were loaded: here nothing may be left that throws.
  return (shared = new Made({
    allErrors: true,
    strict: false,
    strictNumbers: true,
    validateSchema: false,
    meta: false,
    code: { regExp },
  }))
}

export function createValidator(checks: EventChecks): EventValidator {
  const compile = (): ((attributes: unknown) => ErrorObject[]) => {
    const schema = { type: 'object', ...checks }
    const run = ajv().compile(schema)
    // Ajv would remember it for good, and a ruleset can be loaded again and again.
    ajv().removeSchema(schema)
    return (attributes) => (run(attributes) ? [] : (run.errors ?? []))
  }
  let run: ReturnType<typeof compile> | undefined
  return (attributes) => {
    run ??= compile()
    return run(attributes).map(violation)
  }
}

function violation({ keyword, instancePath, params }: ErrorObject): Violation {
  const given = params as Record<string, unknown>
  if (keyword === 'required') {
    const attribute = String(given.missingProperty)
    return { keyword, attribute, pointer: pointerTo(attribute), expected: 'it is required' }
  }
  const attribute = unescaped(instancePath.split('/', 2)[1] ?? '')
  return { keyword, attribute, pointer: instancePath, expected: `want ${wanted(keyword, given)}` }
}

function wanted(keyword: string, params: Record<string, unknown>): string {
  switch (keyword) {
    case 'type':
      return typeNames[String(params.type)] ?? String(params.type)
    case 'enum':
      return `one of ${(params.allowedValues as string[]).join(', ')}`
    case 'minimum':
      return `at least ${String(params.limit)}`
    case 'maximum':
      return `at most ${String(params.limit)}`
    case 'minLength':
      return `at least ${String(params.limit)} characters`
    case 'maxLength':
      return `at most ${String(params.limit)} characters`
    case 'maxItems':
      return `at most ${String(params.limit)} values`
    default:
      return `a text that matches ${String(params.pattern)}`
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  array: 'a list',
}

/** The JSON Pointer to an attribute. */
export function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
