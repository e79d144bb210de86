// Writes the JSON Schemas that editors complete and check users' files with, from the declarations of the two languages.
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { receiverSchemas } from '../src/config/receiver-schema.ts'
import { configSchema, exporterSchemas } from '../src/config/schema.ts'
import { eventSchemaFile } from '../src/events/schema-file.ts'
import { rulesetSchema } from '../src/ruleset/schema.ts'
import { suggestions, type Suggestion } from './suggestions.ts'

type Json = Record<string, unknown>

/** Path in the repository → text. */
export function schemaFiles(): Record<string, string> {
  return {
    'schemas/config.schema.json': text(configJsonSchema()),
    'schemas/ruleset.schema.json': text(rulesetJsonSchema()),
    'schemas/event.schema.json': text(toJsonSchema(eventSchemaFile)),
  }
}

/** The keys of `receivers` and `exporters` choose the form of their values: JSON Schema says that with patterns. */
function configJsonSchema(): Json {
  const any = z.record(z.string(), z.unknown())
  const schema = toJsonSchema(configSchema({ receivers: any, exporters: any }), withVariables)
  const properties = schema.properties as Record<string, Json>
  const definitions: (readonly [string, Json])[] = []
  for (const [key, forms] of Object.entries({ receivers: receiverSchemas, exporters: exporterSchemas })) {
    const { description } = properties[key]
    const own = Object.entries(forms).map(([type, form]) => {
      const { $schema: _dialect, ...rest } = toJsonSchema(form, withVariables)
      return [type, rest] as const
    })
    definitions.push(...own)
    const reference = (type: string): Json => ({ $ref: `#/$defs/${type}` })
    properties[key] = {
      description,
      type: 'object',
      // The types are offered as keys; a name may stand behind a slash.
      properties: Object.fromEntries(own.map(([type]) => [type, reference(type)])),
      patternProperties: Object.fromEntries(own.map(([type]) => [`^${type}/[A-Za-z0-9._-]+$`, reference(type)])),
      additionalProperties: false,
    }
  }
  return forEditors({ ...schema, $defs: Object.fromEntries(definitions) })
}

/** With what editors offer, and messages for people where a text does not fit its pattern. */
function rulesetJsonSchema(): Json {
  const schema = forEditors(toJsonSchema(rulesetSchema))
  const { attribute } = suggestions()
  // Offered in several places, and long.
  return {
    ...schema,
    $defs: {
      ...(schema.$defs as Json),
      attribute: { type: 'string', minLength: 1, defaultSnippets: attribute.map(snippet) },
    },
  }
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>

function toJsonSchema(schema: z.ZodType, override?: Override): Json {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: (context) => {
      withMessages(context)
      override?.(context)
    },
  })
}

/** Every scalar may be written as a variable. */
const withVariables: Override = ({ jsonSchema }) => {
  const { type, enum: values, pattern } = jsonSchema
  const isScalar =
    values !== undefined || pattern !== undefined || ['number', 'integer', 'boolean'].includes(String(type))
  if (!isScalar || jsonSchema.anyOf !== undefined) return
  const { description, ...own } = jsonSchema
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema]
  Object.assign(jsonSchema, {
    ...(description !== undefined && { description }),
    anyOf: [own, { type: 'string', pattern: '\\$\\{env:[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}' }],
  })
}

/** The sentence that the declaration has for a pattern: the language server says it in place of the pattern. */
const withMessages: Override = ({ zodSchema, jsonSchema }) => {
  const { checks = [], error } = zodSchema._zod.def as unknown as { checks?: readonly Check[]; error?: Message }
  const of = [...checks.map((check) => check._zod.def.error), error].find((each) => each !== undefined)
  const said = of?.({} as z.core.$ZodRawIssue)
  if (jsonSchema.pattern !== undefined && typeof said === 'string') (jsonSchema as Json).patternErrorMessage = said
}

type Message = z.core.$ZodErrorMap
interface Check {
  readonly _zod: { readonly def: { readonly error?: Message } }
}

/**
 * The same schema for the YAML language server: `suggest` becomes what is offered there, and of a value that is a word or
 * a map the one form that was meant is checked, so that messages are about it.
 */
