// What the laws share: the engine under test, the oracle beside it, and what counts as equal.
import type { Action, Hash } from '../../src/actions/action.ts'
import { createPseudonyms } from '../../src/actions/pseudonym.ts'
import { createTextTreatment } from '../../src/actions/text.ts'
import type { DetectorId } from '../../src/detectors/detector.ts'
import { createScanner } from '../../src/detectors/scanner.ts'
import { WireError } from '../../src/otlp/wire-error.ts'
import { createEngine, type Engine } from '../../src/processors/engine.ts'
import type { Program } from '../../src/ruleset/program.ts'
import { Tally } from '../../src/telemetry/tally.ts'
import { type Field, type Message, isMessage } from '../reference/model.ts'
import { Malformed, Notes, read } from '../reference/read.ts'
import { derivedId } from '../reference/repair.ts'
import { Reference } from '../reference/reference.ts'
import { type Signal, requestName } from '../reference/schema.ts'

/** The oracle of a program, with a text treatment of its own. */
export function createReference(program: Program): Reference {
  const hashes = [...program.classes.values()].flatMap(hashOf)
  const pseudonyms = createPseudonyms(program.keys, hashes)
  const identity = program.classes.get('user.id')
  if (identity?.is !== 'hash') throw new Error('the class user.id of a test program is a hash')
  const { use, phoneRegions, defaultRegion } = program.detectors
  const phone = defaultRegion === undefined ? {} : { defaultRegion }
  const scannerOf = (detectors: readonly DetectorId[]) =>
    createScanner({
      use: detectors,
      phoneRegions,
      ...phone,
      pseudonym: { keyIds: pseudonyms.keyIds, chars: identity.hash.chars },
    })
  const treatment = createTextTreatment({
    scanner: scannerOf(use),
    pathScanner: scannerOf([...use, ...(use.includes('home-path') ? [] : (['home-path'] as const))]),
    classes: program.classes,
    pseudonyms,
    phone,
    limits: program.defaults.limits,
    onError: program.defaults.onError,
    tally: new Tally(),
  })
  return new Reference(program, {
    treat: (text, spot) => {
      const treated = treatment.treat(text, 0, text.length, spot)
      return treated === undefined ? text : treated === null ? undefined : Buffer.from(treated)
    },
    treatNumber: (digits, spot) => treatment.treatNumber(digits, spot),
    pseudonym: (_className, text) => pseudonyms.hash(identity.hash, text),
  })
}

function hashOf(action: Action): readonly Hash[] {
  if (action.is === 'hash') return [action.hash]
  if (action.is === 'phone') return action.hash ? [action.hash] : []
  return action.is === 'email' && typeof action.domain === 'object' ? [action.domain] : []
}

export const protobuf = (engine: Engine, signal: Signal, body: Uint8Array) =>
  engine.process({ signal, encoding: 'protobuf', body })

/** What either engine made of a body: the request, what was refused, or that it is malformed. */
export interface Made {
  readonly request: Message | undefined
  readonly refused: Readonly<Record<string, number>>
  readonly records: number
}

export function fast(
  engine: Engine,
  signal: Signal,
  body: Uint8Array,
  encoding: 'protobuf' | 'json' = 'protobuf',
): Made | 'malformed' {
  try {
    const { batch, refused, records } = engine.process({ signal, encoding, body })
    return {
      request: batch && comparable(readCanonical(signal, batch.bytes)),
      refused: Object.fromEntries(refused.map((one) => [one.reason, one.records])),
      records,
    }
  } catch (error) {
    if (error instanceof WireError) return 'malformed'
    throw error
  }
}

/** Reads what the engine wrote and insists that it is canonical: one meaning for every decoder. */
export function readCanonical(signal: Signal, bytes: Uint8Array): Message {
  const notes = new Notes()
  const message = read(requestName[signal], bytes, notes)
  if (notes.counts.size > 0) throw new Error(`not canonical: ${[...notes.counts.keys()].join(', ')}`)
  return message
}

export function slow(reference: Reference, signal: Signal, body: Uint8Array): Made | 'malformed' {
  try {
    const { request, refused, records } = reference.process(signal, body)
    return {
      request: records ? request && comparable(request) : undefined,
      refused: Object.fromEntries(refused),
      records,
    }
  } catch (error) {
    if (error instanceof Malformed) return 'malformed'
    throw error
  }
}

/** Messages whose presence says nothing when they are empty. */
const hollow = new Set(['resource', 'scope', 'status', 'value', 'arrayValue.values'])

/**
 * One form of equal requests: an empty resource, scope, status or value is none; a derived span id is any span id; the
 * order of attributes does not matter where an edit adds some.
 */
function comparable(message: Message): Message {
  const result: Message = {}
  for (const [name, value] of Object.entries(message)) {
    if (value === undefined) continue
    const tidy: Field = isMessage(value)
      ? comparable(value)
      : Array.isArray(value)
        ? ((value as Field[]).map((one) => (isMessage(one) ? comparable(one) : one)) as Message[])
        : value
    if (isMessage(tidy) && Object.keys(tidy).length === 0 && hollow.has(name)) continue
    result[name] = tidy
  }
  return result
}

/** Puts the oracle's stand-in for derived span ids where the fast engine wrote one. */
export function withDerivedIds(expected: Message | undefined, got: Message | undefined): void {
  if (expected === undefined || got === undefined) return
  for (const [name, value] of Object.entries(expected)) {
    const other = got[name]
    if (name === 'spanId' && Buffer.isBuffer(value) && value.equals(derivedId)) {
      if (Buffer.isBuffer(other) && other.length === 8 && other.some((byte) => byte !== 0)) expected[name] = other
    } else if (isMessage(value) && isMessage(other)) withDerivedIds(value, other)
    else if (Array.isArray(value) && Array.isArray(other)) {
      value.forEach((one: Field, at) => {
        const pair = other[at] as Field | undefined
        if (isMessage(one) && isMessage(pair)) withDerivedIds(one, pair)
      })
    }
  }
}

export { createEngine }
