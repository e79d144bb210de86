// Puts values into the variables of a query as Grafana does, so that a store or a grammar can read it.
import type { SourceKind } from '../../src/dashboards/spec.ts'

export interface Values {
  /** Chosen values of the dashboard's variables by name; a variable that is not here has the value "All". */
  readonly chosen?: Readonly<Record<string, readonly string[]>>
  /** The time range of the dashboard (`$__range`). */
  readonly rangeSeconds: number
  /** Between two points of a graph (`$__interval`, `$__auto`). */
  readonly stepSeconds: number
  /** `$__rate_interval`; in Grafana at least four times the scrape interval. Default: that of a scrape every 15 s. */
  readonly rateIntervalSeconds?: number
}

/** "All" of the variables that have no `allValue`: what Grafana would have found. */
const found: Readonly<Record<string, readonly string[]>> = { scrape_job: ['automagik-gateway'] }

/** @throws Error for a variable of Grafana that is not known here */
export function substitute(expr: string, kind: SourceKind, values: Values): string {
  const { rangeSeconds, stepSeconds, rateIntervalSeconds = Math.max(60, stepSeconds + 15), chosen = {} } = values
  const own: Readonly<Record<string, string>> = {
    __range: `${rangeSeconds}s`,
    __rate_interval: `${rateIntervalSeconds}s`,
    __interval: `${stepSeconds}s`,
    __auto: `${stepSeconds}s`,
  }
  return expr.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_whole, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    if (name in own) return own[name]
    if (!variableNames.includes(name)) throw new Error(`no value for $${name} in ${expr}`)
    const picked = chosen[name] ?? found[name]
    return picked === undefined ? '.+' : formats[kind](picked)
  })
}

/** The variables of dashboards that queries may name. */
export const variableNames = ['job', 'instance', 'scrape_job', 'gateway']

/** How each of Grafana's data sources writes several values; Tempo's escapes nothing. */
const formats: Readonly<Record<SourceKind, (values: readonly string[]) => string>> = {
  prometheus: escaped,
  loki: escaped,
  tempo: (values) => values.join('|'),
}

function escaped(values: readonly string[]): string {
  const texts = values.map((value) =>
    value.replaceAll('\\', String.raw`\\\\`).replaceAll(/[$^*{}[\]'+?.()|]/g, (sign) => `\\\\${sign}`),
  )
  return texts.length === 1 ? texts[0] : `(${texts.join('|')})`
}
