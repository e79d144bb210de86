// An OTLP/JSON request of one record as a flat list of fields, named as people speak of them: `resource user.id`,
// `span name`, `span url.path`.

/** Field name → value, in the order of the request. */
export type Fields = ReadonlyMap<string, string>

/** What the objects of a request are called; those with '' are only containers. */
const contextNames: Readonly<Record<string, string>> = {
  resourceSpans: '',
  resourceMetrics: '',
  resourceLogs: '',
  scopeSpans: '',
  scopeMetrics: '',
  scopeLogs: '',
  resource: 'resource',
  scope: 'scope',
  spans: 'span',
  logRecords: 'log',
  metrics: 'metric',
  sum: 'metric',
  gauge: 'metric',
  histogram: 'metric',
  dataPoints: 'point',
  events: 'event',
  status: 'status',
}

/** Enumerations by number: what repair only writes as OTLP has it is no change to a reader. */
const enumNames: Readonly<Record<string, readonly string[]>> = {
  'span kind': ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
    (kind) => `SPAN_KIND_${kind}`,
  ),
  'status code': ['UNSET', 'OK', 'ERROR'].map((code) => `STATUS_CODE_${code}`),
}

type Json = Readonly<Record<string, unknown>>

export function fieldsOf(request: Json): Fields {
  const fields = new Map<string, string>()
  addObject(fields, '', request)
  return fields
}

function addObject(fields: Map<string, string>, context: string, object: Json): void {
  for (const [key, value] of Object.entries(object)) {
    if (key === 'attributes') {
      for (const entry of value as readonly { key: string; value: Json }[]) {
        fields.set(`${context} ${entry.key}`, textOf(entry.value))
      }
    } else if (key === 'resource' && context === 'span') {
      // The SDKs put a second copy of the resource into each span, where OTLP has no such field.
      fields.set(
        'span resource',
        `a second copy of ${(value as { attributes: unknown[] }).attributes.length} attributes`,
      )
    } else if (key === 'body') {
      fields.set(`${context} body`, textOf(value as Json))
    } else if (key in contextNames) {
      for (const child of Array.isArray(value) ? (value as Json[]) : [value as Json]) {
        addObject(fields, contextNames[key] || context, child)
      }
    } else if (key.endsWith('TimeUnixNano') || key === 'timeUnixNano') {
      fields.set(`${context} ${key}`, new Date(Number(value) / 1e6).toISOString())
    } else {
      const name = `${context} ${key}`
      fields.set(name, typeof value === 'string' ? value : (enumNames[name]?.[Number(value)] ?? JSON.stringify(value)))
    }
  }
}

/** An AnyValue as text: strings without quotes, whole numbers without a fraction. */
function textOf(value: Json): string {
  const member = Object.values(value)[0]
  return typeof member === 'string' ? member : JSON.stringify(member ?? null)
}
