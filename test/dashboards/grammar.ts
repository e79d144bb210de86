// Reads queries with the grammars of their own languages.
import { parser as logql } from '@grafana/lezer-logql'
import { parser as traceql } from '@grafana/lezer-traceql'
import { parser as promql } from '@prometheus-io/lezer-promql'
import type { SourceKind } from '../../src/dashboards/spec.ts'

const parsers = { prometheus: promql, loki: logql, tempo: traceql }

type Tree = ReturnType<typeof promql.parse>
type Node = Tree['topNode']

/** Where a query, its variables substituted, does not parse: `at 12: …`. Empty when it does. */
export function syntaxErrors(kind: SourceKind, query: string): string[] {
  const faults: string[] = []
  parsers[kind].parse(query).iterate({
    enter({ type, from }) {
      if (type.isError) faults.push(`at ${from}: ${query.slice(from, from + 20)}`)
    },
  })
  return query.trim() === '' ? ['empty'] : faults
}

export interface Selector {
  readonly metric: string
  /** Matcher as it is written, without spaces: `job=~"$job"`. */
  readonly matchers: readonly string[]
  /** Labels that the aggregations around it keep. */
  readonly groupedBy: readonly string[]
  /** The function whose argument it is: `rate`; undefined for a bare selector. */
  readonly inside: string | undefined
  /** The range, as it is written: `5m`; undefined for an instant. */
  readonly range: string | undefined
  /** It is compared with itself at an earlier time: `x unless (x offset 5m)`. */
  readonly isFirstAppearance: boolean
}

/** Every selector of a PromQL query. */
export function selectorsOf(query: string): Selector[] {
  const text = (node: Node): string => query.slice(node.from, node.to)
  const found: Selector[] = []
  promql.parse(query).iterate({
    enter({ node, name }) {
      if (name !== 'VectorSelector') return
      const around = ancestors(node)
      const range = around[0]?.name === 'MatrixSelector' ? around[0] : undefined
      const call = around.find((each) => each.name === 'FunctionCall')
      found.push({
        metric: text(node.getChild('Identifier')!),
        matchers: (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) =>
          text(matcher).replaceAll(' ', ''),
        ),
        groupedBy: around
          .filter((each) => each.name === 'AggregateExpr')
          .flatMap(
            (each) => each.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName') ?? [],
          )
          .map(text),
        inside: range === undefined ? undefined : call && text(call.getChild('FunctionIdentifier')!),
        range: range && text(range.getChild('DurationExpr')!),
        isFirstAppearance: around.some((each) => each.name === 'BinaryExpr' && isNewcomer(text(each))),
      })
    },
  })
  return found
}

/** `x unless (x offset …)`: what was not there before. */
function isNewcomer(binary: string): boolean {
  const [left, right = ''] = binary.replaceAll(/[() ]/g, '').split('unless')
  return /offset\w+$/.test(right) && right.replace(/offset\w+$/, '') === left
}

function ancestors(node: Node): Node[] {
  const nodes: Node[] = []
  for (let each = node.parent; each !== null; each = each.parent) nodes.push(each)
  return nodes
}
