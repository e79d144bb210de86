// Event schemas that a ruleset brings with it: `events: {schemas: [./events]}`, a folder of files or single files. Read
// like the ruleset itself, so that what is wrong is said with file, line and column.
import { readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { validate } from '../diagnostics/validate.ts'
import { loadYaml, positionOf, positionOfKey, type YamlFile, type YamlPath } from '../diagnostics/yaml.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import { resolveSchema, UnknownReference, type EventSchema } from '../events/event-schema.ts'
import { commonFile } from '../events/read-schemas.ts'
import { eventSchemaFile, type EventSchemaFile } from '../events/schema-file.ts'

/** An event schema of a user's. */
export interface OwnEvent {
  readonly schema: EventSchema
  readonly yaml: YamlFile
}

export interface OwnEventFiles {
  /** Reads a file by its path. Throws the system's error. */
  readonly readText: (path: string) => string
  /** The texts that diagnostics point into, by the name that they show. */
  readonly sources: Map<string, string>
}

type Place = Pick<Diagnostic, 'file' | 'position'>

/**
 * Reads the schemas of one entry, the name of a folder or of a file.
 * @param folder that the entry is relative to
 * @param asked where it is written
 */
export function readOwnEvents(
  entry: string,
  folder: string,
  asked: Place,
  { readText, sources }: OwnEventFiles,
): { readonly events: readonly OwnEvent[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const cannot = (name: string, error: unknown): void => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const message = `cannot read the event schemas "${name}" (${reason})`
    const help = `they are looked for at ${relative('', join(folder, name))}, beside the file that names them`
    diagnostics.push({ ...fault('unreadable', message, asked), help })
  }
  let names: readonly string[] = []
  try {
    names = entry.endsWith('.json') ? [entry] : schemaFilesIn(folder, entry)
    if (names.length === 0) {
      const help = `automagik-gateway events new NAME --out ${entry} writes one`
      diagnostics.push({
        ...fault('no-schemas', `no file in "${entry}" is called *.json`, asked),
        severity: 'warning',
        help,
      })
    }
  } catch (error) {
    cannot(entry, error)
  }
  const events = names.flatMap((name) => {
    const path = join(folder, name)
    // Annotations in a CI find the file by it, wherever the ruleset stands.
    const shown = relative('', path)
    try {
      const text = readText(path)
      sources.set(shown, text)
      const read = readSchema(shown, text)
      diagnostics.push(...read.diagnostics)
      return read.event ?? []
    } catch (error) {
      cannot(name, error)
      return []
    }
  })
  return { events, diagnostics }
}

function schemaFilesIn(folder: string, entry: string): string[] {
  return readdirSync(join(folder, entry))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => join(entry, name))
}

function readSchema(file: string, text: string): { event?: OwnEvent; diagnostics: readonly Diagnostic[] } {
  const { yaml, diagnostics } = loadYaml(file, text, 'ruleset')
  if (diagnostics.length > 0) return { diagnostics }
  const checked = validate(eventSchemaFile, yaml, 'ruleset')
  if (checked.value === undefined) return { diagnostics: checked.diagnostics }
  const found = [...nameFaults(checked.value, yaml), ...requiredFaults(checked.value, yaml)]
  try {
    const schema = resolveSchema(checked.value, commonFile())
    return found.length > 0 ? { diagnostics: found } : { event: { schema, yaml }, diagnostics: [] }
  } catch (error) {
    if (!(error instanceof UnknownReference)) throw error
    const known = Object.keys(commonFile().$defs)
    const at = placeIn(yaml, ['properties', error.attribute, '$ref'])
    const message = `${error.message}${didYouMean(error.wanted, known)}`
    return {
      diagnostics: [...found, { ...fault('unknown-definition', message, at), help: `there are ${list(known)}` }],
    }
  }
}

function nameFaults({ title }: EventSchemaFile, yaml: YamlFile): Diagnostic[] {
  if (basename(yaml.file) === `${title}.json`) return []
  const message = `the schema of "${title}" is in the file ${basename(yaml.file)}`
  return [{ ...fault('schema-name', message, placeIn(yaml, ['title'])), help: `call the file ${title}.json` }]
}

/** What is required without being described has no type, and no class. */
function requiredFaults({ required = [], properties, allOf }: EventSchemaFile, yaml: YamlFile): Diagnostic[] {
  const known = [...Object.keys(properties), ...(allOf === undefined ? [] : Object.keys(commonFile().properties))]
  return required.flatMap((name, index) => {
    if (known.includes(name)) return []
    const message = `"${name}" is required and not described${didYouMean(name, known)}`
    return [
      {
        ...fault('unknown-attribute', message, placeIn(yaml, ['required', index])),
        help: 'describe it under "properties"',
      },
    ]
  })
}

/** The place of something in a schema file, as the fields of a diagnostic. */
export function placeIn(yaml: YamlFile, path: YamlPath): Place {
  const position = positionOf(yaml, path)
  return { file: yaml.file, ...(position === undefined ? {} : { position }) }
}

/** The place of a key in a schema file, as the fields of a diagnostic. */
export function placeOfKeyIn(yaml: YamlFile, path: YamlPath): Place {
  const position = positionOfKey(yaml, path)
  return { file: yaml.file, ...(position === undefined ? {} : { position }) }
}

function fault(code: string, message: string, place: Place): Diagnostic {
  return { code: `ruleset/${code}`, severity: 'error', message, ...place }
}
