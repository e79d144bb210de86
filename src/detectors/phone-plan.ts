// Numbering plans of the world: is this a possible, is it a valid number? From generated metadata, compiled on first use.
import { phoneMetadata } from './phone-metadata.ts'

interface Plan {
  readonly region: string
  readonly callingCode: string
  /** Bit n: national numbers of n digits are possible. */
  readonly lengths: number
  /** What is dialled before a national number, and what it becomes (`$1` …) where that is not nothing. */
  readonly prefix: string
  readonly transform: string
  readonly pattern: string
  compiled: RegExp | undefined
  compiledPrefix: RegExp | undefined
}

const plans: Plan[] = phoneMetadata
  .trim()
  .split('\n')
  .map((line) => {
    const [region, callingCode, lengths, prefix, transform, pattern] = line.split(' ')
    return {
      region,
      callingCode,
      lengths: lengths.split(',').reduce((bits, length) => bits | (1 << Number(length)), 0),
      prefix,
      transform,
      pattern,
      compiled: undefined,
      compiledPrefix: undefined,
    }
  })

const byRegion = new Map(plans.map((plan) => [plan.region, plan]))
/** Plans that share a calling code, by its number; of all of them, the possible lengths. */
const byCode: (readonly Plan[] | undefined)[] = []
const lengthsByCode = new Int32Array(1000)
for (const plan of plans) {
  const code = Number(plan.callingCode)
  byCode[code] = [...(byCode[code] ?? []), plan]
  lengthsByCode[code] |= plan.lengths
}

/**
 * WhatsApp still names many Brazilian mobiles without the ninth digit; national plans no longer know these.
 */
const legacyBrazil = /^(?:[14689][1-9]|2[12478]|3[1-578]|5[13-5]|7[13-79])[6-9]\d{7}$/

/** ASCII digits, not yet a string. */
export type Digits = Uint8Array

/** The number of digits of the calling code at `from` (1–3), 0 if there is none. */
export function callingCodeLength(digits: Digits, from: number, to: number): number {
  let code = 0
  for (let n = 1; n <= 3 && from + n <= to; n++) {
    code = code * 10 + digits[from + n - 1] - 0x30
    if (code === 0) return 0
    if (byCode[code] !== undefined) return n
  }
  return 0
}

function codeAt(digits: Digits, from: number, length: number): number {
  let code = 0
  for (let i = from; i < from + length; i++) code = code * 10 + digits[i] - 0x30
  return code
}

/** Whether `[from, to)` is a possible number in full international digits. */
export function isPossible(digits: Digits, from: number, to: number): boolean {
  const length = callingCodeLength(digits, from, to)
  if (length === 0) return false
  const national = to - from - length
  return national < 32 && (lengthsByCode[codeAt(digits, from, length)] & (1 << national)) !== 0
}

/** Whether `[from, to)` is a valid number in full international digits, of one of `regions` if given. */
export function isValid(digits: Digits, from: number, to: number, regions?: readonly string[]): boolean {
  const length = callingCodeLength(digits, from, to)
  if (length === 0 || !isPossible(digits, from, to)) return false
  const candidates = byCode[codeAt(digits, from, length)] ?? []
  let national: string | undefined
  for (const plan of candidates) {
    if (regions !== undefined && !regions.includes(plan.region)) continue
    national ??= asText(digits, from + length, to)
    if (fits(plan, national)) return true
  }
  return false
}

/** Whether `[from, to)` is a possible (or valid) national number of the region, with or without its national prefix. */
export function isNational(digits: Digits, from: number, to: number, region: string, valid: boolean): boolean {
  return nationalNumber(asText(digits, from, to), region, valid) !== undefined
}

/** The national number without its prefix and the calling code, if `text` (digits) is one of the region. */
export function nationalNumber(
  text: string,
  region: string,
  valid: boolean,
): { callingCode: string; national: string } | undefined {
  const plan = byRegion.get(region)
  if (plan === undefined) return undefined
  const bare = withoutPrefix(plan, text)
  for (const national of [text, bare]) {
    const possible = national.length > 3 && (plan.lengths & (1 << Math.min(national.length, 31))) !== 0
    if (possible && (!valid || fits(plan, national))) return { callingCode: plan.callingCode, national }
  }
  return undefined
}

/** As it is dialled from abroad; empty if there is no prefix. */
function withoutPrefix(plan: Plan, text: string): string {
  if (plan.prefix === '-') return ''
  plan.compiledPrefix ??= new RegExp(`^(?:${plan.prefix})`)
  const match = plan.compiledPrefix.exec(text)
  if (match === null) return ''
  const captured = match.length > 1 && match[match.length - 1] !== undefined
  return text.replace(plan.compiledPrefix, plan.transform !== '-' && captured ? plan.transform : '')
}

function fits(plan: Plan, national: string): boolean {
  plan.compiled ??= new RegExp(`^(?:${plan.pattern})$`)
  return plan.compiled.test(national) || (plan.region === 'BR' && legacyBrazil.test(national))
}

function asText(digits: Digits, from: number, to: number): string {
  let text = ''
  for (let i = from; i < to; i++) text += String.fromCharCode(digits[i])
  return text
}
