// What a detector is: an id, what it finds, and the class of data that is. The table is shown to users and shared by
// code, documentation and tests.

export interface DetectorInfo {
  /** What a find is called in `{kind}` and `[kind]`. */
  readonly kind: string
  /** The class whose action a find gets. */
  readonly class: string
  readonly description: string
}

export const detectorTable = {
  email: { kind: 'email', class: 'email', description: 'e-mail addresses, also with %40 for @' },
  phone: { kind: 'phone', class: 'phone', description: 'phone numbers of any region' },
  'whatsapp-jid': { kind: 'phone', class: 'phone', description: 'WhatsApp ids: 55…@s.whatsapp.net, …@lid, …@g.us' },
  'credit-card': { kind: 'card', class: 'payment', description: 'payment card numbers (Luhn, known issuers)' },
  iban: { kind: 'iban', class: 'payment', description: 'bank accounts (IBAN, checked)' },
  cpf: { kind: 'cpf', class: 'identity', description: 'Brazilian person numbers (checked)' },
  cnpj: { kind: 'cnpj', class: 'identity', description: 'Brazilian company numbers (checked)' },
  'us-ssn': { kind: 'ssn', class: 'identity', description: 'US social security numbers' },
  ipv4: { kind: 'ip', class: 'address', description: 'IPv4 addresses but loopback and 0.0.0.0' },
  ipv6: { kind: 'ip', class: 'address', description: 'IPv6 addresses but loopback and ::' },
  mac: { kind: 'mac', class: 'address', description: 'hardware (MAC) addresses' },
  jwt: { kind: 'secret', class: 'secret', description: 'JSON web tokens' },
  'api-key': {
    kind: 'secret',
    class: 'secret',
    description: 'API keys and tokens of known issuers, key=value, Bearer, Basic',
  },
  'private-key': { kind: 'secret', class: 'secret', description: 'PEM private keys' },
  'url-credentials': { kind: 'secret', class: 'secret', description: 'passwords in URLs and secret query parameters' },
  'home-path': {
    kind: 'home',
    class: 'path',
    description: 'home directories: /home/ana, /Users/ana, C:\\Users\\ana, /root',
  },
} as const satisfies Record<string, DetectorInfo>

export type DetectorId = keyof typeof detectorTable
export const detectorIds = Object.keys(detectorTable) as readonly DetectorId[]

/** What stands for `{kind}`; of a detector that a user wrote its id. */
export function kindOf(detector: string): string {
  return Object.hasOwn(detectorTable, detector) ? detectorTable[detector as DetectorId].kind : detector
}

export interface DetectorOptions {
  readonly use: readonly DetectorId[]
  /** Regions (ISO 3166) whose full international digits count as a phone with nothing else to tell. */
  readonly phoneRegions: readonly string[]
  /** The region of national numbers; without it they become `{phone}`. */
  readonly defaultRegion?: string
  /** The pseudonyms to leave alone: the ids of the key ring, and the number of hex digits. */
  readonly pseudonym: { readonly keyIds: readonly string[]; readonly chars: number }
}

/** More finds than this in one value, and the whole value is replaced. */
export const maxFinds = 64

/**
 * The finds of the last scan: non-overlapping, in order; offsets into the scanned buffer. Reused by the next scan.
 * `detector[i]` is an index into `detectorIds`.
 */
export interface Finds {
  count: number
  readonly start: Int32Array
  readonly end: Int32Array
  readonly detector: Uint8Array
}

export interface Scanner {
  readonly finds: Finds
  /**
   * Finds personal data in UTF-8 bytes [start, end). Linear in the length; allocates nothing when nothing is found.
   * @param hint what the attribute's name tells, from `hintOf`; 0 for a neutral name
   * @returns the number of finds, or -1 for more than `maxFinds`
   */
  scan(bytes: Uint8Array, start: number, end: number, hint: number): number
  /**
   * Whether the text holds a quoted key (`":` or `':`), so that names inside it must be classed. Valid after `scan`.
   */
  structured: boolean
  /** Whether a byte above 0x7f occurred: only then can the text be invalid UTF-8. Valid after `scan`. */
  nonAscii: boolean
}
