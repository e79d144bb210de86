import { isValidPhoneNumber } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { person, seeded } from '../../../src/commands/demo/people.ts'
import { projects } from '../../../src/commands/demo/stories.ts'
import { demoTraffic, storyCount, type DemoRequest } from '../../../src/commands/demo/traffic.ts'

function requests(amount: number, seed = 1): DemoRequest[] {
  const traffic = demoTraffic({ seed, now: () => 1_795_289_840_850 })
  return Array.from({ length: amount }, () => traffic.next().value)
}

describe('demo traffic', () => {
  it('has all projects, signals and ways in', () => {
    const all = requests(storyCount)
    expect(new Set(all.map(({ project }) => project))).toEqual(new Set(projects))
    expect(new Set(all.map(({ signal }) => signal))).toEqual(new Set(['traces', 'metrics', 'logs']))
    expect(new Set(all.map(({ way }) => way))).toEqual(new Set(['http/json', 'http/protobuf', 'grpc']))
  })

  it('is the same for the same seed, and other people for another', () => {
    expect(requests(storyCount * 2, 7)).toEqual(requests(storyCount * 2, 7))
    expect(requests(1, 7)[0].person).not.toEqual(requests(1, 8)[0].person)
  })

  it('has the faults of the real producers', () => {
    const text = JSON.stringify(requests(storyCount).map(({ body }) => body))
    expect(text).toMatch(/"traceId":"[0-9a-f]{64}"/)
    expect(text).toContain('"kind":"SPAN_KIND_INTERNAL"')
    expect(text).toContain('"code":"STATUS_CODE_OK"')
    expect(text).toContain('"key":"event.endpoint"')
    expect(text).toMatch(/"timeUnixNano":\d+/)
    expect(text).toContain('AGGREGATION_TEMPORALITY_CUMULATIVE')
  })

  it('holds personal data of the person it is about, in every project', () => {
    for (const project of projects) {
      const leaks = requests(storyCount)
        .filter((request) => request.project === project)
        .some(
          ({ body, person: somebody }) =>
            JSON.stringify(body).includes(somebody.email) ||
            JSON.stringify(body).includes(somebody.digits) ||
            JSON.stringify(body).includes(somebody.address),
        )
      expect(leaks, project).toBe(true)
    }
  })
})

describe('a made-up person', () => {
  it('has numbers that pass their checks', () => {
    const random = seeded(3)
    for (let round = 0; round < 50; round++) {
      const { phone, digits, cpf, card } = person(random)
      expect(isValidPhoneNumber(phone)).toBe(true)
      expect(phone.replace(/\D/g, '')).toBe(digits)
      expect(checksCpf(cpf), cpf).toBe(true)
      expect(checksLuhn(card), card).toBe(true)
    }
  })
})

/** The two check digits as the Receita Federal describes them: weights 10…2 and 11…2, modulo 11. */
function checksCpf(text: string): boolean {
  const digits = text.replace(/\D/g, '').split('').map(Number)
  return [9, 10].every((length) => {
    const sum = digits.slice(0, length).reduce((total, digit, index) => total + digit * (length + 1 - index), 0)
    const rest = sum % 11
    return digits[length] === (rest < 2 ? 0 : 11 - rest)
  })
}

function checksLuhn(text: string): boolean {
  const digits = text.replace(/\D/g, '').split('').toReversed().map(Number)
  return (
    digits.reduce((sum, digit, index) => sum + (index % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : digit), 0) % 10 ===
    0
  )
}
