// What is done to a value of a class. Plain data: the ruleset's `classes:`, checked and with defaults filled in.

export type Action =
  | { readonly is: 'keep' }
  | { readonly is: 'detect' }
  | { readonly is: 'truncate'; readonly bytes: number }
  | { readonly is: 'mask' }
  | { readonly is: 'phone'; readonly show: 'country' | 'nothing'; readonly hash: Hash | undefined }
  | { readonly is: 'email'; readonly domain: Hash | 'keep' | 'drop' }
  | { readonly is: 'path'; readonly home: string }
  | { readonly is: 'hash'; readonly hash: Hash }
  /** `{kind}` in the text is what was found (`ip`, `card`), or the class's name. */
  | { readonly is: 'replace'; readonly text: string }
  | { readonly is: 'drop' }

/** How a pseudonym is made. `sha256` is plain, unkeyed SHA-256, as the Automagik SDKs do it: an explicit choice. */
export type Hash =
  | { readonly method: 'hmac'; readonly key: string; readonly chars: number }
  | { readonly method: 'sha256'; readonly chars: number }

/** The strictness of an action; the strictest class of a cell wins. */
export const rankOf: Readonly<Record<Action['is'], number>> = {
  keep: 0,
  detect: 1,
  truncate: 2,
  mask: 3,
  phone: 3,
  email: 3,
  path: 3,
  hash: 4,
  replace: 5,
  drop: 6,
}
