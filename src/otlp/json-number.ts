// Numbers of OTLP/JSON: 64-bit integers exactly as their digits say, doubles correctly rounded.
import { byte } from './json-reader.ts'

/** A number that was scanned, and the integer that it was turned into. */
export interface NumberToken {
  negative: boolean
  /** The first 15 significant digits as an integer, exact. */
  mantissa: number
  /** Significant digits, before and behind the point. */
  digits: number
  /** Digits behind the point. */
  fraction: number
  exponent: number
  /** Where the digits start, behind the sign, and where the token ends. */
  digitsAt: number
  endsAt: number
  /** 64 bits of the last integer. */
  hi: number
  lo: number
}

const exactDigits = 15
const two32 = 0x1_0000_0000

/**
 * Scans a number by JSON's grammar in [at, end) and returns where it ends, or -1 when there is none.
 */
export function scanNumber(n: NumberToken, bytes: Uint8Array, at: number, end: number): number {
  let i = at
  n.negative = i < end && bytes[i] === byte.minus
  if (n.negative) i++
  n.digitsAt = i
  let mantissa = 0
  let digits = 0
  let fraction = 0
  let exponent = 0
  let c = i < end ? bytes[i] : 0
  if (c === byte.zero) {
    c = ++i < end ? bytes[i] : 0
    if (c >= byte.zero && c <= byte.nine) return -1
  } else {
    if (c < byte.zero || c > byte.nine) return -1
    while (c >= byte.zero && c <= byte.nine) {
      if (digits++ < exactDigits) mantissa = mantissa * 10 + (c - byte.zero)
      c = ++i < end ? bytes[i] : 0
    }
  }
  if (c === 0x2e) {
    const first = ++i
    c = i < end ? bytes[i] : 0
    while (c >= byte.zero && c <= byte.nine) {
      if ((digits > 0 || c !== byte.zero) && digits++ < exactDigits) mantissa = mantissa * 10 + (c - byte.zero)
      c = ++i < end ? bytes[i] : 0
    }
    fraction = i - first
    if (fraction === 0) return -1
  }
  if (c === 0x65 || c === 0x45) {
    c = ++i < end ? bytes[i] : 0
    const minus = c === byte.minus
    if (minus || c === 0x2b) c = ++i < end ? bytes[i] : 0
    const first = i
    while (c >= byte.zero && c <= byte.nine) {
      // Beyond this every number but zero is out of range; the bound keeps the sum an exact integer.
      if (exponent < 1e12) exponent = exponent * 10 + (c - byte.zero)
      c = ++i < end ? bytes[i] : 0
    }
    if (i === first) return -1
    if (minus) exponent = -exponent
  }
  n.mantissa = mantissa
  n.digits = digits
  n.fraction = fraction
  n.exponent = exponent
  n.endsAt = i
  return i
}

const powersOfTen = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))

/** The scanned number as a double; infinite when it is out of range. */
export function doubleOf(n: NumberToken, bytes: Uint8Array): number {
  const power = n.exponent - n.fraction
  // Both operands are exact up to 10^22, so that one operation rounds correctly (Clinger 1990).
  if (n.digits <= exactDigits && power >= -22 && power <= 22) {
    const value = power < 0 ? n.mantissa / powersOfTen[-power] : n.mantissa * powersOfTen[power]
    return n.negative ? -value : value
  }
  return Number(latin1(bytes, n.negative ? n.digitsAt - 1 : n.digitsAt, n.endsAt))
}

/**
 * Puts the scanned number into `hi` and `lo`, in two's complement when `signed`. False when it is not integral or does
 * not fit into 64 bits.
 */
export function toInteger64(n: NumberToken, bytes: Uint8Array, signed: boolean): boolean {
  if (!toMagnitude(n, bytes)) return false
  const { hi, lo } = n
  if (!n.negative) return !signed || hi < 0x8000_0000
  if (hi === 0 && lo === 0) return true
  if (!signed || hi > 0x8000_0000 || (hi === 0x8000_0000 && lo > 0)) return false
  n.lo = (~lo + 1) >>> 0
  n.hi = (lo === 0 ? ~hi + 1 : ~hi) >>> 0
  return true
}

function toMagnitude(n: NumberToken, bytes: Uint8Array): boolean {
  if (n.fraction !== 0 || n.exponent !== 0) return normalised(n, bytes)
  if (n.digits > 20) return false
  const hi = Math.floor(n.mantissa / two32)
  const lo = n.mantissa >>> 0
  if (n.digits <= exactDigits) {
    n.hi = hi
    n.lo = lo
    return true
  }
  let tail = 0
  for (let i = n.digitsAt + exactDigits; i < n.endsAt && bytes[i] >= byte.zero && bytes[i] <= byte.nine; i++) {
    tail = tail * 10 + (bytes[i] - byte.zero)
  }
  // At most five digits are left: the products stay far below 2^53.
  const scale = powersOfTen[n.digits - exactDigits]
  const low = lo * scale + tail
  n.lo = low >>> 0
  n.hi = hi * scale + Math.floor(low / two32)
  return n.hi < two32
}

/** `12.0`, `1e3`, `1.5e1`: off the hot path. */
function normalised(n: NumberToken, bytes: Uint8Array): boolean {
  const written = latin1(bytes, n.digitsAt, n.endsAt)
    .replace(/[eE].*$/, '')
    .replace('.', '')
  const power = n.exponent - n.fraction
  const significant = written.replace(/^0+/, '')
  if (significant === '') return fromDecimal(n, '0')
  if (power >= 0) return significant.length + power <= 20 && fromDecimal(n, significant + '0'.repeat(power))
  const whole = significant.length + power
  if (whole <= 0 || whole > 20 || /[^0]/.test(significant.slice(whole))) return false
  return fromDecimal(n, significant.slice(0, whole))
}

function fromDecimal(n: NumberToken, digits: string): boolean {
  const value = BigInt(digits)
  n.hi = Number(value >> 32n)
  n.lo = Number(value & 0xffff_ffffn)
  return n.hi < two32
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
