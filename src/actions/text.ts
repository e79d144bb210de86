// Text under a cell's action: the step of privacy that every string goes through. Detectors look first, names inside
// structured text are followed, finds replaced, and only then is it cut; again until nothing changes, so that twice is
// the same as once.
import { detectorIds, detectorTable, maxFinds, type Scanner } from '../detectors/detector.ts'
import { count, type Tally } from '../telemetry/tally.ts'
import type { Action } from './action.ts'
import { applyToText, type Means } from './apply.ts'
import { createCut } from './cut.ts'
import { createFindReplacer } from './finds.ts'
import { isIntegral } from './number.ts'
import type { PhoneOptions, Pseudonyms } from './pseudonym.ts'
import { treatStructured, type BareNumber, type KeyCell, type PartTreatment } from './structured-text.ts'
import { createWholeTreatment } from './whole.ts'
import { binaryOf, isValidUtf8, textOf } from './utf8.ts'

export { canonicalNumber } from './number.ts'

/** What holds for the values of one place and name. Long-lived, shared by many calls. */
export interface TextCell {
  readonly action: Action
  readonly className: string
  /** What the attribute's name tells the detectors. */
  readonly hint: number
  /** A low-cardinality place: finds become `{kind}`. */
  readonly low: boolean
  /** What the name of a key inside structured text asks for. */
  readonly keyAction: (key: string) => KeyCell
}

export interface TextTreatmentOptions {
  readonly scanner: Scanner
  /** The same with home directories, for the action `path`, where `scanner` has them not. */
  readonly pathScanner?: Scanner
  /** The detectors that the scanners have behind the built-in ones. */
  readonly custom?: readonly { readonly id: string; readonly class: string }[]
  /** The action of every class. A detector whose class is not among them replaces by `[kind]`. */
  readonly classes: ReadonlyMap<string, Action>
  readonly pseudonyms: Pseudonyms
  readonly phone: PhoneOptions
  readonly limits: { readonly valueBytes: number }
  readonly onError: 'drop' | 'replace'
  readonly tally: Tally
}

export interface TextTreatment {
  /**
   * Treats the UTF-8 text [start, end). Linear in its length; where nothing is found it allocates nothing.
   * @returns undefined: unchanged; null: the value goes; else its new bytes, which are not to be written to
   */
  treat(bytes: Uint8Array, start: number, end: number, cell: TextCell): Uint8Array | undefined | null
  /**
   * Treats a number.
   * @param text as `canonicalNumber` writes it
   * @returns undefined: the number stays one; null: it goes; else the text that replaces it
   */
  treatNumber(text: string, cell: TextCell): string | undefined | null
}

/** Rounds that replace something; text that still changes then is not understood. */
const maxRounds = 4
/** Strings in strings that are followed. */
const maxDepth = 8
/** Shorter numbers hold nothing that a detector knows, unless the name tells that they do. */
const shortestNumber = 7

type Verdict = 'fine' | 'drop' | 'overflow'

