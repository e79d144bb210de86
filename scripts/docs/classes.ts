// The classes and metrics that are shipped, and what each action does, in the order of their strictness.
import { readFileSync } from 'node:fs'
import { rankOf, type Action } from '../../src/actions/action.ts'
import { storedLabel, storedMetric } from '../../src/metrics/stored-names.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { code, item, table } from './markdown.ts'

const actions: Readonly<Record<Action['is'], readonly [written: string, does: string]>> = {
  keep: ['keep', 'leaves the value as it is; no detector looks at it'],
  detect: ['detect', 'leaves the value, but for what the detectors find in it'],
  truncate: ['{ truncate: 64 }', 'the same, then cuts it to so many bytes, never inside a character or a replacement'],
  mask: ['mask', '`****`'],
  phone: [
    '{ phone: { show: country, hash: {} } }',
    '`+55 hm:…`; what is no phone number becomes a pseudonym whole. With `show: nothing` `hm:…`, without `hash` `+55`',
  ],
  email: [
    '{ email: { domain: { hash: {} } } }',
    '`[email]@hm:…`, the pseudonym of the domain; what is no address becomes a pseudonym whole. `domain` may be `keep` or `drop`',
  ],
  path: ["{ path: { home: '~' } }", 'home directories become `~`; the detectors look at the rest'],
  hash: ['{ hash: { key: pseudonym } }', 'a pseudonym, `hm:k1a2b3:9f2c…`'],
  replace: ["{ replace: '[{kind}]' }", 'this text; `{kind}` is what a detector found, or the name of the class'],
  drop: ['drop', 'the attribute, field or body goes'],
}

export function actionsList(): string {
  const order = Object.keys(actions) as Action['is'][]
  return order
    .toSorted((a, b) => rankOf[a] - rankOf[b])
    .map((name) => item(`${rankOf[name]}: ${code(actions[name][0])}: ${actions[name][1]}`))
    .join('\n')
}

/** `classes:` and what follows, as the lowest layer writes them. */
export function shippedClasses(): string {
  const text = readFileSync(new URL('../../rulesets/builtin/base.yaml', import.meta.url), 'utf8')
  const from = text.indexOf('\nclasses:\n') + 1
  if (from === 0) throw new Error('builtin:base has no classes')
  return `\`\`\`yaml ruleset-part\n${text.slice(from).trimEnd()}\n\`\`\``
}

/** The metrics that `builtin:metrics` makes, as it writes them. */
export function shippedMetrics(): string {
  const text = readFileSync(new URL('../../rulesets/builtin/metrics.yaml', import.meta.url), 'utf8')
  const from = text.indexOf('\nmetrics:\n') + 1
  if (from === 0) throw new Error('builtin:metrics has no metrics')
  return `\`\`\`yaml comment\n${text.slice(from).trimEnd()}\n\`\`\``
}

/** A row for each derived metric that ships: its name in Prometheus, its labels, and what it says of itself. */
export function derivedMetrics(): string {
  const { program } = loadRuleset({ env: {}, key: { id: 'k1a2b3', bytes: new Uint8Array(32) } })
  const rows = (program?.metrics.derived ?? []).map(({ name, unit, by, value, distinct, description }) => {
    const kind = distinct !== undefined ? 'distinct' : value === undefined ? 'sum' : 'histogram'
    const stored = storedMetric({ name, unit, kind, isMonotonic: kind !== 'distinct' })
    return [code(stored), by.map((label) => code(storedLabel(label))).join(', '), description]
  })
  return table(['metric', 'labels', 'what it is'], rows)
}
