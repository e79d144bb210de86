// The schemas of events that ship: `schemas/events/`, one file for each event, and `common.json` for what they share.
import { readdirSync, readFileSync } from 'node:fs'
import { resolveSchema, type EventSchema } from './event-schema.ts'
import type { CommonFile, EventSchemaFile } from './schema-file.ts'

const folder = new URL('../../schemas/events/', import.meta.url)
const commonName = 'common.json'

let common: CommonFile | undefined
let shipped: ReadonlyMap<string, EventSchema> | undefined

/** What the schemas refer to. Read once. */
export function commonFile(): CommonFile {
  return (common ??= read(commonName) as CommonFile)
}

/** Every shipped event by its canonical name, sorted. Read once; tests hold the files to `schema-file.ts`. */
export function shippedEvents(): ReadonlyMap<string, EventSchema> {
  return (shipped ??= new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json') && name !== commonName)
      .toSorted()
      .map((name) => resolveSchema(read(name) as EventSchemaFile, commonFile()))
      .map((schema) => [schema.name, schema]),
  ))
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
}
