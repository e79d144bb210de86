// What `preview` shows without a file: every standard event, and every one of the ruleset's own, as its schema has it, with
// made-up people where text may be; and one of each that the six projects send. The same at each call, so that the effect of a rule is the only difference.
import type { EventSchema } from '../../events/event-schema.ts'
import { shippedEvents } from '../../events/read-schemas.ts'
import { person, seeded, type Person, type Random } from '../demo/people.ts'
import { demoTraffic, storyCount } from '../demo/traffic.ts'
import { eventSpan, type PreviewRequest } from './requests.ts'

const atMs = Date.UTC(2026, 0, 1)

export function* madeUp(ownEvents: readonly EventSchema[]): Generator<PreviewRequest> {
  const random = seeded(2)
  const standard = [...shippedEvents().values()].filter(({ status }) => status === 'standard')
  for (const schema of [...standard, ...ownEvents]) {
    const attributes = Object.fromEntries(attributesOf(examplesOf(schema), random))
    const service = schema.project === 'any' ? 'automagik-omni' : schema.project
    yield { signal: 'traces', request: eventSpan(schema.name, service, attributes, atMs) }
  }
  const traffic = demoTraffic({ seed: 1, now: () => atMs })
  for (let i = 0; i < storyCount; i++) {
    const { signal, body } = traffic.next().value
    yield { signal, request: body }
  }
}

interface AttributeExample {
  readonly name: string
  readonly value: unknown
  /** Any text fits. */
  readonly isText: boolean
}

/** The first example of every attribute that a program sends. */
function examplesOf({ attributes }: EventSchema): AttributeExample[] {
  const sent = [...attributes].filter(([name]) => !name.startsWith('automagik.schema.') && name !== 'event.name')
  return sent.map(
    ([
      name,
      {
        type,
        enum: words,
        examples: [value],
      },
    ]) => ({
      name,
      value,
      isText: type === 'string' && words === undefined,
    }),
  )
}

/** The examples, with something of a person in every text, and a text where the first number belongs. */
function attributesOf(examples: readonly AttributeExample[], random: Random): [name: string, value: unknown][] {
  const somebody = person(random)
  const misfit = examples.find(({ value }) => typeof value === 'number')?.name
  return examples.map(({ name, value, isText }, index) => {
    if (name === misfit) return [name, `as ${somebody.name} said`]
    return [name, isText ? withPerson(String(value), somebody, index) : value]
  })
}

function withPerson(
  text: string,
  { userId, digits, email, phone, address, home, apiKey }: Person,
  index: number,
): string {
  if (text.startsWith('/')) return `${text}/${digits}`
  if (/^[0-9a-f]{16}$/.test(text)) return userId
  const telling = [`for ${email}`, `call ${phone}`, `from ${address}`, `at ${home}/app.ts`, `with ${apiKey}`]
  return `${text} ${telling[index % telling.length]}`
}
