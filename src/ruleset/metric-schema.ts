// `metrics:` of a ruleset: which metrics are made from events, and how increments become series that rise.
import { z } from 'zod'
import { durationMs, durationPattern } from '../diagnostics/duration.ts'

/** What Prometheus puts on series itself. */
const ownLabels = new Set(['job', 'instance', 'le', 'quantile'])
const secondMs = 1000
const longestWindowMs = 744 * 3600 * secondMs

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

const wantsCondition = 'want a value, a list of values, {exists: true}, {exists: false} or {status_class: 4xx}'
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: wantsCondition })
const statusClass = z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])
const condition = z
  .union(
    [
      scalar,
      z.array(scalar).min(1).max(100),
      z.strictObject({ exists: z.boolean() }),
      z.strictObject({ status_class: z.union([statusClass, z.array(statusClass).min(1)]) }),
    ],
    { error: wantsCondition },
  )
  .describe('A value, a list of which it is one, `{exists: true}`, `{exists: false}` or `{status_class: [4xx, 5xx]}`.')

const duration = z
  .string()
  .regex(durationPattern, { error: 'want a duration such as 30m or 1h' })
  .transform(durationMs)
  .refine((ms) => ms >= secondMs, { error: 'want at least 1s' })

const derived = z
  .strictObject({
    name: metricName.describe("What the metric is called, in OpenTelemetry's form: `shop.orders`. Each is used once."),
    from: z
      .enum(['event', 'span'])
      .describe('What it is made from: spans and logs that are events, or all spans, events or not.'),
    where: z
      .record(z.string().min(1), condition)
      .optional()
      .describe(
        'Which of them: all of this must hold, of attributes by canonical name, `event.name`, `span.name` or `outcome`.',
      ),
    count: z.literal(true).optional().describe('Counts them.'),
    value: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A histogram of this attribute, or of `span.duration`, from start to end. A name that ends with `_ns`, `_us`, `_ms`, `_s` or `_seconds` is brought to `unit`.',
      ),
    distinct: z
      .string()
      .min(1)
      .optional()
      .describe(
        'How many different values of this attribute there were within `window`: `user.id`, whose values are pseudonyms. A gauge; no value is in it. Exact up to 2048, within some 3 % above.',
      ),
    window: duration
      .refine((ms) => ms <= longestWindowMs, { error: 'want at most 744h' })
      .optional()
      .describe('Of `distinct`: so far back it counts, from each moment on.'),
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
        'The labels: canonical attribute names, `event.name`, `span.name`, and `outcome` (`success`, `error`). Each service has series of its own anyway.',
      ),
    buckets: bounds
      .optional()
      .describe('Upper bounds of the histogram, ascending; those of the unit in `cumulative.buckets` unless given.'),
  })
  .refine(({ count, value, distinct }) => [count, value, distinct].filter((each) => each !== undefined).length === 1, {
    error: 'want exactly one of count, value, distinct',
  })
  .refine(({ value, buckets }) => value !== undefined || buckets === undefined, {
    error: 'a count has no buckets',
    path: ['buckets'],
  })
  .refine(({ distinct, window }) => (distinct === undefined) === (window === undefined), {
    error: 'want distinct and window together',
    path: ['window'],
  })

/** The section as its user writes it. */
export const metricsSchema = z
  .strictObject({
    off: z
      .array(z.string().min(1).meta({ suggest: 'metric' }))
      .optional()
      .describe('Derived metrics of the layers below that are turned off.'),
    derived: z
      .array(derived)
      .optional()
      .describe('Metrics made from events and spans, beside those of the layers below.'),
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
    expire_after: duration
      .optional()
      .describe('A series that nothing was added to for so long ends; `1h` unless given.'),
  })
  .describe('Which metrics the gateway makes, and how it adds up.')

export type MetricsForm = z.infer<typeof metricsSchema>
export type DerivedForm = z.infer<typeof derived>
