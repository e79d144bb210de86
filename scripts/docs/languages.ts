// The references of gateway.yaml and of rulesets.
import { z } from 'zod'
import { receiverSchemas } from '../../src/config/receiver-schema.ts'
import { configSchema, exporterSchemas } from '../../src/config/schema.ts'
import { eventSchemaFile } from '../../src/events/schema-file.ts'
import { rulesetSchema } from '../../src/ruleset/schema.ts'
import { code } from './markdown.ts'
import { referenceOf, sectionsOf, type JsonSchema } from './reference.ts'
import { rulesetExamples } from './ruleset-examples.ts'

export function configReference(): string {
  const any = z.record(z.string(), z.unknown())
  const schema = toJsonSchema(configSchema({ receivers: any, exporters: any }))
  const named: Readonly<Record<string, z.ZodType>> = {
    receivers: z.strictObject(receiverSchemas),
    exporters: z.strictObject(exporterSchemas),
  }
  const properties = Object.entries(schema.properties ?? {}).map(([name, child]) => {
    if (named[name] === undefined) return [name, child]
    return [name, { ...child, properties: toJsonSchema(named[name]).properties, additionalProperties: false }]
  })
  return referenceOf(
    { ...schema, properties: Object.fromEntries(properties) as Record<string, JsonSchema> },
    { 'exporters.otlp_http.headers': 'NAME' },
  )
}

/** Each key of the top with all below it, and with an example. */
export function rulesetReference(): string {
  return sectionsOf(toJsonSchema(rulesetSchema), {
    keys: 'RING',
    'keys.RING.ring': 'ID',
    classes: 'NAME',
    'conventions.services': 'GROUP',
    'conventions.events': 'EVENT',
    'validation.services': 'SERVICE',
    'metrics.cumulative.buckets': 'UNIT',
    'tests.hits': 'DETECTOR',
  })
    .map(({ name, text }) => {
      const example = rulesetExamples[name]
      if (example === undefined) throw new Error(`no example of the key "${name}"`)
      return `## ${code(name)}\n\n${text}\n\n\`\`\`yaml ${example.kind}\n${example.yaml}\`\`\``
    })
    .join('\n\n')
}

/** The keys of an event's schema file. */
export function schemaFileReference(): string {
  return referenceOf(toJsonSchema(eventSchemaFile), { properties: 'ATTRIBUTE' })
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
}
