// The ruleset language, declared once: types, validation, the JSON Schema for editors and the documentation of each key
// come from here. Keys of later versions are not in it, so a ruleset that uses one is refused, not half obeyed.
// `suggest` names what an editor offers for a text without forbidding another one (scripts/suggestions.ts).
import { z } from 'zod'
import { detectorIds } from '../detectors/detector.ts'
import { contexts } from '../otlp/fields.ts'
import { metricsSchema } from './metric-schema.ts'
import { testSchema } from './test-schema.ts'
import { longestWord } from './value-form.ts'

const name = z.string().min(1)
const className = name.meta({ suggest: 'class' }).describe('A class: a key of `classes`.')
const said = z.string().regex(/\S/, { error: 'must not be empty' })
const attributeName = said.meta({ suggest: 'attribute' })
const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'want letters, digits, ".", "_" and "-", at most 64' })
const keyId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, { error: 'want letters, digits, "_" and "-", at most 32' })
  .describe('The id of a key: it stands in every pseudonym, `hm:ID:…`.')
const customDetector = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'want small letters, digits and "-", at most 32' })
      .describe('The name of the detector: what stands for `{kind}`, and its label in metrics.'),
    pattern: z
      .string()
      .min(1)
      .max(1000)
      .describe('A regular expression in the syntax of RE2: it takes linear time on any text. `(?i)` ignores case.'),
    class: className,
    tests: z
      .strictObject({
        match: z.array(z.string().min(1)).min(1).describe('Texts in which it must find something.'),
        miss: z.array(z.string().min(1)).min(1).describe('Texts in which it must find nothing.'),
      })
      .describe('Made-up examples. They are run whenever the ruleset is read.'),
  })
  .describe('A detector of your own.')
const date = z.iso.date({ error: 'want a date such as 2027-01-31' })
const oneOrMore = <T extends z.ZodType>(item: T) => z.union([item, z.array(item).min(1)])

const hash = z
  .strictObject({
    key: name.optional().describe('A ring of `keys`; `pseudonym` unless given.'),
    method: z
      .enum(['hmac', 'sha256'])
      .optional()
      .describe(
        '`hmac` (HMAC-SHA-256 under a key) unless given. `sha256` has no key: all phone numbers of a prefix can be tried in a minute.',
      ),
    chars: z.int().min(8).max(64).optional().describe('Hex digits of a pseudonym; 16 unless given.'),
  })
  .describe('How a pseudonym is made.')

const classForms = z
  .strictObject({
    hash: hash.optional().describe('The value becomes a pseudonym: `hm:KEY:9f2c…`.'),
    phone: z
      .strictObject({
        show: z
          .enum(['country', 'nothing'])
          .optional()
          .describe('`country` (unless given) leaves the calling code: `+55 hm:…`.'),
        hash: hash.optional().describe('Without it no pseudonym is made: `+55` or `{phone}`.'),
      })
      .optional()
      .describe('For phone numbers; what is none becomes a pseudonym whole.'),
    email: z
      .strictObject({
        local: z.literal('drop').optional().describe('What stands before the @ always goes.'),
        domain: z
          .union([z.enum(['keep', 'drop']), z.strictObject({ hash })])
          .optional()
          .describe('What becomes of the domain: a pseudonym unless given, or `keep`, or `drop`.'),
      })
      .optional()
      .describe('For e-mail addresses: `[email]@hm:…`; what is none becomes a pseudonym whole.'),
    path: z
      .strictObject({
        home: z
          .string()
          .regex(/^[^/\\]{0,32}$/, { error: 'want at most 32 characters, no slashes' })
          .optional()
          .describe('What stands for a home directory; `~` unless given.'),
      })
      .optional()
      .describe('For file paths: the home directory goes, the rest is looked at by the detectors.'),
    replace: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe(
        'The value becomes this text. `{kind}` in it is what was found (`ip`, `card`), or the name of the class.',
      ),
    truncate: z.int().min(1).optional().describe('The detectors look at the value, then it is cut to so many bytes.'),
  })
  .refine((forms) => Object.keys(forms).length === 1, {
    error: 'want exactly one of hash, phone, email, path, replace, truncate',
  })
  .meta({ minProperties: 1, maxProperties: 1 })

const classSchema = z
  .union([z.enum(['keep', 'detect', 'mask', 'drop']), classForms])
  .describe(
    'What is done to a value: `keep`, `detect` (keep what the detectors do not find), `mask` (`****`), `drop`, or a map.',
  )

const service = oneOrMore(name.meta({ suggest: 'service' })).describe(
  'Services by group or name, as in `conventions.services`; every service unless given.',
)
const selector = {
  attr: oneOrMore(attributeName)
    .optional()
    .describe(
      'Attribute names; `*` stands for anything, dots too; case does not matter. Keys inside maps, bodies and JSON text count.',
    ),
  path: oneOrMore(name.meta({ suggest: 'place' }))
    .optional()
    .describe("Places by OTTL path: `span.name`, `span.attributes['k']`, `log.body['k']`, `log.body.**`."),
  in: oneOrMore(z.enum(contexts)).optional().describe('Narrows `attr` to attributes of these contexts.'),
  service: service.optional(),
  class: className,
}
const selects = (rule: { attr?: unknown; path?: unknown }): boolean =>
  rule.attr !== undefined || rule.path !== undefined
