// The references of gateway.yaml and of rulesets.
import { z } from 'zod'
import { configSchema, exporterSchemas } from '../../src/config/schema.ts'
import { rulesetSchema } from '../../src/ruleset/schema.ts'
import { referenceOf, type JsonSchema } from './reference.ts'

export function configReference(): string {
  const schema = toJsonSchema(configSchema(z.record(z.string(), z.unknown())))
  const exporters = toJsonSchema(z.strictObject(exporterSchemas)).properties ?? {}
  const properties = Object.entries(schema.properties ?? {}).map(([name, child]) =>
    name === 'exporters' ? [name, { ...child, properties: exporters, additionalProperties: false }] : [name, child],
  )
  return referenceOf(
    { ...schema, properties: Object.fromEntries(properties) as Record<string, JsonSchema> },
    { 'exporters.otlp_http.headers': 'NAME' },
  )
}

export function rulesetReference(): string {
  return referenceOf(toJsonSchema(rulesetSchema), {
    keys: 'RING',
    'keys.RING.ring': 'ID',
    classes: 'NAME',
    'conventions.services': 'GROUP',
    'conventions.events': 'EVENT',
    'metrics.cumulative.buckets': 'UNIT',
  })
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
}
