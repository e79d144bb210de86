// `automagik-gateway explain`: everything that touches one spot, what wins and why, and what values become there.
import { list } from '../diagnostics/suggest.ts'
import { createEngine } from '../processors/engine.ts'
import { placeOfClass } from '../ruleset/closure-findings.ts'
import { activeDetectors, gradeMeanings } from '../ruleset/closure-grade.ts'
import { createJudge, type Disposition, type Sender, type Spot } from '../ruleset/closure-judge.ts'
import { dispositionText } from '../ruleset/closure-words.ts'
import { placeOfKey, type Layer } from '../ruleset/layers.ts'
import { loadRuleset } from '../ruleset/load-ruleset.ts'
import type { Program } from '../ruleset/program.ts'
import { noValidation } from '../ruleset/validation.ts'
import { exitCode, InvalidConfiguration, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { treated, type Sample } from './explain/record.ts'
import { questionOf } from './explain/question.ts'
import { placeText, reasonLine, whyNot, without } from './explain/reasons.ts'
import { report, throwAwayKey } from './load.ts'

export interface ExplainOptions {
  readonly ruleset: string
  readonly service?: string
  readonly event?: string
  /** What to show the fate of; made-up personal data unless given. */
  readonly value?: readonly string[]
}

const samples: readonly Sample[] = [
  'ana.silva@example.com',
  '+55 11 91234-5678',
  'ana called from /home/ana/app, +55 11 91234-5678',
  5511912345678,
  42,
  true,
]

/** Explains a spot, such as `span.attributes['user.email']`. */
export function explain(context: CommandContext, path: string, options: ExplainOptions): ExitCode {
  const { program, diagnostics, sources, layers } = loadRuleset({
    file: options.ruleset,
    env: context.env,
    key: throwAwayKey(),
  })
  report(context, diagnostics, sources)
  if (program === undefined) throw new InvalidConfiguration()
  const question = questionOf(program, path, options)
  if ('error' in question) {
    print(context.stderr, `error: ${question.error}\n${question.help}`)
    return exitCode.usage
  }
  const { spot, sender } = question
  const values = fates(program, spot, sender, options.value ?? samples)
  print(
    context.stdout,
    [headOf(path, sender), '', ...explained(program, layers, spot, sender), '', ...values].join('\n'),
  )
  return exitCode.ok
}

function headOf(path: string, { service, event, isDialect }: Sender): string {
  const from = service === undefined ? 'without a service.name' : `of the service ${service}`
  const how = isDialect === true ? ', as the Automagik SDKs send it' : ''
  return `${path} ${from}${event === undefined ? '' : `, in the event ${event}`}${how}`
}

function explained(program: Program, layers: readonly Layer[], spot: Spot, sender: Sender): string[] {
  const judge = createJudge(program)
  const disposition = judge.disposition(spot, sender)
  const because = judge.because(spot, sender)
  const others = without(judge.touching(spot, sender), because)
  const written = placeOfClass(disposition.class, layers)
  return [
    row('becomes', dispositionText(disposition)),
    row('grade', `${disposition.grade}: ${gradeMeanings[disposition.grade]}`),
    ...(disposition.name === undefined || spot.is !== 'attribute' || disposition.name === spot.name
      ? []
      : [row('renamed to', disposition.name)]),
    ...(spot.is === 'attribute' ? wordsOf(program, layers, disposition.name ?? spot.name) : []),
    ...because.map((reason) => row('wins', reasonLine(program, reason, layers))),
    ...others.map((reason) => row('loses', reasonLine(program, reason, layers, whyNot(reason, disposition, because)))),
    ...(written === undefined ? [] : [row('class', `${disposition.class}  ${placeText(written)}`)]),
    row('detectors', detectorsText(program, disposition)),
  ]
}

function detectorsText(program: Program, { action, closed, low }: Disposition): string {
  if (closed !== undefined) return 'none: a value that fits the type stays, any other goes'
  if (action.is === 'keep') return 'none: the value stays as it is'
  if (action.is !== 'detect' && action.is !== 'truncate' && action.is !== 'path')
    return 'none: the value as a whole is treated'
  const active = activeDetectors(program)
  const all = action.is === 'path' && !active.includes('home-path') ? [...active, 'home-path'] : active
  const becomes = low ? '; what they find becomes {kind}' : ''
  return all.length === 0 ? 'none is on' : `${all.join(', ')}${becomes}`
}

/** The words that the conventions have for values of an attribute. */
function wordsOf({ conventions }: Program, layers: readonly Layer[], name: string): string[] {
  const words = conventions.values.get(name)
  const layer = layers.findLast(({ content }) => Object.hasOwn(content.conventions?.values ?? {}, name))
  if (words === undefined || layer === undefined) return []
  const place = placeText(placeOfKey(layer, ['conventions', 'values', name]))
  return [
    row(
      'words',
      `${list(
        [...words].map(([text, word]) => `${text} → ${word}`),
        4,
      )}  ${place}`,
    ),
  ]
}

/** What values become, by the engine itself. */
function fates(program: Program, spot: Spot, sender: Sender, values: readonly Sample[]): string[] {
  // A record of one attribute need not fit a schema.
  const engine = createEngine({ ...program, validation: noValidation })
  const texts = spot.is === 'text' ? [...new Set(values.map(String))] : values
  const width = Math.max(...texts.map((value) => String(value).length))
  return texts.map((value) => {
    const fate = treated(engine, spot, sender, value)
    const same = fate === String(value)
    return `  ${String(value).padEnd(width)}  ${same ? 'stays' : fate === undefined ? 'goes' : `→ ${fate}`}`
  })
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(10)} ${text}`
}
