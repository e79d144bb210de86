// The field table held against an independent description of OTLP: the code that protobufjs generated for an older
// @opentelemetry/otlp-transformer. Both ways: nothing of ours is missing there, nothing of theirs here.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { enums, isPacked, messages, requestOf, wireTypeOf, type Field } from '../../src/otlp/fields.ts'

const generated = readFileSync(
  createRequire(import.meta.url).resolve('@opentelemetry/otlp-transformer-0.214/build/src/generated/root.js'),
  'utf8',
)

/** In opentelemetry-proto 1.11 and newer than the generated code. */
const newer = ['AnyValue.stringValueStrindex', 'KeyValue.keyStrindex']
/** In the generated code and reachable from no Export request. */
const unreachable: ReadonlySet<string> = new Set(['TracesData', 'MetricsData', 'LogsData'])

/** `3 wireType 0 enum` and so on, by `Message.field`, as the generated encoders write it. */
function describedByGenerated(): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [, name, body] of generated.matchAll(
    /(\w+)\.encode = function encode\(message, writer\) \{(.*?)return writer;/gs,
  )) {
    if (unreachable.has(name) || /(Response|PartialSuccess)$/.test(name)) continue
    const singular = /writer\.uint32\(\/\* id (\d+), wireType (\d) =\*\/ \d+\)\.(\w+)\(message\.(\w+)(\[i\])?\)/g
    for (const [, id, wireType, kind, field, element] of body.matchAll(singular)) {
      fields.set(`${name}.${field}`, `${id} ${wireType} ${kind}${element ? ' repeated' : ''}`)
    }
    const child =
      /\.(\w+)\.encode\(message\.(\w+)(\[i\])?, writer\.uint32\(\/\* id (\d+), wireType (\d) =\*\/ \d+\)\.fork/g
    for (const [, type, field, element, id, wireType] of body.matchAll(child)) {
      fields.set(`${name}.${field}`, `${id} ${wireType} ${type}${element ? ' repeated' : ''}`)
    }
    const packed =
      /writer\.uint32\(\/\* id (\d+), wireType 2 =\*\/ \d+\)\.fork\(\);\s+for [^\n]+\n\s+writer\.(\w+)\(message\.(\w+)\[i\]\)/g
    for (const [, id, kind, field] of body.matchAll(packed)) fields.set(`${name}.${field}`, `${id} 2 ${kind} repeated`)
  }
  return fields
}

function describedByTable(): Map<string, string> {
  const kindOf = (field: Field): string => (field.kind === 'enum' ? 'int32' : (field.type ?? field.kind))
  const describe = (field: Field): string =>
    `${field.number} ${isPacked(field) ? 2 : wireTypeOf(field.kind)} ${kindOf(field)}${field.repeated ? ' repeated' : ''}`
  return new Map(
    Object.values(messages).flatMap(({ name, fields }) =>
      fields
        .filter((field) => !newer.includes(`${name}.${field.name}`))
        .map((field): [string, string] => [`${name}.${field.name}`, describe(field)]),
    ),
  )
}

const sorted = (map: Map<string, string>): string[] => Array.from(map, ([key, value]) => `${key} = ${value}`).sort()

describe('the field table', () => {
  it('has every field of the independent description, with its number, wire type and kind, and no other', () => {
    const theirs = sorted(describedByGenerated())
    expect(theirs.length).toBeGreaterThan(130)
    expect(sorted(describedByTable())).toEqual(theirs)
  })

  it('has the fields that are newer than the independent description', () => {
    for (const path of newer) {
      const [name, field] = path.split('.')
      expect(messages[name].fields.map((known) => known.name)).toContain(field)
    }
  })

  it('has the same oneofs and optional fields', () => {
    const theirs: string[] = []
    const oneof =
      /Object\.defineProperty\((\w+)\.prototype, "(\w+)", \{\s+get: \$util\.oneOfGetter\(\$oneOfFields = \[(.*?)\]\)/gs
    for (const [, name, oneofName, members] of generated.matchAll(oneof)) {
      if (!/(Response|PartialSuccess)$/.test(name)) theirs.push(`${name}.${oneofName}: ${members.replaceAll('"', '')}`)
    }
    const ours = Object.values(messages).flatMap(({ name, fields }) => {
      const byOneof = new Map<string, string[]>()
      for (const field of fields) {
        const key = field.optional ? `_${field.name}` : field.oneof
        if (key === undefined || newer.includes(`${name}.${field.name}`)) continue
        byOneof.set(key, [...(byOneof.get(key) ?? []), field.name])
      }
      return Array.from(byOneof, ([key, members]) => `${name}.${key}: ${members.join(', ')}`)
    })
    expect(theirs.length).toBeGreaterThan(5)
    expect(ours.sort()).toEqual(theirs.sort())
  })

  it('has the same enum names and numbers', () => {
    const theirs = new Map<string, number>()
    for (const [, number, name] of generated.matchAll(/values\[valuesById\[(\d+)\] = "(\w+)"\] = \1/g)) {
      theirs.set(name, Number(number))
    }
    for (const name of theirs.keys()) {
      // Flags are bit masks of fields that are no enums on the wire.
      if (/FLAGS|_MASK$/.test(name)) theirs.delete(name)
    }
    expect(Object.assign({}, ...Object.values(enums))).toEqual(Object.fromEntries(theirs))
  })

  it('holds what is reachable from the three requests and nothing else', () => {
    const reached = new Set<string>(Object.values(requestOf))
    for (const name of reached) {
      for (const { kind, type } of messages[name].fields)
        if (kind === 'message' && type !== undefined) reached.add(type)
    }
    expect([...reached].sort()).toEqual(Object.keys(messages).sort())
  })
})
