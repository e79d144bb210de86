// A user's YAML text → plain values, and the place in the text of each of them. Never throws for what a user wrote.
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml'
import type { Diagnostic, Position } from './diagnostic.ts'

/** Where a value is in a file: map keys and list indexes from the top. */
export type YamlPath = readonly PropertyKey[]

export interface YamlFile {
  /** The name that messages show. */
  readonly file: string
  readonly text: string
  readonly document: Document
  readonly lines: LineCounter
}

export interface LoadedYaml {
  readonly yaml: YamlFile
  /** Faults of syntax; with any, the content is not to be used. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Parses YAML 1.2, one document.
 * @param area the first part of the codes of its diagnostics, such as `config`
 */
export function loadYaml(file: string, text: string, area: string): LoadedYaml {
  const lines = new LineCounter()
  const code = `${area}/syntax`
  const refused = (message: string, help: string, position?: Position): LoadedYaml => {
    const document = parseDocument('', { lineCounter: new LineCounter() })
    const fault = { code, severity: 'error' as const, message, file, help, ...(position && { position }) }
    return { yaml: { file, text, document, lines }, diagnostics: [fault] }
  }
  if (text.length > mostCharacters)
    return refused(
      `the file is larger than ${mostCharacters >> 20} MiB`,
      'is it the right one? Files of this size are not read; a ruleset can be split with extends',
    )
  const notUtf8 = text.indexOf('\uFFFD')
  if (notUtf8 >= 0) return refused('the file is not UTF-8', 'save it in this encoding', positionIn(text, notUtf8))
  const parsed = parse(text, lines)
  if (parsed === undefined)
    return refused(
      'this is nested too deeply to be read',
      'maps and lists in each other go a few levels deep, not hundreds',
    )
  const yaml = { file, text, document: parsed, lines }
  const diagnostics = syntaxFaults([...parsed.errors, ...parsed.warnings], yaml, code)
  if (diagnostics.length === 0) diagnostics.push(...oddities(yaml, code))
  return { yaml, diagnostics }
}

/** Longer files are not read: nobody writes them, and to parse one takes minutes. */
const mostCharacters = 1 << 20

function positionIn(text: string, at: number): Position {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: before[before.length - 1].length + 1, length: 1 }
}

/** The plain value of a file without faults of syntax. */
export function valueOf(yaml: YamlFile): unknown {
  return yaml.document.toJS()
}

/** The node at a path, aliases followed; undefined where nothing is written. */
export function nodeAt(yaml: YamlFile, path: YamlPath): Node | undefined {
  let node = resolve(yaml, yaml.document.contents)
  for (const step of path) {
    const next = isMap(node) ? pairOf(node.items, step)?.value : isSeq(node) ? node.items[Number(step)] : undefined
    if (next === undefined || !isNode(next)) return undefined
    node = resolve(yaml, next)
  }
  return node
}

/** The place of the value at a path, or of the nearest thing above it that is written. */
export function positionOf(yaml: YamlFile, path: YamlPath): Position | undefined {
  const node = nodeAt(yaml, path)
  if (node?.range) {
    // The start of a map in block style is its first key: the key above it says more.
    if (isCollection(node) && node.flow !== true && path.length > 0) return positionOfKey(yaml, path)
    return span(yaml, node.range[0], isCollection(node) ? node.range[0] + 1 : node.range[1])
  }
  return path.length > 0 ? positionOfKey(yaml, path) : undefined
}

/** The place of a node. */
export function positionAt(yaml: YamlFile, node: Node): Position | undefined {
  return node.range ? span(yaml, node.range[0], node.range[1]) : undefined
}

/** The place of the key that a path ends with (of a list's item: the item), or of the nearest thing above it. */
export function positionOfKey(yaml: YamlFile, path: YamlPath): Position | undefined {
  if (path.length === 0) return span(yaml, 0, 1)
  const parent = nodeAt(yaml, path.slice(0, -1))
  const last = path[path.length - 1]
  if (isMap(parent)) {
    const key = pairOf(parent.items, last)?.key
    if (isNode(key) && key.range) return span(yaml, key.range[0], key.range[1])
  }
  if (isSeq(parent)) {
    const item = parent.items[Number(last)]
    if (isMap(item) && item.items.length > 0 && item.flow !== true) {
      const key = item.items[0].key
      if (isNode(key) && key.range) return span(yaml, key.range[0], key.range[1])
    }
    if (isNode(item) && item.range) return span(yaml, item.range[0], item.range[1])
  }
  return positionOf(yaml, path.slice(0, -1))
}

