// Maps whose keys choose the form of their values: `otlp_http/tempo` is of the type `otlp_http`. Their form is made for each
// file, from the names that it has.
import { isMap, isScalar } from 'yaml'
import { z } from 'zod'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { list, nearest } from '../diagnostics/suggest.ts'
import { nodeAt, positionOfKey, type YamlFile } from '../diagnostics/yaml.ts'

export interface NamedKind {
  readonly key: 'exporters' | 'receivers'
  /** What one of them is called. */
  readonly noun: 'exporter' | 'receiver'
  /** Their forms, by type. */
  readonly forms: Readonly<Record<string, z.ZodType>>
  /** A name as an example. */
  readonly example: string
  /** What people write who mean another. */
  readonly meant?: Readonly<Record<string, string>>
}

/** The form of such a map; and keys that choose none. */
export function namedForms(
  yaml: YamlFile,
  { key, noun, forms, example, meant = {} }: NamedKind,
): { schema: z.ZodType<Record<string, unknown>>; diagnostics: Diagnostic[] } {
  const node = nodeAt(yaml, [key])
  const names = isMap(node) ? node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : []
  const diagnostics: Diagnostic[] = []
  const shape: Record<string, z.ZodType> = {}
  const types = Object.keys(forms)
  for (const name of names) {
    const type = name.split('/', 1)[0]
    const isKnown = Object.hasOwn(forms, type)
    if (isKnown && /^[a-z_]+(\/[A-Za-z0-9._-]{1,64})?$/.test(name)) {
      shape[name] = forms[type]
      continue
    }
    const near = Object.hasOwn(meant, type) ? meant[type] : nearest(type, types)
    const unknown = `no type of ${noun} is called "${type}"${near === undefined ? '' : `, did you mean "${near}"?`}`
    const article = noun === 'exporter' ? 'an' : 'a'
    const unnamed = `"${name}" is no name of ${article} ${noun}: after "/" come letters, digits, ".", "_" or "-"`
    const position = positionOfKey(yaml, [key, name])
    diagnostics.push({
      code: noun === 'exporter' ? 'config/unknown-exporter' : 'config/unknown-receiver',
      severity: 'error',
      message: isKnown ? unnamed : unknown,
      file: yaml.file,
      ...(position === undefined ? {} : { position }),
      help: `a name is a type, or a type and a name such as ${example}; ${types.length === 1 ? `the type is ${types[0]}` : `the types are ${list(types)}`}`,
    })
    // Already said: what it holds is of no interest.
    shape[name] = z.unknown()
  }
  return { schema: z.strictObject(shape), diagnostics }
}
