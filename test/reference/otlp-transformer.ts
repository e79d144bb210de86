// The generated OTLP code inside @opentelemetry/otlp-transformer 0.214, the last line that has it: a second opinion.
import { createRequire } from 'node:module'

export interface GeneratedType {
  decode(bytes: Uint8Array): unknown
  encode(message: unknown): { finish(): Uint8Array }
  readonly prototype: object
}

const require = createRequire(import.meta.url)
// No public entry leads to it, so it is found beside the package's own file.
const root: unknown = require('../../node_modules/@opentelemetry/otlp-transformer-0.214/build/src/generated/root.js')

/** A generated type by its simple name. */
export function generated(name: string): GeneratedType {
  const found = search((root as { opentelemetry: object }).opentelemetry, name)
  if (!found) throw new Error(`no generated type ${name}`)
  return found
}

function search(namespace: object, name: string): GeneratedType | undefined {
  for (const [key, value] of Object.entries(namespace)) {
    if (key === name && typeof value === 'function') return value as GeneratedType
    if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
      const found = search(value as object, name)
      if (found) return found
    }
  }
  return undefined
}
