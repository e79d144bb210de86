// The file that makes an event known, declared once: JSON Schema 2020-12 with a few keywords of ours (`x-…`). The types,
// the checks of users' files and the JSON Schema for editors come from here. A keyword that is not here is refused, so
// that none is believed to hold that does not.
import { RE2JS } from 're2js'
import { z } from 'zod'

/** What a word becomes that is none of an enum's: OpenTelemetry's convention, and what privacy writes. */
export const otherWord = '_OTHER'

const statuses = ['observed', 'standard', 'proposed'] as const
export type EventStatus = (typeof statuses)[number]

const scalarTypes = ['string', 'boolean', 'integer', 'number'] as const

const examples = z.array(z.json()).min(1)
const words = z
  .array(z.string().min(1))
  .min(2)
  .refine((list) => list.includes(otherWord), { error: `want "${otherWord}" among the words` })
  .describe(`The words it may be. What is none of them becomes \`${otherWord}\`, which is one of them.`)
const pattern = z
  .string()
  .min(1)
  .max(1000)
  .refine(isPattern, { error: 'want a regular expression in the syntax of RE2 (no look-around, no back-references)' })
  .describe('A regular expression in the syntax of RE2 that the text has a match for.')

/** What an attribute may be. */
const assertions = {
  type: z
    .enum([...scalarTypes, 'array'])
    .optional()
    .describe(
      'The type of its value. A whole number, a number within bounds, true or false that came as text is made one.',
    ),
  enum: words.optional(),
  minimum: z.number().optional().describe('The least a number may be.'),
  maximum: z.number().optional().describe('The most a number may be.'),
  minLength: z.int().min(0).optional().describe('Characters of a text, at least.'),
  maxLength: z.int().min(0).optional().describe('Characters of a text, at most.'),
  pattern: pattern.optional(),
  maxItems: z.int().min(0).optional().describe('Values of an array, at most.'),
  items: z
    .strictObject({ type: z.enum(scalarTypes), enum: words.optional() })
    .optional()
    .describe('What the values of an array are.'),
}

/** The types that a keyword speaks of: of others it says nothing. */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  enum: ['string'],
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  maxItems: ['array'],
  items: ['array'],
}

const attribute = z
  .strictObject({
    $ref: z
      .string()
      .regex(/^common\.json#\/\$defs\/[^/]+$/, { error: 'want common.json#/$defs/NAME' })
      .optional()
      .describe('A definition of the shipped `common.json`; what stands beside it goes before it.'),
    description: z.string().min(1).optional().describe('What it means, in a sentence.'),
    ...assertions,
    'x-class': z
      .string()
      .min(1)
      .optional()
      .describe('What it is to privacy: a class of the ruleset, such as `internal`, `user.id` or `content`.'),
    'x-unit': z.string().min(1).optional().describe('The unit of a number, in UCUM: `ms`, `By`, `{token}`.'),
    examples: examples.optional().describe('Made-up values.'),
  })
  .superRefine((written, context) => {
    if (written.$ref !== undefined) return
    const missing = (['description', 'type', 'x-class', 'examples'] as const).find((key) => written[key] === undefined)
    if (missing !== undefined) context.addIssue({ code: 'custom', message: `needs the key "${missing}"` })
    for (const [keyword, types] of Object.entries(typesOf)) {
      if (written[keyword as keyof typeof written] === undefined || types.includes(written.type ?? '')) continue
      const message = `"${keyword}" is of ${types.join(' or ')}, and the type is ${written.type ?? 'none'}`
      context.addIssue({ code: 'custom', message })
    }
    if ((written.minimum ?? -Infinity) > (written.maximum ?? Infinity))
      context.addIssue({ code: 'custom', message: 'the minimum is above the maximum' })
  })
  .describe('An attribute.')

const attributes = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_./-]*$/, { error: 'want small letters, digits, ".", "_", "-" and "/"' }),
    attribute,
  )
  .describe('The attributes by their canonical names. Others may be there as well.')

const title = z
  .string()
  .max(128)
  .regex(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/, {
    error: 'want small words with dots between them, such as automagik.omni.message.sent',
  })

export const eventSchemaFile = z
  .strictObject({
    $schema: z.string().optional().describe('The dialect: https://json-schema.org/draft/2020-12/schema.'),
    title: title.describe('The name of the event, which is the name of the file as well (TITLE.json).'),
    description: z.string().min(1).describe('What happened, in a sentence.'),
    type: z.literal('object'),
    'x-status': z
      .enum(statuses)
      .describe('`standard`: of both SDKs; `observed`: some program sends it; `proposed`: none does yet.'),
    'x-since': z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, { error: 'want a version such as 1.4.0' })
      .describe('The first version that has it.'),
    'x-project': z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, { error: 'want a small word, such as omni' })
      .describe('Whose event it is: `omni`, `hive`, `forge`, `genie`, `spark`, `tools`, a project of yours, or `any`.'),
    allOf: z
      .array(z.strictObject({ $ref: z.literal('common.json') }))
      .length(1)
      .optional()
      .describe('`[{"$ref": "common.json"}]`: the attributes that every event may have belong to it.'),
    required: z.array(z.string()).optional().describe('The attributes that must be there.'),
    properties: attributes,
    examples: z
      .array(z.record(z.string(), z.json()))
      .min(1)
      .describe('Made-up events that fit: attributes by name. `preview` shows them.'),
  })
  .describe('An event of the Automagik Telemetry Gateway.')

/** `common.json`: the attributes of every event, and definitions that schemas refer to. */
export interface CommonFile {
  readonly properties: Readonly<Record<string, WrittenAttribute>>
  readonly $defs: Readonly<Record<string, WrittenAttribute>>
}

export type EventSchemaFile = z.infer<typeof eventSchemaFile>
export type WrittenAttribute = z.infer<typeof attribute>

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}
