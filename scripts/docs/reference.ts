// The keys of a YAML language as nested lists, from the JSON Schema of its one declaration.
import { durationPattern, sizePattern } from '../../src/config/units.ts'
import { code, codes, item } from './markdown.ts'

/** As much of JSON Schema as zod writes. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly const?: string | number | boolean
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
}

/** What has been said already, by its JSON → the path where. */
type Said = Map<string, string>

/**
 * The keys below a schema.
 * @param names what stands for the keys of maps that a user names, by the path of the map
 */
export function referenceOf(schema: JsonSchema, names: Readonly<Record<string, string>>): string {
  return keysOf(schema, '', 0, new Map(), names).join('\n')
}

/** The same, key by key of the top: the top of a file. */
export function sectionsOf(
  schema: JsonSchema,
  names: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly text: string }[] {
  const said: Said = new Map()
  return Object.entries(schema.properties ?? {}).map(([name, child]) => {
    const required = schema.required?.includes(name) === true ? [name] : []
    return { name, text: keysOf({ properties: { [name]: child }, required }, '', 0, said, names).join('\n') }
  })
}

/** A default as YAML writes it. */
function defaultText(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
}

function keysOf(schema: JsonSchema, path: string, depth: number, said: Said, names: Names): string[] {
  const lines: string[] = []
  const { known, own } = split(schema, said)
  for (const group of alike(own)) {
    const [name, child] = group[0]
    said.set(keyOf(name, child), path)
    const isRequired = schema.required?.includes(name) ?? false
    lines.push(
      ...entry(
        group.map(([key]) => key),
        child,
        isRequired,
        path,
        depth,
        said,
        names,
      ),
    )
  }
  for (const [where, keys] of known) lines.push(item(`${codes(keys)}: as under ${code(where)}.`, depth))
  return lines
}

type Names = Readonly<Record<string, string>>
type Entry = readonly [name: string, schema: JsonSchema]

function entry(
  keys: readonly string[],
  schema: JsonSchema,
  isRequired: boolean,
  parent: string,
  depth: number,
  said: Said,
  names: Names,
): string[] {
  const path = parent === '' ? keys[0] : `${parent}.${keys[0]}`
  const form = objectIn(schema)
  const type = typeOf(schema)
  const fallback = schema.default === undefined ? '' : `default ${code(defaultText(schema.default))}`
  const inBrackets = [type, isRequired ? 'required' : fallback].filter(Boolean).join(', ')
  const head = codes(keys) + (inBrackets === '' ? '' : ` (${inBrackets})`)
  const inside = form === undefined ? undefined : insideOf(form, path, names)
  const before = inside && said.get(JSON.stringify(inside.schema.properties))
  const texts = [schema.description, before === undefined ? undefined : `Its keys are those of ${code(before)}.`]
  const text = texts.filter(Boolean).join(' ')
  const line = item(text === '' ? head : `${head}: ${text}`, depth)
  if (inside === undefined || before !== undefined) return [line]
  if (Object.keys(inside.schema.properties ?? {}).length > 0)
    said.set(JSON.stringify(inside.schema.properties), inside.path)
  if (inside.name === undefined) return [line, ...keysOf(inside.schema, inside.path, depth + 1, said, names)]
  const { description, properties } = inside.schema
  const ownType = properties === undefined ? typeOf(inside.schema) : ''
  const named = `${code(inside.name)}${ownType === '' ? '' : ` (${ownType})`}${description === undefined ? '' : `: ${description}`}`
  return [
    line,
    item(named, depth + 1),
    ...keysOf(objectIn(inside.schema) ?? inside.schema, inside.path, depth + 2, said, names),
  ]
}

/** The object that the keys below are of: the schema itself, or what its user-named keys or its items hold. */
function insideOf(
  form: JsonSchema,
  path: string,
  names: Names,
): { schema: JsonSchema; path: string; name?: string } | undefined {
  if (form.properties !== undefined) return { schema: form, path }
  const values = form.additionalProperties
  const name = names[path]
  if (name === undefined || typeof values !== 'object') return undefined
  return { schema: values, path: `${path}.${name}`, name }
}

/** Keys that were described before, by the path where; and the others. */
function split({ properties = {} }: JsonSchema, said: Said): { known: Map<string, string[]>; own: Entry[] } {
  const known = new Map<string, string[]>()
  const own: Entry[] = []
  for (const [name, child] of Object.entries(properties)) {
    const where = child.description === undefined ? undefined : said.get(keyOf(name, child))
    if (where === undefined) own.push([name, child])
    else known.set(where, [...(known.get(where) ?? []), name])
  }
  return { known, own }
}

const keyOf = (name: string, schema: JsonSchema): string => `${name}\n${JSON.stringify(schema)}`

/** Neighbours with keys of their own that say the same. */
function alike(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = []
  for (const each of entries) {
    const last = groups.at(-1)
    const isSame =
      last !== undefined && objectIn(each[1]) !== undefined && JSON.stringify(last[0][1]) === JSON.stringify(each[1])
    if (isSame) last.push(each)
    else groups.push([each])
  }
  return groups
}

function objectIn(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties !== undefined || typeof schema.additionalProperties === 'object') return schema
  if (schema.items !== undefined) return objectIn(schema.items)
  return schema.anyOf?.map(objectIn).find((form) => form !== undefined)
}

/** The type in words; empty for a map of known keys. */
function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return codes(schema.enum)
  if (schema.const !== undefined) return code(String(schema.const))
  if (schema.anyOf !== undefined) return unionOf(schema.anyOf)
  switch (schema.type) {
    case 'string':
      if (schema.pattern === durationPattern.source) return 'duration'
      if (schema.pattern === sizePattern.source) return 'size'
      return schema.format === 'date' ? 'date' : 'text'
    case 'integer':
      return `whole number${rangeOf(schema)}`
    case 'number':
      return `number${rangeOf(schema)}`
    case 'boolean':
      return '`true` or `false`'
    case 'array':
      return `list${schema.items?.properties === undefined ? ` of ${plural(typeOf(schema.items ?? {}))}` : ''}`
    case 'object': {
      const values = schema.additionalProperties
      return typeof values === 'object' ? 'map' : ''
    }
    default:
      return ''
  }
}

function unionOf(members: readonly JsonSchema[]): string {
  const types = members.filter(({ type }) => type !== 'null').map(typeOf)
  // Sizes are also numbers of bytes, and durations also 0.
  if (types.includes('size')) return 'size'
  if (types.includes('duration')) return 'duration'
  const list = types.find((type) => type.startsWith('list'))
  if (list !== undefined && types.length === 2) return `${types.find((type) => type !== list)}, or a list`
  const words = types.filter(Boolean)
  return words.length === types.length || words.length === 0 ? words.join(' or ') : `${words.join(', ')}, or a map`
}

const plural = (type: string): string => (type === 'text' || type === 'number' ? `${type}s` : type)

function rangeOf({ minimum, maximum }: JsonSchema): string {
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (minimum !== undefined && most !== undefined) return `, ${minimum} to ${most}`
  return minimum === undefined ? '' : `, at least ${minimum}`
}
