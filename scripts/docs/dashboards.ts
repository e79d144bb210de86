// Every panel of the dashboards, read off their sources: what it shows, its queries, and why it may stay empty.
import { dashboards } from '../../src/dashboards/dashboards.ts'
import type { Gap, PanelSpec, QuerySpec, SourceKind } from '../../src/dashboards/spec.ts'
import { item, wrap } from './markdown.ts'

const languages: Readonly<Record<SourceKind, string>> = { prometheus: 'promql', loki: 'logql', tempo: 'traceql' }

/** A heading for each row, below it what each panel shows and the queries it asks. */
export function panelSections(): string {
  return dashboards
    .flatMap(({ rows }) => rows)
    .map(({ title, panels }) => [`### Row ${title}`, ...panels.map(panelSection)].join('\n\n'))
    .join('\n\n')
}

function panelSection({ title, shows, why, act, queries }: PanelSpec): string {
  const text = wrap(`**${title}.** ${shows} ${why} _${act}_`)
  return [text, ...byLanguage(queries)].join('\n\n')
}

/** Queries of one language share a block of code. */
function byLanguage(queries: readonly QuerySpec[]): string[] {
  return [...Map.groupBy(queries, ({ source }) => languages[source])].map(
    ([language, some]) => `\`\`\`${language}\n${some.map(({ expr }) => expr).join('\n')}\n\`\`\``,
  )
}

/** A list of the reasons, each with the panels that it holds for. */
export function gapsList(): string {
  const byReason = new Map<Gap, string[]>()
  const rows = dashboards.flatMap((dashboard) => dashboard.rows)
  for (const { title: row, panels } of rows) {
    const reasons = [...new Set(panels.flatMap(({ gaps }) => gaps))]
    for (const gap of reasons) {
      const having = panels.filter(({ gaps }) => gaps.includes(gap))
      const titles = having.map(({ title }) => title).join(', ')
      const named = having.length === panels.length ? `row ${row}` : `${titles} (row ${row})`
      byReason.set(gap, [...(byReason.get(gap) ?? []), named])
    }
  }
  return [...byReason]
    .map(([{ of, because }, where]) => item(`**${of}**: ${because} _${capital(where.join('; '))}._`))
    .join('\n')
}

const capital = (text: string): string => text[0].toUpperCase() + text.slice(1)
