// `classes:` as written → actions with every default filled in.
import type { Action, Hash } from '../actions/action.ts'
import type { ClassForm, HashForm } from './schema.ts'

/** The key ring of pseudonyms that name none. */
export const defaultRing = 'pseudonym'
const defaultChars = 16

/** The action of a class. */
export function actionOf(form: ClassForm): Action {
  if (typeof form === 'string') return { is: form }
  if (form.hash !== undefined) return { is: 'hash', hash: hashOf(form.hash) }
  if (form.phone !== undefined) {
    const { show = 'country', hash } = form.phone
    return { is: 'phone', show, hash: hash === undefined ? undefined : hashOf(hash) }
  }
  if (form.email !== undefined) {
    const domain = form.email.domain ?? { hash: {} }
    return { is: 'email', domain: typeof domain === 'string' ? domain : hashOf(domain.hash) }
  }
  if (form.path !== undefined) return { is: 'path', home: form.path.home ?? '~' }
  if (form.truncate !== undefined) return { is: 'truncate', bytes: form.truncate }
  return { is: 'replace', text: form.replace ?? '' }
}

/** How an action makes pseudonyms, if it does. */
export function hashOfAction(action: Action): Hash | undefined {
  if (action.is === 'hash') return action.hash
  if (action.is === 'phone') return action.hash
  return action.is === 'email' && typeof action.domain === 'object' ? action.domain : undefined
}

function hashOf({ key = defaultRing, method = 'hmac', chars = defaultChars }: HashForm): Hash {
  return method === 'sha256' ? { method, chars } : { method, key, chars }
}
