// A contract for people: the totals, then every group under its grade; as text for a terminal, or as Markdown.
import { gradeMeanings, grades, type Grade } from '../../ruleset/closure-grade.ts'
import type { ClosureGroup, ClosurePart } from '../../ruleset/closure-groups.ts'
import { dispositionText, placesText, reasonText } from '../../ruleset/closure-words.ts'
import type { Contract, ContractDetector } from './contract.ts'
import { painter, wrapped, type Style } from './lines.ts'

const colors: Readonly<Record<Grade, Style>> = { fixed: 'green', guarded: 'yellow', excepted: 'blue', open: 'red' }

const cellsMeaning =
  'every place of OTLP that holds text, and every name, service and event that the ruleset tells apart there'

const detectorsMeaning =
  'What guarded cells depend on: of values in texts that the detectors were not made with, they find'

/** @param width of the terminal, in columns */
export function contractText(contract: Contract, width: number, color: boolean): string {
  const paint = painter(color)
  const { name, file, digests, cells, totals, detectors, groups, limits } = contract
  const out = [
    paint('bold', `Contract of ${name} (${file})`),
    '',
    ...Object.entries({ ruleset: digests.ruleset, schemas: digests.schemas, 'field table': digests.fields }).map(
      ([label, text]) => `  ${label.padEnd(12)} ${text}`,
    ),
    '',
    wrapped(`${cells} cells: ${cellsMeaning}`, width, '  '),
    '',
    ...grades.map((grade) => {
      const label = paint(colors[grade], grade.padEnd(10))
      return `  ${label} ${String(totals[grade]).padStart(6)}   ${gradeMeanings[grade]}`
    }),
  ]
  for (const grade of grades) {
    const own = groups.filter(({ disposition }) => disposition.grade === grade)
    if (own.length === 0) continue
    out.push('', paint('bold', paint(colors[grade], grade.toUpperCase())))
    for (const group of own) {
      const title = `${dispositionText(group.disposition)}  ${paint('dim', `${because(group)}, ${count(group.cells)}`)}`
      out.push('', `  ${title}`)
      for (const part of group.parts) {
        if (part.names.length > 0) out.push(wrapped(part.names.join(', '), width, '    '))
        out.push(paint('dim', wrapped(`in ${where(part)}`, width, part.names.length > 0 ? '      ' : '    ')))
      }
    }
  }
  out.push('', paint('bold', 'DETECTORS'), '')
  out.push(wrapped(detectors.length === 0 ? 'None is on.' : detectorsMeaning, width, '  '), '')
  for (const { id, measured } of detectors) out.push(`  ${id.padEnd(16)} ${recallText(measured)}`)
  out.push('', paint('bold', 'WHAT IT DOES NOT SAY'), '', ...limits.map((limit) => wrapped(limit, width, '  ')))
  return out.join('\n')
}

/** Of Markdown, in columns; tables are as wide as they are. */
const pageWidth = 120

export function contractMarkdown(contract: Contract): string {
  const { name, file, digests, cells, totals, detectors, groups, limits } = contract
  const out = [
    `# Contract of ${name}`,
    '',
    `Of \`${file}\`, by SHA-256:`,
    '',
    `- ruleset \`${digests.ruleset}\``,
    `- schemas \`${digests.schemas}\``,
    `- field table \`${digests.fields}\``,
    '',
    wrapped(`${cells} cells: ${cellsMeaning}.`, pageWidth, ''),
    '',
    '| grade | cells | means |',
    '|---|---:|---|',
    ...grades.map((grade) => `| ${grade} | ${totals[grade]} | ${gradeMeanings[grade]} |`),
  ]
  for (const grade of grades) {
    const own = groups.filter(({ disposition }) => disposition.grade === grade)
    if (own.length === 0) continue
    out.push('', `## ${grade[0].toUpperCase()}${grade.slice(1)}`, '')
    out.push('| becomes | because of | cells | names | in |', '|---|---|---:|---|---|')
    for (const group of own) {
      for (const [index, part] of group.parts.entries()) {
        const head =
          index > 0 ? ['', '', ''] : [dispositionText(group.disposition), because(group), String(group.cells)]
        const names = part.names.map((each) => `\`${each}\``).join(', ')
        out.push(`| ${[...head, names, where(part)].map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`)
      }
    }
  }
  out.push('', '## Detectors', '', detectors.length === 0 ? 'None is on.' : detectorsMeaning, '')
  if (detectors.length > 0) out.push('| detector | finds whole |', '|---|---|')
  for (const { id, measured } of detectors) out.push(`| \`${id}\` | ${recallText(measured)} |`)
  out.push('', '## What it does not say', '', ...limits.map((limit) => `- ${limit}`))
  return out.join('\n')
}

function recallText(measured: ContractDetector['measured']): string {
  if (measured === undefined) return 'your own: not measured'
  const { positives, whole, partial } = measured
  const rest = partial === 0 ? '' : `, ${partial} in part`
  // Rounded down: what is not all is not 100 %.
  const percent = Math.floor((whole / positives) * 1000) / 10
  return `${percent.toFixed(1).padStart(5)} % of ${positives}${rest}`
}

function because({ because: reasons }: ClosureGroup): string {
  return reasons.map(reasonText).join(', ')
}

function where({ places, services, events }: ClosurePart): string {
  const of = [
    services.length === 0 ? '' : `service ${services.join(', ')}`,
    events.length === 0 ? '' : `event ${events.join(', ')}`,
  ].filter((text) => text !== '')
  return [placesText(places), ...of].join('; ')
}

function count(cells: number): string {
  return `${cells} cell${cells === 1 ? '' : 's'}`
}
