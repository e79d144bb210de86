// What the tables of closures and their differences say in words: actions, reasons, places.
import type { Action, Hash } from '../actions/action.ts'
import { contexts } from '../otlp/fields.ts'
import { attributesPlace, type Reason } from './closure-because.ts'
import type { Disposition } from './closure-judge.ts'
import { textPlaces } from './selectors.ts'

/** An action as it is written in a ruleset, in short. */
export function actionText(action: Action): string {
  switch (action.is) {
    case 'truncate':
      return `truncate ${action.bytes}`
    case 'phone':
      return `phone (${action.show === 'country' ? 'country, ' : ''}${hashText(action.hash)})`
    case 'email':
      return `email (domain: ${typeof action.domain === 'string' ? action.domain : hashText(action.domain)})`
    case 'path':
      return `path (${action.home})`
    case 'hash':
      return hashText(action.hash) === 'hash' ? 'hash' : `hash (${hashText(action.hash)})`
    case 'replace':
      return `replace ${action.text}`
    default:
      return action.is
  }
}

function hashText(hash: Hash | undefined): string {
  if (hash === undefined) return 'no hash'
  return hash.method === 'sha256' ? 'SHA-256 without a key' : 'hash'
}

/** What becomes of a place: its class and action, or the closed type. */
export function dispositionText({ class: className, action, closed }: Disposition): string {
  if (className === '') return actionText(action)
  if (className === 'id') return 'ids of 8 or 16 bytes'
  if (closed !== undefined) return `${className}: ${closedText(closed)}`
  return `${className}: ${actionText(action)}`
}

function closedText({ closed }: NonNullable<Disposition['closed']>): string {
  if (closed === 'enum') return 'one of the words in the schema'
  return closed === 'number' ? 'a number within the bounds of the schema' : 'true or false'
}

/** Who says so, in a few words. */
export function reasonText(reason: Reason): string {
  switch (reason.is) {
    case 'rule':
      return `rule ${reason.name}`
    case 'exception':
      return `exception ${reason.name} (${reason.owner}: ${reason.reason})`
    case 'schema':
      return `schema of ${reason.name}`
    case 'default':
      return `defaults.${reason.name}`
    default:
      return 'the wire format'
  }
}

const attributePlaces: readonly string[] = contexts.map(attributesPlace)
const bodyKeys = ["log.body['*']", "log.body['*'].**"]
const ofRecords = ['span', 'spanevent', 'spanlink', 'log'].map((context) => `${context}.attributes`)

/** Places in a few words: what is in all contexts is not listed nine times. */
export function placesText(places: readonly string[]): string {
  const all = new Set(places)
  const words: string[] = []
  const take = (some: readonly string[], word: string): void => {
    if (!some.every((place) => all.has(place))) return
    words.push(word)
    for (const place of some) all.delete(place)
  }
  take(textPlaces, 'every name and other text of records')
  take(attributePlaces, 'attributes of every context')
  take(ofRecords, 'attributes of spans, their events and links, and logs')
  take(bodyKeys, 'keys of log bodies')
  take(bodyKeys.slice(0, 1), 'keys of log bodies')
  take(bodyKeys.slice(1), 'keys deeper in log bodies')
  return [...words, ...all].join(', ')
}