export function createTextTreatment(options: TextTreatmentOptions): TextTreatment {
  const { scanner, classes, onError, tally } = options
  const { valueBytes } = options.limits
  const pathScanner = options.pathScanner ?? scanner
  const means: Means = { pseudonyms: options.pseudonyms, phone: options.phone }
  const builtIn = detectorIds.map((id) => ({ id, class: detectorTable[id].class }))
  const kinds = [...builtIn, ...(options.custom ?? [])].map((each) => ({
    ...each,
    action: classes.get(each.class) ?? unclassed,
  }))
  const replacer = createFindReplacer(kinds, means, tally)
  const cut = createCut(
    classes,
    options.pseudonyms,
    kinds.map(({ id }) => id),
  )
  const whole = createWholeTreatment(means)
  // What the round at hand has come to.
  let verdict: Verdict = 'fine'
  let found = 0
  let scans = 0
  let isCut = false

  function scan(bytes: Uint8Array, start: number, end: number, cell: TextCell): number {
    scans++
    return (cell.action.is === 'path' ? pathScanner : scanner).scan(bytes, start, end, cell.hint)
  }

  function undecodable(): Uint8Array | null {
    count(tally.dropped, 'undecodable')
    return onError === 'drop' ? null : undecodableText
  }

  /** Text that stays text: looked into, and cut. */
  function treatInside(bytes: Uint8Array, start: number, end: number, cell: TextCell): Uint8Array | undefined | null {
    const n = scan(bytes, start, end, cell)
    const { structured, nonAscii } = cell.action.is === 'path' ? pathScanner : scanner
    if (nonAscii && !isValidUtf8(bytes, start, end)) return undecodable()
    const limit = cell.action.is === 'truncate' ? Math.min(valueBytes, cell.action.bytes) : valueBytes
    if (n === 0 && !structured && end - start <= limit) return undefined
    return settle(bytes, start, end, cell, limit, n)
  }

  /** Rounds until one changes nothing. `n` is what the scan of the text has just come to. */
  function settle(
    bytes: Uint8Array,
    start: number,
    end: number,
    cell: TextCell,
    limit: number,
    n: number,
  ): Uint8Array | undefined | null {
    let result: Uint8Array | undefined
    let rounds = 0
    let finds = n
    while (rounds < maxRounds) {
      verdict = 'fine'
      found = 0
      isCut = false
      const next =
        result === undefined
          ? look(bytes, start, end, cell, limit, 0, finds)
          : look(result, 0, result.length, cell, limit, 0, finds)
      if (verdict !== 'fine') break
      if (next === undefined) {
        replacer.countChanged()
        return result
      }
      result = next
      if (!isCut) rounds++
      if (rounds < maxRounds) finds = scan(result, 0, result.length, cell)
    }
    replacer.countChanged()
    if (verdict === 'drop') return null
    count(tally.dropped, 'overflow')
    return limit < overflowText.length ? empty : overflowText
  }

  /** One round; undefined when it changes nothing. `n` is what the scan of the text has just come to. */
  function look(
    bytes: Uint8Array,
    start: number,
    end: number,
    cell: TextCell,
    limit: number,
    depth: number,
    n: number,
  ): Uint8Array | undefined {
    const active = cell.action.is === 'path' ? pathScanner : scanner
    let text = bytes
    let from = start
    let to = end
    let finds = n
    let numbers: BareNumber[] | undefined
    if (active.structured) {
      if (depth > maxDepth) return undecodable() ?? empty
      numbers = []
      const before = scans
      const structured = treatStructured(binaryOf(text, from, to), partsOf(cell, depth), numbers)
      if (structured !== undefined) {
        text = Buffer.from(structured, 'latin1')
        from = 0
        to = text.length
      }
      if (scans !== before || structured !== undefined) finds = scan(text, from, to, cell)
    }
    found += finds
    if (finds < 0 || found > maxFinds) verdict = 'overflow'
    if (verdict !== 'fine') return undefined
    if (finds > 0) {
      const home = cell.action.is === 'path' ? cell.action.home : undefined
      const replaced = replacer.replace(text, from, to, active.finds, { low: cell.low, home, numbers })
      if (replaced === null) verdict = 'drop'
      else if (replaced !== undefined) return replaced
    }
    if (text !== bytes) return text
    if (to - from <= limit) return undefined
    isCut = depth === 0
    count(tally.changed, cell.className)
    return text.slice(from, cut(text, from, to, limit))
  }

  /** What is done to the parts of structured text under a cell. */
  function partsOf(cell: TextCell, depth: number): PartTreatment {
    const lookInto = (text: string, inside: TextCell, limit: number): string | undefined => {
      const bytes = Buffer.from(text)
      const looked = look(bytes, 0, bytes.length, inside, limit, depth + 1, scan(bytes, 0, bytes.length, inside))
      return looked === undefined ? undefined : textOf(looked, 0, looked.length)
    }
    const insideOf = (key: KeyCell | undefined): TextCell => (key === undefined ? cell : { ...cell, ...key })
    return {
      keyAction: cell.keyAction,
      text(text, key) {
        if (verdict !== 'fine') return undefined
        if (key !== undefined && !staysText(key.action)) return wholeText(text, key)
        return lookInto(text, insideOf(key), key?.action.is === 'truncate' ? key.action.bytes : Infinity)
      },
      number(text, key) {
        if (verdict !== 'fine') return undefined
        if (key !== undefined && !staysText(key.action)) return wholeText(text, key)
        return isIntegral(text) ? lookInto(text, insideOf(key), Infinity) : undefined
      },
    }
    function wholeText(text: string, { action, className, sources }: KeyCell): string | undefined {
      const applied = applyToText(action, text, { className, low: cell.low }, means) ?? ''
      if (applied === text) return undefined
      count(tally.changed, className)
      tally.bySources[sources]++
      return applied
    }
  }

  /** The whole value is replaced: by what depends on it, or whatever it is. */
  function treatWhole(bytes: Uint8Array, start: number, end: number, cell: TextCell): Uint8Array | undefined | null {
    if (start === end) return undefined
    const { action } = cell
    let treated: Uint8Array | undefined
    if (action.is === 'replace') treated = whole.replace(action.text, bytes, start, end, cell.className)
    else if (isValidUtf8(bytes, start, end)) treated = whole.apply(action, bytes, start, end, cell)
    else return undecodable()
    if (treated !== undefined) count(tally.changed, cell.className)
    return treated
  }

  return {
    treat(bytes, start, end, cell) {
      const { action } = cell
      switch (action.is) {
        case 'detect':
        case 'truncate':
        case 'path':
          return isUndecodableText(bytes, start, end) ? undefined : treatInside(bytes, start, end, cell)
        case 'keep':
          return isValidUtf8(bytes, start, end) ? undefined : undecodable()
        case 'drop':
          count(tally.changed, cell.className)
          return null
        case 'replace':
          return treatWhole(bytes, start, end, cell)
        default:
          // What an earlier pass could not read has become this word, which says nothing about anybody.
          return isUndecodableText(bytes, start, end) ? undefined : treatWhole(bytes, start, end, cell)
      }
    },

    treatNumber(text, cell) {
      if (!staysText(cell.action)) {
        const applied = applyToText(cell.action, text, cell, means)
        if (applied !== text) count(tally.changed, cell.className)
        return applied === text ? undefined : applied
      }
      if (cell.action.is === 'keep' || !isIntegral(text)) return undefined
      if (text.length < shortestNumber && cell.hint === 0) return undefined
      const bytes = Buffer.from(text, 'latin1')
      const n = scan(bytes, 0, bytes.length, cell)
      let treated = n === 0 ? undefined : settle(bytes, 0, bytes.length, cell, Infinity, n)
      // Only what has become text is cut: a number never is.
      if (treated) treated = treatInside(treated, 0, treated.length, cell) ?? treated
      return treated === undefined || treated === null ? treated : textOf(treated, 0, treated.length)
    },
  }
}

const unclassed: Action = { is: 'replace', text: '[{kind}]' }
const undecodableText = Buffer.from('[undecodable]')
const overflowText = Buffer.from('[REDACTED]')
const empty = new Uint8Array(0)

function isUndecodableText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== undecodableText.length || bytes[start] !== undecodableText[0]) return false
  return undecodableText.every((byte, index) => bytes[start + index] === byte)
}

/** Whether text under the action stays text that is looked into. */
function staysText({ is }: Action): boolean {
  return is === 'keep' || is === 'detect' || is === 'truncate' || is === 'path'
}
