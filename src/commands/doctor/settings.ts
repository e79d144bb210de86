// Settings of a store that decide whether it keeps what it is sent, as it tells them itself. A store that does not tell
// (in a cloud, behind a gateway) is left in peace.
import { parse } from 'yaml'
import type { HttpGetter } from '../../exporters/http-get.ts'
import type { Notes } from './finding.ts'

/** @param base where Prometheus' own API is, `/` at the end */
export async function prometheusSettings(getter: HttpGetter, base: URL, notes: Notes): Promise<void> {
  const flags = objectIn((await answerOf(getter, new URL('api/v1/status/flags', base))) ?? '', 'data')
  const receiver = flags?.['web.enable-otlp-receiver']
  if (receiver === 'false') {
    notes.fail('otlp-receiver', 'its OTLP receiver is off', 'start Prometheus with `--web.enable-otlp-receiver`')
  } else if (receiver === 'true') notes.ok('otlp-receiver', 'its OTLP receiver is on')

  const shown = objectIn((await answerOf(getter, new URL('api/v1/status/config', base))) ?? '', 'data')?.['yaml']
  if (typeof shown !== 'string') return
  const tsdb = objectIn(shown, 'storage', 'tsdb') ?? {}
  // Where it is written, and how Prometheus shows what was not.
  const shownWindow = tsdb['out_of_order_time_window'] ?? tsdb['outofordertimewindow']
  const window = typeof shownWindow === 'string' ? shownWindow : Number(shownWindow ?? 0)
  if (/^0[a-z]*$/.test(String(window))) {
    const change = 'in prometheus.yml: `storage: {tsdb: {out_of_order_time_window: 30m}}`'
    notes.warn('out-of-order', 'it refuses samples that arrive late, as after it was away', change)
  } else notes.ok('out-of-order', `it takes samples that arrive late (out_of_order_time_window ${spoken(window)})`)
}

/** @param base where Loki's own API is, `/` at the end */
export async function lokiSettings(getter: HttpGetter, base: URL, notes: Notes): Promise<void> {
  const limits = objectIn((await answerOf(getter, new URL('config', base))) ?? '', 'limits_config')
  const allowed = limits?.['allow_structured_metadata']
  if (allowed === false) {
    const change = 'in loki.yaml: `limits_config: {allow_structured_metadata: true}`, with schema v13'
    notes.fail('structured-metadata', 'it refuses logs with attributes', change)
  } else if (allowed === true) notes.ok('structured-metadata', 'it keeps attributes (allow_structured_metadata)')
}

async function answerOf(getter: HttpGetter, url: URL): Promise<string | undefined> {
  const answer = await getter.get(url)
  return answer?.status === 200 ? answer.text : undefined
}

/** An object inside YAML or JSON; undefined where there is none. */
function objectIn(text: string, ...path: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  try {
    let value: unknown = parse(text, { logLevel: 'silent' })
    for (const key of path) value = (value as Readonly<Record<string, unknown>> | null)?.[key]
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Shown as milliseconds, or as written. */
function spoken(window: string | number): string {
  return typeof window === 'number' ? `${Math.round(window / 60_000)}m` : window
}
