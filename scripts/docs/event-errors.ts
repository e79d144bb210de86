// The codes of rulesets that are about events: their schemas, and what becomes of those that do not fit.
import type { ErrorExample } from './error-example.ts'

const head = `version: 1
name: mine
extends: [builtin:automagik]
`

const guests = {
  description: 'Who came, in numbers.',
  type: 'integer',
  minimum: 0,
  maximum: 1000,
  'x-class': 'internal',
  examples: [3],
}

/** A schema file of a user's, with something else in it. */
const eventSchema = (other: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify(
    {
      title: 'automagik.crm.meeting.held',
      description: 'People met.',
      type: 'object',
      'x-status': 'proposed',
      'x-since': '1.0.0',
      'x-project': 'crm',
      required: [],
      properties: { guests },
      examples: [{}],
      ...other,
    },
    undefined,
    2,
  )}\n`

export const eventErrors: readonly ErrorExample[] = [
  {
    name: 'schema-name',
    yaml: `${head}events: { schemas: [meeting.json] }
`,
    files: { 'meeting.json': eventSchema({}) },
    mend: 'Call the file as its event is called, with `.json`, or mend the `title`.',
  },
  {
    name: 'no-schemas',
    yaml: `${head}events: { schemas: [docs] }
`,
    mend: 'A warning: the ruleset loads. Name the folder that the schemas are in.',
  },
  {
    name: 'schema-twice',
    yaml: `${head}events: { schemas: [a/automagik.crm.meeting.held.json, b/automagik.crm.meeting.held.json] }
`,
    files: {
      'a/automagik.crm.meeting.held.json': eventSchema({}),
      'b/automagik.crm.meeting.held.json': eventSchema({}),
    },
    mend: 'Take one of the two files out.',
  },
  {
    name: 'unknown-attribute',
    yaml: `${head}events: { schemas: [automagik.crm.meeting.held.json] }
`,
    files: { 'automagik.crm.meeting.held.json': eventSchema({ required: ['guest'] }) },
    mend: 'Describe the attribute, or take it out of `required`.',
  },
  {
    name: 'unknown-definition',
    yaml: `${head}events: { schemas: [automagik.crm.meeting.held.json] }
`,
    files: {
      'automagik.crm.meeting.held.json': eventSchema({
        properties: { channel: { $ref: 'common.json#/$defs/chanel' } },
      }),
    },
    mend: 'Refer to a definition that is there, or write the attribute out.',
  },
  {
    name: 'required-goes',
    yaml: `${head}events: { schemas: [automagik.crm.meeting.held.json] }
`,
    files: {
      'automagik.crm.meeting.held.json': eventSchema({
        required: ['notes'],
        properties: {
          notes: { description: 'What was said.', type: 'string', 'x-class': 'content', examples: ['yes'] },
        },
        examples: [{ notes: 'yes' }],
      }),
    },
    mend: 'Take it out of `required`, or give it a class that leaves something.',
  },
  {
    name: 'example',
    yaml: `${head}events: { schemas: [automagik.crm.meeting.held.json] }
`,
    files: { 'automagik.crm.meeting.held.json': eventSchema({ examples: [{ guests: 1001 }] }) },
    mend: 'Mend the example, or the schema.',
  },
  {
    name: 'renamed-attribute',
    yaml: `${head}events: { schemas: [automagik.crm.meeting.held.json] }
`,
    files: { 'automagik.crm.meeting.held.json': eventSchema({ properties: { status_code: guests } }) },
    mend: 'Describe the attribute by its canonical name: `conventions` have renamed it before schemas are asked.',
  },
]
