// Writes the JSON Schemas that editors complete and check users' files with, from the declarations of the two languages.
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { receiverSchemas } from '../src/config/receiver-schema.ts'
import { configSchema, exporterSchemas } from '../src/config/schema.ts'
import { rulesetSchema } from '../src/ruleset/schema.ts'

type Json = Record<string, unknown>

/** Path in the repository → text. */
export function schemaFiles(): Record<string, string> {
  return {
    'schemas/config.schema.json': text(configJsonSchema()),
    'schemas/ruleset.schema.json': text(toJsonSchema(rulesetSchema)),
  }
}

/** The keys of `receivers` and `exporters` choose the form of their values: JSON Schema says that with patterns. */
function configJsonSchema(): Json {
  const any = z.record(z.string(), z.unknown())
  const schema = toJsonSchema(configSchema({ receivers: any, exporters: any }), withVariables)
  const properties = schema.properties as Record<string, Json>
  for (const [key, forms] of Object.entries({ receivers: receiverSchemas, exporters: exporterSchemas })) {
    const { description } = properties[key]
    const patterns = Object.entries(forms).map(([type, form]) => {
      const { $schema: _dialect, ...own } = toJsonSchema(form, withVariables)
      return [`^${type}(/[A-Za-z0-9._-]+)?$`, own]
    })
    properties[key] = {
      description,
      type: 'object',
      patternProperties: Object.fromEntries(patterns),
      additionalProperties: false,
    }
  }
  return schema
}

type Override = NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']

function toJsonSchema(schema: z.ZodType, override?: Override): Json {
  return z.toJSONSchema(schema, { io: 'input', ...(override && { override }) })
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

function text(schema: Json): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`
}

if (import.meta.main) {
  for (const [path, content] of Object.entries(schemaFiles()))
    writeFileSync(new URL(`../${path}`, import.meta.url), content)
}