function forEditors(schema: Json): Json {
  const walk = (node: unknown, isName: boolean): unknown => {
    if (Array.isArray(node)) return node.map((each) => walk(each, false))
    if (typeof node !== 'object' || node === null) return node
    const { suggest, ...rest } = node as Json & { suggest?: string }
    const own = Object.fromEntries(
      Object.entries(rest).map(([key, each]) => [key, walk(each, key === 'propertyNames')]),
    )
    return withMarkdown(byType(described(suggest === undefined ? own : offering(own, suggest, isName))))
  }
  return walk(schema, false) as Json
}

function offering(schema: Json, kind: string, isName: boolean): Json {
  const offered = suggestions()[kind]
  if (offered === undefined) throw new Error(`nothing is known to suggest for "${kind}"`)
  // Of names of keys the server offers what an enum lists.
  if (isName)
    return { ...schema, anyOf: [{ type: 'string', enum: offered.map(({ label }) => label) }, { type: 'string' }] }
  // Nothing beside the reference: the server would take that for another schema.
  if (kind === 'attribute') return { $ref: '#/$defs/attribute' }
  return { ...schema, defaultSnippets: offered.map(snippet) }
}

function snippet({ label, says }: Suggestion): Json {
  return { label, ...(says === '' ? {} : { markdownDescription: says }), body: label }
}

/** VS Code shows backticks as code in what is Markdown; others read the plain description. */
function withMarkdown(schema: Json): Json {
  const { description } = schema
  return typeof description === 'string' && description.includes('`')
    ? { ...schema, markdownDescription: description }
    : schema
}

/** The ids of detectors, with what they find. */
function described(schema: Json): Json {
  const { detector } = suggestions()
  const isDetectors = JSON.stringify(schema.enum) === JSON.stringify(detector.map(({ label }) => label))
  return isDetectors ? { ...schema, markdownEnumDescriptions: detector.map(({ says }) => says) } : schema
}

/**
 * Of words or a map, and of texts of a pattern or numbers, the server finds faults in the form that it holds for the
 * nearest: which is meant is told by the type alone.
 */
function byType(schema: Json): Json {
  const { anyOf, ...rest } = schema
  if (!Array.isArray(anyOf)) return schema
  const forms = (anyOf as Json[]).flatMap((form) => (Array.isArray(form.anyOf) ? (form.anyOf as Json[]) : [form]))
  const texts = forms.filter(({ type }) => type === 'string')
  const [other, ...more] = forms.filter(({ type }) => type !== 'string')
  if (other === undefined || more.length > 0) return schema
  const [text] = texts
  if (texts.length === 1 && text.enum !== undefined && other.type === 'object')
    return { ...rest, defaultSnippets: actionSnippets(text, other), ...textOr(text, other) }
  const said = texts.find(({ patternErrorMessage: message }) => message !== undefined)?.patternErrorMessage
  if (said === undefined) return schema
  const pattern = [...new Set(texts.map((form) => `(?:${String(form.pattern)})`))].join('|')
  return {
    ...rest,
    ...textOr({ type: 'string', pattern, patternErrorMessage: said }, { ...other, errorMessage: said }),
  }
}

const conditional = ['if', 'then', 'else'] as const

/** What is a text is checked as one, anything else as the other. */
function textOr(text: Json, other: Json): Json {
  const parts = [{ type: 'string' }, text, other]
  return Object.fromEntries(conditional.map((keyword, at) => [keyword, parts[at]]))
}

/** Nothing is offered of `then` and `else` while there is no value yet: the words, and the maps with their first key. */
function actionSnippets(words: Json, map: Json): Json[] {
  const forms = Object.entries((map.properties ?? {}) as Record<string, Json>)
  return [
    ...(words.enum as string[]).map((word) => ({ label: word, body: word })),
    ...forms.map(([key, form]) => ({
      label: `{ ${key}: … }`,
      markdownDescription: form.description,
      body: { [key]: form.type === 'object' ? {} : form.type === 'integer' ? 64 : '[{kind}]' },
    })),
  ]
}

function text(schema: Json): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`
}

if (import.meta.main) {
  for (const [path, content] of Object.entries(schemaFiles()))
    writeFileSync(new URL(`../${path}`, import.meta.url), content)
}
