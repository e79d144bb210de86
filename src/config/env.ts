// `${env:NAME}` and `${env:NAME:-default}` in the values of a file. A variable's value never reaches a message: messages
// quote the text of the file.
import { isMap, isScalar, isSeq, parseDocument, visit, type Scalar } from 'yaml'
import type { ZodType } from 'zod'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { nodeAt, positionAt, valueOf, type YamlFile } from '../diagnostics/yaml.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface Substituted {
  /** Values that are nothing but one variable: they may be meant as a number or a boolean. */
  readonly untyped: ReadonlySet<Scalar>
  readonly diagnostics: readonly Diagnostic[]
}

const reference = /\$(\$|\{([^}]*)\}?)/g
const known = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s

/** Replaces the variables in a file's values, in place. `$$` is a dollar sign. */
export function substituteEnv(yaml: YamlFile, env: Env): Substituted {
  const untyped = new Set<Scalar>()
  const diagnostics: Diagnostic[] = []
  visit(yaml.document, {
    Scalar(role, node) {
      if (role === 'key' || typeof node.value !== 'string' || !node.value.includes('$')) return
      const written = node.value
      const fault = (code: string, message: string, help: string): void => {
        const position = positionAt(yaml, node)
        diagnostics.push({
          code: `config/${code}`,
          severity: 'error',
          message,
          file: yaml.file,
          help,
          ...(position && { position }),
        })
      }
      node.value = written.replace(reference, (whole, kind: string, inside: string | undefined) => {
        if (kind === '$') return '$'
        const [, name, fallback] = whole.endsWith('}') ? (known.exec(inside ?? '') ?? []) : []
        if (name === undefined) {
          fault(
            'variable-syntax',
            `"${whole}" is no variable`,
            'write ${env:NAME} or ${env:NAME:-default}; a dollar sign is $$',
          )
          return ''
        }
        const value = env[name] ?? ''
        if (value !== '') return value
        if (fallback !== undefined) return fallback
        if (env[name] === undefined) {
          fault(
            'unset-variable',
            `the environment variable ${name} is not set`,
            `set it, or give a default: \${env:${name}:-…}`,
          )
        }
        return ''
      })
      if (/^\$\{[^}]*\}$/.test(written)) untyped.add(node)
    },
  })
  return { untyped, diagnostics }
}

/** Values of variables are text. Where the declaration wants a number or a boolean, they are read as YAML reads them. */
export function retype(schema: ZodType, yaml: YamlFile, untyped: ReadonlySet<Scalar>): void {
  if (untyped.size === 0) return
  for (const { path } of schema.safeParse(valueOf(yaml)).error?.issues ?? []) {
    const node = nodeAt(yaml, path)
    if (!isScalar(node) || !untyped.has(node) || typeof node.value !== 'string') continue
    const parsed = parseDocument(node.value)
    if (parsed.errors.length > 0 || isMap(parsed.contents) || isSeq(parsed.contents)) continue
    const value: unknown = parsed.toJS()
    if (typeof value === 'number' || typeof value === 'boolean') node.value = value
  }
}
