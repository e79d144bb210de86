// `tests:` of the ruleset language: made-up records, and what must come of them.
import { z } from 'zod'

const value = z.json()
/** A text; in `out` null stands for gone. */
const text = z.string().nullable()
const attributes = z.record(z.string().min(1), value)

const span = z.strictObject({
  name: text.optional().describe('`span.name`; `test` unless given.'),
  attributes: attributes.optional().describe('Attributes of the span.'),
  status_message: text.optional().describe('`span.status.message`.'),
  events: z
    .array(
      z.strictObject({
        name: text.optional().describe('`spanevent.name`.'),
        attributes: attributes.optional().describe('Attributes of the span event.'),
      }),
    )
    .optional()
    .describe('Events of the span, such as exceptions.'),
})
const log = z.strictObject({
  event_name: text.optional().describe('`log.event_name`.'),
  body: value.optional().describe('The body: a text, a list or a map.'),
  attributes: attributes.optional().describe('Attributes of the log record.'),
})
const metric = z.strictObject({
  name: text.optional().describe('`metric.name`; `test` unless given.'),
  unit: text.optional().describe('`metric.unit`.'),
  attributes: attributes.optional().describe('Attributes of its one data point.'),
})
const event = z.strictObject({
  name: text.optional().describe('The name of the event.'),
  attributes: attributes.optional().describe('Attributes of the event.'),
})

const record = z.strictObject({
  service: z.string().min(1).optional().describe('`service.name`.'),
  resource: attributes.optional().describe('Other attributes of the resource.'),
  event: event.optional().describe('An event, as an Automagik SDK sends it: a span of the scope `….telemetry`.'),
  span: span.optional().describe('A span.'),
  log: log.optional().describe('A log record.'),
  metric: metric.optional().describe('A metric with one data point.'),
})
const kinds = ['event', 'span', 'log', 'metric'] as const
type Kinds = Readonly<Partial<Record<(typeof kinds)[number], unknown>>>
const kindsOf = (written: Kinds): string[] => kinds.filter((kind) => written[kind] !== undefined)

export const testSchema = z
  .strictObject({
    name: z.string().min(1).describe('What is tested, in a few words.'),
    in: record
      .refine((written) => kindsOf(written).length === 1, { error: 'want exactly one of event, span, log, metric' })
      .describe('A record, made up.'),
    out: record
      .optional()
      .describe('What it becomes, as far as it is written. `*` in a text stands for anything, `null` for gone.'),
    never: z.array(z.string().min(1)).optional().describe('Texts that must be nowhere in what is sent on.'),
    hits: z
      .record(z.string().meta({ suggest: 'detector' }), z.int().min(0))
      .optional()
      .describe('Detector → how often it must have found something.'),
  })
  .refine(({ out, never, hits }) => out !== undefined || never !== undefined || hits !== undefined, {
    error: 'needs "out", "never" or "hits": what must come of it',
  })
  .refine((written) => written.out === undefined || kindsOf(written.out).every((kind) => kind in written.in), {
    error: '"out" speaks of another kind of record than "in"',
  })
  .describe('A case.')

/** A record as a test writes it. */
export type TestRecord = z.infer<typeof record>
