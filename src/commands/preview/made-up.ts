// What `preview` shows without a file: every standard event as its schema has it, with made-up people where text may be,
// and one of each that the six projects send. The same at each call, so that the effect of a rule is the only difference.
import { readEventExamples, type AttributeExample } from '../../events/read-schemas.ts'
import { person, seeded, type Person, type Random } from '../demo/people.ts'
import { demoTraffic, storyCount } from '../demo/traffic.ts'
import { eventSpan, type PreviewRequest } from './requests.ts'

const atMs = Date.UTC(2026, 0, 1)

export function* madeUp(): Generator<PreviewRequest> {
  const random = seeded(2)
  for (const [event, examples] of readEventExamples()) {
    const attributes = Object.fromEntries(attributesOf(examples, random))
    yield { signal: 'traces', request: eventSpan(event, 'automagik-omni', attributes, atMs) }
  }
  const traffic = demoTraffic({ seed: 1, now: () => atMs })
  for (let i = 0; i < storyCount; i++) {
    const { signal, body } = traffic.next().value
    yield { signal, request: body }
  }
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
