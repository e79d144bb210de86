import { describe, expect, it } from 'vitest'
import { createPlanner } from '../../src/ruleset/plan.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'
import { nameForms } from '../../src/ruleset/name-forms.ts'
import { BytesMap } from '../../src/ruleset/bytes-map.ts'

const { program } = loadRuleset({ key: { id: 'k', bytes: new Uint8Array(32).fill(7) } })
if (!program) throw new Error('the shipped ruleset does not load')
const planner = createPlanner(program, () => undefined)

function classOf(name: string): string {
  const bytes = Buffer.from(name)
  return planner.service('somebody').base.attribute(bytes, 0, bytes.length).cell(2).className
}

describe('a name in another spelling is under the same rule', () => {
  it.each([
    'message',
    'event.message',
    'event.event.message',
    ' message ',
    'mes\u200bsage',
    '\ufeffmessage',
    'message\0',
    'ｍｅｓｓａｇｅ',
    'message[0]',
    'message.0',
    'messages[]',
    'userMessage',
    'user-message',
    'User Message',
    'event.userMessage',
    'systemPrompt',
  ])('%j is content', (name) => expect(classOf(name)).toBe('content'))

  it.each(['firstName', 'first-name', 'event.user_name'])('%j is a person', (name) =>
    expect(classOf(name)).toBe('person'),
  )

  it.each(['message_count', 'messageCount', 'event.name', 'inputTokens', 'event.message_type'])(
    '%j is nobody’s',
    (name) => expect(classOf(name)).toBe('internal'),
  )
})

it('the name itself is the first of its forms', () => {
  expect(nameForms('http.status_code')).toEqual(['http.status_code'])
  expect(nameForms('HTTP.Status')[0]).toBe('http.status')
})

describe('names that are remembered', () => {
  it('are forgotten by all plans together when a sender makes up too many', () => {
    const key = Buffer.from('http.method')
    const { base } = planner.service(undefined)
    const first = base.attribute(key, 0, key.length)
    expect(base.attribute(key, 0, key.length)).toBe(first)
    for (const [at, service] of ['omni', 'hive', 'nobody', 'forge', 'genie', 'spark'].entries()) {
      const plan = planner.service(service).forAny(true)
      planner.startRequest()
      for (let i = 0; i < 4000; i++) {
        const name = Buffer.from(`made.up.${at}.${i}`)
        plan.attribute(name, 0, name.length)
      }
    }
    expect(base.attribute(key, 0, key.length)).not.toBe(first)
    expect(base.attribute(key, 0, key.length).name).toBe('http.method')
  })

  it('are found, or not, and never taken for another', () => {
    const map = new BytesMap<number>()
    const name = (i: number): Buffer => Buffer.from(`aaaaaaaaaaaaaaaa${i}aaaaaaaaaaaaaaaa`)
    for (let i = 0; i < 10_000; i++) {
      const key = name(i)
      map.set(key, 0, key.length, i)
      expect(map.get(key, 0, key.length)).toBe(i)
    }
    for (let i = 0; i < 10_000; i++) expect([i, undefined]).toContain(map.get(name(i), 0, name(i).length))
  })
})
