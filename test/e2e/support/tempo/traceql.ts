// The part of TraceQL that dashboards use, over the parse tree of Grafana's own grammar. What it does not know is an
// error and never an empty answer: a stand-in that guesses would let a wrong query pass.
import { parser } from '@grafana/lezer-traceql'
import type { SyntaxNode } from '@lezer/common'
import type { StoredSpan } from '../stores/spans.ts'

export class TraceQlError extends Error {
  override readonly name = 'TraceQlError'
}

/** A span and what its trace gives it. */
export interface Candidate {
  readonly span: StoredSpan
  readonly trace: { readonly rootName: string; readonly rootService: string; readonly durationMs: number }
}

type Value = string | number | boolean | undefined
type Field = (candidate: Candidate) => Value
type Condition = (candidate: Candidate) => boolean

export interface Query {
  /** The spans of one trace that the query selects; none: the trace is not found. */
  readonly select: (trace: readonly Candidate[]) => readonly Candidate[]
  /** Whether the newest traces are asked for (`with (most_recent=true)`), not the first that are found. */
  readonly isMostRecent: boolean
  /** What `select(…)` adds to the answer. */
  readonly fields: readonly { readonly name: string; readonly of: Field }[]
  /** Of a metrics query. */
  readonly metrics?:
    | {
        readonly is: 'rate' | 'count_over_time'
        readonly by: readonly { readonly name: string; readonly of: Field }[]
      }
    | undefined
}

/** @throws TraceQlError when it is no TraceQL, or none of what is known here */
export function parseTraceQl(text: string): Query {
  const tree = parser.parse(text)
  const source = (node: SyntaxNode): string => text.slice(node.from, node.to)
  const unknown = (node: SyntaxNode): never => {
    throw new TraceQlError(`the stand-in does not know ${node.name}: ${source(node)}`)
  }
  tree.iterate({
    enter({ type, from }) {
      if (type.isError) throw new TraceQlError(`parse error at line 1, col ${from + 1}: syntax error`)
    },
  })

  const field = (node: SyntaxNode): Field => {
    if (node.name === 'FieldExpression' && isWrapped(node, source)) return field(onlyChild(node))
    if (node.name === 'IntrinsicField') return intrinsics[source(node)] ?? unknown(node)
    if (node.name !== 'AttributeField') return unknown(node)
    const [scope, identifier] = [node.firstChild?.name, node.getChild('Identifier')]
    if (identifier === null) return unknown(node)
    const name = source(identifier).replace(/^"(.*)"$/, '$1')
    if (scope === 'Span') return ({ span }) => scalar(span.attributes[name])
    if (scope === 'Resource') return ({ span }) => scalar(span.resource[name])
    if (scope === 'Identifier') return ({ span }) => scalar(span.attributes[name] ?? span.resource[name])
    return unknown(node)
  }

  const comparison = (node: SyntaxNode): Condition => {
    const [left, operator, right] = children(node)
    const constant = onlyChild(right)
    if (constant.name !== 'Static') return unknown(right)
    const of = field(left)
    const sign = source(operator)
    const wanted = staticValue(constant, source) ?? unknown(constant)
    const holds = comparisons[sign]?.(wanted) ?? unknown(operator)
    return (candidate) => {
      const value = of(candidate)
      // As in Tempo: what is not there, or is of another type, equals nothing and differs from nothing.
      if (wanted === nil) return sign === '=' ? value === undefined : value !== undefined
      return typeof value === typeof wanted && holds(value as string & number)
    }
  }

  const condition = (node: SyntaxNode): Condition => {
    if (node.name === 'Static' && /^(true|false)$/.test(source(node))) return () => source(node) === 'true'
    if (node.name === 'AttributeField') return (candidate) => field(node)(candidate) === true
    if (node.name !== 'FieldExpression') return unknown(node)
    const parts = children(node)
    if (parts.length === 1) {
      const before = text.slice(node.from, parts[0].from).trim()
      const inner = condition(parts[0])
      if (before === '' || before === '(') return inner
      return before === '!' ? (candidate) => !inner(candidate) : unknown(node)
    }
    if (parts.length !== 3 || parts[0].from !== node.from) return unknown(node)
    const [left, operator, right] = parts
    if (operator.name === 'FieldOp') return comparison(node)
    const [first, second] = [condition(left), condition(right)]
    if (operator.name === 'And') return (candidate) => first(candidate) && second(candidate)
    if (operator.name === 'Or') return (candidate) => first(candidate) || second(candidate)
    return unknown(operator)
  }

  const spanset = (node: SyntaxNode): Query['select'] => {
    const parts = children(node)
    if (node.name === 'SpansetFilter') {
      const holds = parts.length === 0 ? () => true : condition(onlyChild(node))
      return (trace) => trace.filter(holds)
    }
    if (parts.length === 1 && /^Spanset|^Wrapped/.test(node.name)) return spanset(parts[0])
    if (parts.length !== 3) return unknown(node)
    const [left, operator, right] = parts
    const [first, second] = [spanset(left), spanset(right)]
    const union = (trace: readonly Candidate[], ...sets: (readonly Candidate[])[]): Candidate[] =>
      trace.filter((candidate) => sets.some((set) => set.includes(candidate)))
    if (operator.name === 'Or') return (trace) => union(trace, first(trace), second(trace))
    if (operator.name !== 'And') return unknown(operator)
    return (trace) => {
      const [one, other] = [first(trace), second(trace)]
      return one.length > 0 && other.length > 0 ? union(trace, one, other) : []
    }
  }

  const named = (nodes: readonly SyntaxNode[]): { name: string; of: Field }[] =>
    nodes.map((node) => ({ name: source(node), of: field(node) }))

  const query = (node: SyntaxNode): Query => {
    const parts = children(node)
    if (parts[1]?.name !== 'Pipe') return { select: spanset(node), isMostRecent: false, fields: [] }
    const before = query(parts[0])
    const stage = innermost(parts[2])
    if (before.metrics !== undefined) return unknown(stage)
    if (stage.name === 'SelectOperation') return { ...before, fields: named(children(onlyChild(stage))) }
    const basic = stage.name === 'MetricsOperation' ? stage.getChild('MetricsOperationBasic') : null
    if (basic === null) return unknown(stage)
    const [type, group, ...rest] = children(basic)
    const is = source(type)
    if ((is !== 'rate' && is !== 'count_over_time') || rest.length > 0) return unknown(stage)
    return { ...before, metrics: { is, by: group === undefined ? [] : named(children(group)) } }
  }

  const [root, ...more] = children(tree.topNode)
  // A query that is empty asks for everything.
  if (root === undefined) return { select: (trace) => trace, isMostRecent: false, fields: [] }
  // Of the hints no other is known.
  const other = more.find((node) => !/^with *\(most_recent *= *true\)$/.test(source(node)))
  return other === undefined ? { ...query(root), isMostRecent: more.length > 0 } : unknown(other)
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child)
  return found
}