const selectsError = { error: 'needs "attr" or "path": what it is about' }
const selectsMeta = { anyOf: [{ required: ['attr'] }, { required: ['path'] }] }

const rule = z
  .strictObject({ id: identifier.describe('The name of the rule; each is used once.'), ...selector })
  .refine(selects, selectsError)
  .meta(selectsMeta)
  .describe('Gives places a class. The strictest class that matches wins, whatever the order.')

const exception = z
  .strictObject({
    ...selector,
    reason: said.describe('Why it may be below the default.'),
    owner: said.describe('Who answers for it.'),
    expires: date
      .optional()
      .describe('The last day it holds; afterwards the default holds again, and a warning says so.'),
  })
  .refine(selects, selectsError)
  .meta(selectsMeta)
  .describe(
    'Puts places below the default. Where it names an attribute, only a rule that names it too still tightens; one whose `*` covers it does not.',
  )

const rename = z.record(name, attributeName).describe('Received attribute name → canonical name. Rules know both.')
const word = z.string().min(1).max(longestWord)
/** What privacy writes is no word that a program sends: the next gateway would read it. */
const sentWord = word.regex(/^(?!_OTHER$|\*+$|hm:|[[{].*[\]}]$)/, { error: 'want a word that programs send' })
const values = z
  .record(name, z.record(sentWord, word))
  .describe(
    'Canonical attribute name → whole text as programs send it → text of the convention. Of attributes only, not of keys in bodies and maps.',
  )
const coerce = z.record(name, z.enum(['int', 'double', 'string', 'bool'])).describe('Canonical attribute name → type.')

const verdict = z.enum(['accept', 'annotate', 'quarantine', 'drop'])

const keySource = z
  .strictObject({
    file: z.string().min(1).optional().describe('A file, relative to this one: at least 32 raw bytes, or `base64:…`.'),
    env: z.string().min(1).optional().describe('An environment variable: at least 32 characters, or `base64:…`.'),
    lookup_only: z
      .boolean()
      .optional()
      .describe('An old key: its pseudonyms are still recognised, and it may not be made active again.'),
    until: date
      .optional()
      .describe('The last day an old key is needed; afterwards a warning says so, and it still works.'),
  })
  .refine((source) => (source.file === undefined) !== (source.env === undefined), {
    error: 'want exactly one of file, env',
  })
  .refine((source) => source.until === undefined || source.lookup_only === true, {
    error: '"until" is for old keys: want lookup_only: true beside it',
  })
  .meta({ oneOf: [{ required: ['file'] }, { required: ['env'] }], dependentRequired: { until: ['lookup_only'] } })

