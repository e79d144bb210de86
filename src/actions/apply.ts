// What each action makes of a whole value, and of a find inside one. Total tables: no action × kind is left out.
import { kindOf } from '../detectors/detector.ts'
import { phoneOf } from '../detectors/phone-number.ts'
import type { Action, Hash } from './action.ts'
import { addressOf, canonical, type PhoneOptions, type Pseudonyms } from './pseudonym.ts'

export interface Means {
  readonly pseudonyms: Pseudonyms
  readonly phone: PhoneOptions
}

/** The place of a value: its class, and whether it is one of few distinct values (names, routes, metric labels). */
export interface Place {
  readonly className: string
  readonly low: boolean
}

type Kind<Is extends Action['is']> = Extract<Action, { is: Is }>

/**
 * A whole value under an action; null: the value goes. Twice is the same as once. Under `keep`, `detect`, `truncate`
 * and `path` the value as a whole stays: what is done inside it is the text treatment's.
 */
export function applyToText(action: Action, text: string, place: Place, means: Means): string | null {
  if (action.is === 'drop') return null
  if (text === '') return text
  switch (action.is) {
    case 'keep':
    case 'detect':
    case 'truncate':
    case 'path':
      return text
    case 'mask':
      return '****'
    case 'phone':
      return phoneText(action, text, place, means)
    case 'email':
      return emailText(action, text, place, means)
    case 'hash':
      return hashText(action.hash, text, means)
  }
  return replacementText(action.text, place.className)
}

/**
 * What replaces a find; undefined: it is left; null: the whole value goes.
 * @param detector the id of a detector, a user's own as well
 * @param token the find as it stands in the text
 * @param low in a low-cardinality place a find becomes `{kind}`, so that the place stays one
 */
export function replaceFind(
  detector: string,
  action: Action,
  token: string,
  low: boolean,
  means: Means,
): string | undefined | null {
  if (action.is === 'keep' || action.is === 'detect') return undefined
  const kind = kindOf(detector)
  if (low) return detector === 'home-path' ? homeText(action) : `{${kind}}`
  switch (action.is) {
    case 'truncate':
    case 'mask':
      return '****'
    case 'phone':
      return phoneFind(detector, action, token, kind, means)
    case 'email':
      return emailFind(action, token, kind, means)
    case 'path':
      return action.home
    case 'hash':
      return means.pseudonyms.hash(action.hash, canonical(token, means.phone))
    case 'replace':
      return replacementText(action.text, kind)
  }
  return null
}

/** A replacement with its `{kind}` filled in. */
export function replacementText(text: string, kind: string): string {
  return text.replaceAll('{kind}', kind)
}

function homeText(action: Action): string {
  return action.is === 'path' ? action.home : '~'
}

function hashText(hash: Hash, text: string, { pseudonyms, phone }: Means): string {
  return pseudonyms.isOwn(text.trim()) ? text : pseudonyms.hash(hash, canonical(text, phone))
}

function phoneText(action: Kind<'phone'>, text: string, place: Place, means: Means): string {
  const trimmed = text.trim()
  if (isOwnPhone(action, trimmed, means.pseudonyms)) return text
  if (place.low) return '{phone}'
  const shown = shownPhone(action, trimmed, means)
  if (shown !== undefined) return shown
  return action.hash === undefined ? '{phone}' : means.pseudonyms.hash(action.hash, canonical(trimmed, means.phone))
}

/** `+55 hm:…`, `hm:…`, `+55` or `{phone}`; undefined for what is no phone number. */
function shownPhone(action: Kind<'phone'>, text: string, { pseudonyms, phone }: Means): string | undefined {
  const number = phoneOf(text, phone)
  if (number === undefined) return undefined
  const country = action.show === 'country' ? `+${number.country}` : undefined
  if (action.hash === undefined) return country ?? '{phone}'
  const pseudonym = pseudonyms.hash(action.hash, number.digits)
  return country === undefined ? pseudonym : `${country} ${pseudonym}`
}

const ownPhone = /^(?<country>\+[1-9]\d{0,2})?(?<space> )?(?<pseudonym>[^@ ]+)?(?:(?:@|%40)[a-z.]+)?$/

function isOwnPhone(action: Kind<'phone'>, text: string, pseudonyms: Pseudonyms): boolean {
  if (text === '{phone}') return true
  const parts = ownPhone.exec(text)?.groups
  if (parts === undefined) return false
  if (parts.pseudonym !== undefined) {
    return (parts.country === undefined) === (parts.space === undefined) && pseudonyms.isOwn(parts.pseudonym)
  }
  return action.hash === undefined && parts.country !== undefined && parts.space === undefined
}

/** The parts of a JID as it may stand in a text: its digits, the `@` as written, the server. */
const jid =
  /^\+?(?<id>[\d:.-]+)?.*?(?<at>@|%40)?(?<server>s\.whatsapp\.net|whatsapp\.net|[cg]\.us|hosted\.lid|lid|hosted|newsletter|broadcast|bot|call)$/is

/** A phone or JID in a text: a JID's number is replaced, its server stays; ids that are no numbers are hashed. */
function phoneFind(detector: string, action: Kind<'phone'>, token: string, kind: string, means: Means): string {
  const parts = detector === 'whatsapp-jid' ? jid.exec(token)?.groups : undefined
  const server = parts === undefined ? '' : `${parts.at ?? '@'}${parts.server}`
  const shown = shownPhone(action, token, means)
  if (shown !== undefined) return shown + server
  if (action.hash === undefined || detector === 'phone') return `{${kind}}${server}`
  const id = parts?.id === undefined ? token : `${parts.id}@${parts.server}`
  return means.pseudonyms.hash(action.hash, canonical(id, means.phone)) + server
}

function emailText(action: Kind<'email'>, text: string, place: Place, means: Means): string {
  const trimmed = text.trim()
  if (isOwnEmail(action, trimmed, means.pseudonyms)) return text
  if (place.low) return '{email}'
  const shown = shownEmail(action, trimmed, means)
  if (shown !== undefined) return shown
  return typeof action.domain === 'string'
    ? '[email]'
    : means.pseudonyms.hash(action.domain, canonical(trimmed, means.phone))
}

/** `[email]@hm:…`, `[email]@example.com` or `[email]`; undefined for what is no e-mail address. */
function shownEmail(action: Kind<'email'>, text: string, { pseudonyms }: Means): string | undefined {
  const email = addressOf(text)
  if (email === undefined) return undefined
  if (action.domain === 'drop') return '[email]'
  const domain = email.domain.toLowerCase()
  return `[email]@${action.domain === 'keep' ? domain : pseudonyms.hash(action.domain, domain)}`
}

function isOwnEmail(action: Kind<'email'>, text: string, pseudonyms: Pseudonyms): boolean {
  if (text === '[email]' || text === '{email}') return true
  const domain = text.startsWith('[email]@') ? text.slice('[email]@'.length) : text
  if (pseudonyms.isOwn(domain)) return true
  return action.domain === 'keep' && domain !== text && addressOf(`local@${domain}`) !== undefined
}

function emailFind(action: Kind<'email'>, token: string, kind: string, means: Means): string {
  const shown = shownEmail(action, token, means)
  if (shown !== undefined) return shown
  return typeof action.domain === 'string'
    ? `[${kind}]`
    : means.pseudonyms.hash(action.domain, canonical(token, means.phone))
}
