// `metrics:` of a ruleset: which metrics are made from events, and how increments become series that rise.
import { z } from 'zod'
import { durationMs, durationPattern } from '../diagnostics/duration.ts'

/** What Prometheus puts on series itself. */
const ownLabels = new Set(['job', 'instance', 'le', 'quantile'])
const secondMs = 1000

const metricName = z.string().regex(/^[A-Za-z][A-Za-z0-9_./-]{0,254}$/, {
  error: 'want a letter, then letters, digits, "_", ".", "/", "-", at most 255',
})

const bounds = z
  .array(z.number({ error: 'want a finite number' }))
  .min(1)
  .max(100)
  .superRefine((numbers, context) => {
    const at = numbers.findIndex((bound, index) => index > 0 && bound <= numbers[index - 1])
    if (at > 0)
      context.addIssue({
        code: 'custom',
        path: [at],
        message: `want more than ${numbers[at - 1]}, the bound before it`,
      })
  })

const derived = z
  .strictObject({
    name: metricName.describe("What the metric is called, in OpenTelemetry's form: `shop.orders`. Each is used once."),
    from: z.literal('event').describe('What it is made from: spans and logs that are events.'),
    count: z.literal(true).optional().describe('Counts the events.'),
    value: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A histogram of this attribute. A name that ends with `_ns`, `_us`, `_ms`, `_s` or `_seconds` is brought to `unit`.',
      ),
    unit: z
      .string()
      .min(1)
      .max(63)
      .optional()
      .describe("The unit, by UCUM: `s`, `ms`, `By`. That of the attribute's name unless given; of a count `{event}`."),
    description: z.string().max(1024).optional().describe('One sentence for those who read the metric.'),
    by: z
      .array(
        z
          .string()
          .min(1)
          .refine((name) => !ownLabels.has(name), {
            error: `want another name: ${[...ownLabels].join(', ')} are Prometheus's own`,
          })
          .meta({ suggest: 'attribute' }),
      )
      .max(16)
      .describe(
        'The labels: canonical attribute names, `event.name`, and `outcome` (`success`, `error`). Each service has series of its own anyway.',
      ),
    buckets: bounds
      .optional()
      .describe('Upper bounds of the histogram, ascending; those of the unit in `cumulative.buckets` unless given.'),
  })
  .refine(({ count, value }) => (count === undefined) !== (value === undefined), {
    error: 'want exactly one of count, value',
  })
  .refine(({ count, buckets }) => count === undefined || buckets === undefined, {
    error: 'a count has no buckets',
    path: ['buckets'],
  })

/** The section as its user writes it. */
export const metricsSchema = z
  .strictObject({
    off: z
      .array(z.string().min(1).meta({ suggest: 'metric' }))
      .optional()
      .describe('Derived metrics of the layers below that are turned off.'),
    derived: z.array(derived).optional().describe('Metrics made from events, beside those of the layers below.'),
    cumulative: z
      .strictObject({
        drop_labels: z
          .array(z.string().min(1).meta({ suggest: 'attribute' }))
          .optional()
          .describe(
            'Attributes, by canonical name, that data points lose before they are added up; `*` stands for anything. Beside those of the layers below.',
          ),
        buckets: z
          .record(z.string().min(1), bounds)
          .optional()
          .describe(
            "Unit → upper bounds of histograms that come without any; `*` for the other units. The upper layer's hold for a unit.",
          ),
      })
      .optional()
      .describe('How increments (delta, and what the Automagik SDKs call cumulative) are added up.'),
    max_series: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ default: 2000 })
      .describe('Series of one metric; the rest goes to one series with `otel.metric.overflow`.'),
    expire_after: z
      .string()
      .regex(durationPattern, { error: 'want a duration such as 30m or 1h' })
      .transform(durationMs)
      .refine((ms) => ms >= secondMs, { error: 'want at least 1s' })
      .optional()
      .describe('A series that nothing was added to for so long ends; `1h` unless given.'),
  })
  .describe('Which metrics the gateway makes, and how it adds up.')

export type MetricsForm = z.infer<typeof metricsSchema>
export type DerivedForm = z.infer<typeof derived>