/** A ruleset file as its user writes it. */
export const rulesetSchema = z
  .strictObject({
    version: z.literal(1).describe('The version of this language.'),
    name: identifier.describe('The name of the ruleset: it is shown at start and in metrics.'),
    extends: oneOrMore(name.meta({ suggest: 'layer' }))
      .optional()
      .describe(
        'Layers below this one: `builtin:automagik` (all that is shipped), `builtin:strict` (the allow-list above it), its parts `builtin:repair`, `builtin:semconv`, `builtin:well-known`, `builtin:automagik-legacy`, `builtin:events`, `builtin:metrics`, or files relative to this one.',
      ),
    repair: z
      .boolean()
      .optional()
      .meta({ default: false })
      .describe('Mends what the Automagik SDKs send wrong; `builtin:repair` turns it on.'),
    event_schemas: z
      .boolean()
      .optional()
      .meta({ default: false })
      .describe(
        'Attributes of the events that ship take their class and type from `schemas/events/`; `builtin:events` turns it on.',
      ),
    events: z
      .strictObject({
        schemas: z
          .array(z.string().min(1))
          .describe(
            'Folders of JSON files, or single files, relative to this one. A schema of an event that ships goes before the shipped one.',
          ),
      })
      .optional()
      .describe('Events of your own: one schema file makes an event known to privacy, validation and commands.'),
    validation: z
      .strictObject({
        on_violation: verdict
          .optional()
          .meta({ default: 'accept' })
          .describe('What becomes of an event that does not fit its schema.'),
        services: z
          .record(name, verdict)
          .optional()
          .describe('The same for single services, by group or name, as in `conventions.services`.'),
      })
      .optional()
      .describe(
        'Holds events against their schemas, after repair and conventions and before privacy. `accept`: they are not looked at. `annotate`: they get `automagik.schema.status` and, where they do not fit, say why. `quarantine`: those that do not fit are kept aside, clean, instead of going on. `drop`: they are refused.',
      ),
    keys: z
      .record(
        identifier,
        z.strictObject({
          active: keyId.describe('The key that new pseudonyms are made with.'),
          ring: z
            .record(keyId, keySource)
            .describe('The keys by id. Pseudonyms of every key of the ring are recognised and left alone.'),
        }),
      )
      .optional()
      .describe(
        'Key rings for pseudonyms. Without the ring `pseudonym` the first start makes a key in the data folder.',
      ),
    classes: z
      .record(identifier.meta({ suggest: 'class' }), classSchema)
      .optional()
      .describe('What kinds of data there are, and what is done to each.'),
    defaults: z
      .strictObject({
        attribute: className
          .optional()
          .meta({ default: 'internal' })
          .describe('Attributes that no rule matches. A class that drops makes the rules an allow-list.'),
        body: className.optional().meta({ default: 'internal' }).describe('Log bodies that no rule matches.'),
        name: className
          .optional()
          .meta({ default: 'internal' })
          .describe(
            'Names and texts of records that no rule matches: span, metric and scope names, status text, trace state.',
          ),
        event: verdict
          .optional()
          .meta({ default: 'accept' })
          .describe('What becomes of an event that no schema knows: the words are those of `validation`.'),
        on_error: z
          .enum(['drop', 'replace'])
          .optional()
          .meta({ default: 'drop' })
          .describe('What becomes of text that cannot be judged: bad encoding, too deep.'),
        limits: z
          .strictObject({
            value_bytes: z
              .int()
              .min(64)
              .optional()
              .meta({ default: 4096 })
              .describe('Longer text is cut, after the detectors have seen it.'),
            depth: z
              .int()
              .min(1)
              .max(64)
              .optional()
              .meta({ default: 8 })
              .describe('Maps and lists nested deeper are text that cannot be judged.'),
            attributes: z
              .int()
              .min(1)
              .optional()
              .meta({ default: 128 })
              .describe('Attributes of one record beyond this number go, and are counted.'),
          })
          .optional()
          .describe('Bounds of single values and records.'),
      })
      .optional()
      .describe('What holds where no rule matches.'),
    detectors: z
      .strictObject({
        use: z
          .array(z.enum(detectorIds as [string, ...string[]]))
          .optional()
          .describe('The detectors; all unless given.'),
        off: z
          .array(z.enum(detectorIds as [string, ...string[]]))
          .optional()
          .describe('Detectors of the layers below that are turned off.'),
        phone_regions: z
          .array(z.string().regex(/^[A-Z]{2}$/, { error: 'want a region of ISO 3166 such as BR' }))
          .optional()
          .meta({ default: ['BR'] })
          .describe('Regions whose full international digits are a phone with nothing else to tell: `5511912345678`.'),
        custom: z
          .array(customDetector)
          .max(64)
          .optional()
          .describe('Detectors of your own, beside those of the layers below.'),
        default_region: z
          .string()
          .regex(/^[A-Z]{2}$/, { error: 'want a region of ISO 3166 such as BR' })
          .optional()
          .describe('The region of numbers written without a country; without it they become `{phone}`.'),
      })
      .optional()
      .describe('What is looked for in text that stays.'),
    rules: z.array(rule).optional().describe('Which places have which class.'),
    exceptions: z.array(exception).optional().describe('Which places are below the default, why, and who says so.'),
    conventions: z
      .strictObject({
        rename: rename.optional(),
        values: values.optional(),
        coerce: coerce.optional(),
        services: z
          .record(identifier, z.array(name).min(1))
          .optional()
          .describe('Groups of services: the names in `service.name` that belong to each.'),
        events: z
          .record(
            name.meta({ suggest: 'event' }),
            z.strictObject({
              aliases: z
                .array(name)
                .optional()
                .describe('Older names of the event, as the Automagik projects send them.'),
              rename: rename.optional(),
              coerce: coerce.optional(),
              routes: z
                .array(
                  z
                    .string()
                    .regex(/^(\/([^/{}?#]+|\{[^/{}?#]+\}))+$/, { error: 'want a path such as /orders/{order_id}' }),
                )
                .optional()
                .describe(
                  'Routes of the API, which paths begin with: `/orders/{order_id}`. They become `http.route`, and what stands for a `{name}` becomes the attribute of that name; in `url.path` the name stays, where its class protects the attribute. Of several that fit, the one with the most fixed parts holds.',
                ),
            }),
          )
          .optional()
          .describe('What holds for the records of one event only.'),
        metric_identity: z
          .array(attributeName)
          .optional()
          .describe('Resource attributes of metrics that become one pseudonymous `service.instance.id`.'),
        keep_old_names: z
          .boolean()
          .optional()
          .meta({ default: false })
          .describe(
            'Whether a renamed attribute stays under its old name too, as it came and under the same class; for queries that are not changed yet. Not in metrics.',
          ),
      })
      .optional()
      .describe('Names and types, before the rules.'),
    metrics: metricsSchema.optional(),
    tests: z.array(testSchema).optional().describe('Cases: made-up records, and what must come of them.'),
  })
  .describe('A ruleset of the Automagik Telemetry Gateway.')

/** One ruleset file, checked but not merged with the layers below it. */
export type RulesetFile = z.infer<typeof rulesetSchema>
export type ClassForm = z.infer<typeof classSchema>
export type HashForm = z.infer<typeof hash>
