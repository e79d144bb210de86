// The references of gateway.yaml and of rulesets.
import { z } from 'zod'
import { receiverSchemas } from '../../src/config/receiver-schema.ts'
import { configSchema, exporterSchemas } from '../../src/config/schema.ts'
import { rulesetSchema } from '../../src/ruleset/schema.ts'
import { referenceOf, type JsonSchema } from './reference.ts'

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

export function rulesetReference(): string {
  return referenceOf(toJsonSchema(rulesetSchema), {
    keys: 'RING',
    'keys.RING.ring': 'ID',
    classes: 'NAME',
    'conventions.services': 'GROUP',
    'conventions.events': 'EVENT',
    'metrics.cumulative.buckets': 'UNIT',
    'tests.hits': 'DETECTOR',
  })
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
}