/** The text of a scalar as the user wrote it: what messages may quote, since it shows `${env:…}` and not its value. */
export function writtenAt(yaml: YamlFile, path: YamlPath): string | undefined {
  const node = nodeAt(yaml, path)
  if (!isScalar(node) || !node.range) return undefined
  return yaml.text.slice(node.range[0], node.range[1]).replace(/^(['"])(.*)\1$/s, '$2')
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true, logLevel: 'error' })
    // Aliases that multiply, and nesting beyond the stack, show here and nowhere else.
    if (document.errors.length === 0 && !danglingAlias(document)) document.toJS()
    return document.errors.some(({ message }) => message.includes('call stack')) ? undefined : document
  } catch {
    return undefined
  }
}

/** The first fault, and keys written twice: what a parser says after its first fault is mostly a consequence. */
function syntaxFaults(faults: readonly YAMLError[], yaml: YamlFile, code: string): Diagnostic[] {
  const told = faults.filter((fault, index) => index === 0 || fault.code === 'DUPLICATE_KEY')
  const alias = faults.length === 0 ? danglingAlias(yaml.document) : undefined
  if (alias !== undefined) {
    const position = span(yaml, alias.range?.[0] ?? 0, alias.range?.[1] ?? 1)
    const message = `"*${alias.source}" stands for something that is marked &${alias.source}, and nothing is`
    const help = `a text that begins with * needs quotes: '*${alias.source}'`
    return [{ code, severity: 'error', message, file: yaml.file, position, help }]
  }
  return told.map((fault) => {
    const position = span(yaml, fault.pos[0], fault.pos[1])
    const line = yaml.text.split('\n')[position.line - 1] ?? ''
    const isVariable = /[{[,:]\s*\$\{/.test(line) && /[{[].*\$\{/.test(line)
    const help = isVariable ? 'inside { } and [ ] a variable needs quotes: "${env:NAME}"' : helpFor(fault)
    return { code, severity: 'error', message: sentenceOf(fault), file: yaml.file, position, ...(help && { help }) }
  })
}

/** The first `*name` that nothing is named `&name` for. */
function danglingAlias(document: Document): Alias | undefined {
  let found: Alias | undefined
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined
      found = alias
      return visit.BREAK
    },
  })
  return found
}

/** How to mend what people get wrong. */
function helpFor({ code, message }: YAMLError): string | undefined {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'join the two into one, or take one out'
    case 'TAB_AS_INDENT':
      return 'indent with spaces; most editors can be told to'
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BAD_INDENT':
      return 'the keys of one map begin in one column, and so do the items of one list: look at the lines around this one'
    case 'MISSING_CHAR':
      if (/quote/.test(message)) return 'look above for a quote that is opened and not closed'
      return /[\]}]/.test(message) ? 'look above for a { or [ that is opened and not closed' : undefined
    case 'MULTIPLE_DOCS':
      return 'take the line --- out, or make two files of it'
    default:
      return undefined
  }
}

/** The parser's own sentence, in one line and without the user's text that it may quote. */
function sentenceOf({ code, message }: YAMLError): string {
  if (code === 'DUPLICATE_KEY') return 'this key is written twice in one map'
  if (code === 'MULTIPLE_DOCS') return 'the file holds more than one YAML document'
  if (code === 'TAG_RESOLVE_FAILED') return 'YAML tags are not used here'
  if (code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'this is no valid YAML: a line below this one is indented further than it may be'
  if (code === 'MISSING_CHAR' && /quote/.test(message)) return 'this is no valid YAML: a quote is not closed'
  return `this is no valid YAML: ${message
    .split('\n')[0]
    .replace(/:? ".*$/, '')
    .replace(/[.:]$/, '')}`
}

/** Valid YAML that plain data has no form for. */
function oddities(yaml: YamlFile, code: string): Diagnostic[] {
  const found: Diagnostic[] = []
  visit(yaml.document, {
    Pair: (_key, pair) => {
      if (isScalar(pair.key) || isAlias(pair.key)) return
      const range = isNode(pair.key) ? pair.key.range : undefined
      const position = range ? { position: span(yaml, range[0], range[0] + 1) } : {}
      found.push({ code, severity: 'error', message: 'a key must be plain text', file: yaml.file, ...position })
    },
  })
  return found
}

function resolve(yaml: YamlFile, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(yaml.document)
  return isNode(node) ? node : undefined
}

function pairOf(items: readonly unknown[], key: PropertyKey): Pair | undefined {
  return items.find(
    (item): item is Pair => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
  )
}

/** Offsets → a place on one line: the mark ends with the line. */
function span(yaml: YamlFile, start: number, end: number): Position {
  const { line, col } = yaml.lines.linePos(start)
  const lineEnd = yaml.text.indexOf('\n', start)
  const stop = Math.min(end, lineEnd < 0 ? yaml.text.length : lineEnd)
  return { line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, stop - start) }
}