function onlyChild(node: SyntaxNode): SyntaxNode {
  const [child, ...rest] = children(node)
  if (child === undefined || rest.length > 0) throw new TraceQlError(`the stand-in does not know this ${node.name}`)
  return child
}

/** Whether it is `x` or `(x)`. */
function isWrapped(node: SyntaxNode, source: (node: SyntaxNode) => string): boolean {
  return children(node).length === 1 && /^[(\s]*$/.test(source(node).slice(0, onlyChild(node).from - node.from))
}

function innermost(node: SyntaxNode): SyntaxNode {
  return node.name.startsWith('SpansetPipeline') && children(node).length === 1 ? innermost(onlyChild(node)) : node
}

const scalar = (value: unknown): Value =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined

const statuses = ['unset', 'ok', 'error']
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
/** Durations are numbers of milliseconds; status and kind are their words with a mark that no string has. */
const word = (text: string): string => `\0${text}`
const nil = word('nil')

const intrinsics: Readonly<Record<string, Field>> = Object.fromEntries(
  (
    [
      ['name', 'span:name', ({ span }) => span.name],
      ['status', 'span:status', ({ span }) => word(statuses[span.status])],
      ['kind', 'span:kind', ({ span }) => word(kinds[span.kind])],
      ['duration', 'span:duration', ({ span }) => span.durationMs],
      ['traceDuration', 'trace:duration', ({ trace }) => trace.durationMs],
      ['rootName', 'trace:rootName', ({ trace }) => trace.rootName],
      ['rootServiceName', 'trace:rootService', ({ trace }) => trace.rootService],
    ] satisfies [string, string, Field][]
  ).flatMap(([short, long, of]) => [
    [short, of],
    [long, of],
  ]),
)

const comparisons: Readonly<Record<string, (wanted: Value) => (value: string & number) => boolean>> = {
  '=': (wanted) => (value) => value === wanted,
  '!=': (wanted) => (value) => value !== wanted,
  '>': (wanted) => (value) => value > (wanted as number),
  '>=': (wanted) => (value) => value >= (wanted as number),
  '<': (wanted) => (value) => value < (wanted as number),
  '<=': (wanted) => (value) => value <= (wanted as number),
  '=~': (wanted) => matches(wanted),
  '!~': (wanted) => (value) => !matches(wanted)(value),
}

/** Tempo's regular expressions are about the whole text. */
function matches(wanted: Value): (value: string) => boolean {
  if (typeof wanted !== 'string') throw new TraceQlError('a regular expression is a string')
  const pattern = new RegExp(`^(?:${wanted})$`, 's')
  return (value) => pattern.test(value)
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5,
  d: 864e5,
}

function staticValue(node: SyntaxNode, source: (node: SyntaxNode) => string): Value {
  const text = source(node)
  switch (node.firstChild?.name) {
    case 'String':
      return text.startsWith('`') ? text.slice(1, -1) : JSON.parse(text)
    case 'Integer':
    case 'Float':
      return Number(text)
    case 'Duration':
      return [...text.matchAll(/([\d.]+)([a-zµ]+)/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * unitMs[unit],
        0,
      )
    case undefined:
      return /^(true|false)$/.test(text) ? text === 'true' : word(text)
    default:
      return undefined
  }
}
