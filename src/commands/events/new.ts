// `automagik-gateway events new NAME`: a schema file to start from.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shippedEvents } from '../../events/read-schemas.ts'
import { eventSchemaFile, type EventSchemaFile } from '../../events/schema-file.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'

export interface EventsNewOptions {
  readonly out: string
  readonly force?: boolean
}

/** Writes `NAME.json`; a file that is there stays unless `force`. */
export function newEvent(context: CommandContext, name: string, { out, force = false }: EventsNewOptions): ExitCode {
  const checked = eventSchemaFile.safeParse(startOf(name))
  if (!checked.success) {
    const [{ message }] = checked.error.issues
    print(context.stderr, `error: no event can be called "${name}": ${message}`)
    return exitCode.usage
  }
  const file = join(out, `${name}.json`)
  try {
    mkdirSync(out, { recursive: true })
    writeFileSync(file, `${JSON.stringify(checked.data, undefined, 2)}\n`, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it is there already; --force replaces it' : code
    print(context.stderr, `error: cannot write ${file}: ${why}`)
    return exitCode.failed
  }
  print(
    context.stdout,
    [
      `wrote ${file}`,
      'Describe its attributes there, then name the folder in your ruleset:',
      '',
      '  events:',
      `    schemas: [${JSON.stringify(out)}]`,
      '',
      ...(shippedEvents().has(name)
        ? ['An event of this name ships with the gateway: your schema replaces its whole description.']
        : []),
      `and look at it: automagik-gateway events show ${name} --ruleset ruleset.yaml`,
    ].join('\n'),
  )
  return exitCode.ok
}

function startOf(name: string): EventSchemaFile {
  const project = name.split('.')[1] ?? 'any'
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: name,
    description: 'What happened, in a sentence.',
    type: 'object',
    'x-status': 'proposed',
    'x-since': '1.0.0',
    'x-project': /^[a-z][a-z0-9-]*$/.test(project) ? project : 'any',
    allOf: [{ $ref: 'common.json' }],
    required: ['channel'],
    properties: {
      channel: { $ref: 'common.json#/$defs/channel' },
      kind: {
        description: 'A word of a list: nothing personal fits, so privacy has nothing to look for.',
        type: 'string',
        enum: ['one', 'other', '_OTHER'],
        'x-class': 'internal',
        examples: ['one'],
      },
      item_count: {
        description: 'A number within bounds.',
        type: 'integer',
        minimum: 0,
        maximum: 10_000,
        'x-unit': '{item}',
        'x-class': 'internal',
        examples: [3],
      },
      user_id: {
        description: 'Who it was. It becomes a pseudonym.',
        type: 'string',
        'x-class': 'user.id',
        examples: ['user-42'],
      },
    },
    examples: [{ channel: 'whatsapp', kind: 'one', item_count: 3, success: true, duration_ms: 12.5 }],
  }
}
