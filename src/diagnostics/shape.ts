// Which keys a declared shape has at a path: what "did you mean" chooses from.
import type { core, ZodType } from 'zod'
import type { YamlPath } from './yaml.ts'

/** The keys that a map at this path may have; empty for maps whose keys the user names. */
export function childKeys(schema: ZodType, path: YamlPath): string[] {
  let shapes = unwrap(schema)
  for (const step of path) shapes = shapes.flatMap((shape) => child(shape, step)).flatMap(unwrap)
  return [...new Set(shapes.flatMap((shape) => (shape.type === 'object' ? Object.keys(shape.shape) : [])))]
}

type Shape = core.$ZodTypes['_zod']['def']

/** Optional, defaulted, piped and alternative shapes, down to what they are made of. */
function unwrap(schema: core.$ZodType): Shape[] {
  const shape = (schema as core.$ZodTypes)._zod.def
  switch (shape.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return unwrap(shape.innerType)
    case 'pipe':
      return unwrap(shape.in)
    case 'union':
      return shape.options.flatMap(unwrap)
    default:
      return [shape]
  }
}

function child(shape: Shape, step: PropertyKey): core.$ZodType[] {
  if (shape.type === 'object') return step in shape.shape ? [shape.shape[String(step)]] : []
  if (shape.type === 'record') return [shape.valueType]
  if (shape.type === 'array') return [shape.element]
  return []
}
