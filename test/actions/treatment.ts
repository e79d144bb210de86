// A text treatment with the default classes, all detectors and a fixed key, for the tests of this folder.
import type { Action, Hash } from '../../src/actions/action.ts'
import { createPseudonyms, type Pseudonyms } from '../../src/actions/pseudonym.ts'
import { createTextTreatment, type TextCell, type TextTreatmentOptions } from '../../src/actions/text.ts'
import { detectorIds, type DetectorId, type Scanner } from '../../src/detectors/detector.ts'
import { createScanner } from '../../src/detectors/scanner.ts'
import { Tally } from '../../src/telemetry/tally.ts'

export const hash: Hash = { method: 'hmac', key: 'pseudonym', chars: 16 }
export const key = Buffer.alloc(32, 7)
export const rings = new Map([
  [
    'pseudonym',
    {
      active: 'k1',
      keys: new Map([
        ['k0', Buffer.alloc(32, 6)],
        ['k1', key],
      ]),
    },
  ],
])

export const defaultClasses: Readonly<Record<string, Action>> = {
  public: { is: 'keep' },
  internal: { is: 'detect' },
  'user.id': { is: 'hash', hash },
  phone: { is: 'phone', show: 'country', hash },
  email: { is: 'email', domain: hash },
  path: { is: 'path', home: '~' },
  short: { is: 'truncate', bytes: 40 },
  person: { is: 'drop' },
  content: { is: 'drop' },
  secret: { is: 'replace', text: '[REDACTED]' },
  address: { is: 'replace', text: '[{kind}]' },
  payment: { is: 'replace', text: '[{kind}]' },
  identity: { is: 'replace', text: '[{kind}]' },
}

export function scannerOf(use: readonly DetectorId[] = detectorIds, defaultRegion?: string): Scanner {
  return createScanner({
    use,
    phoneRegions: ['BR'],
    ...(defaultRegion === undefined ? {} : { defaultRegion }),
    pseudonym: { keyIds: ['k0', 'k1'], chars: 16 },
  })
}

/** What the keys of structured text are classed as in these tests. */
const keyClasses: Readonly<Record<string, string>> = {
  message: 'content',
  password: 'secret',
  user_id: 'user.id',
  phone: 'phone',
  mail: 'email',
  stack: 'path',
  summary: 'short',
}

export interface Bench {
  readonly tally: Tally
  readonly pseudonyms: Pseudonyms
  cell(className: string, more?: Partial<TextCell>): TextCell
  /** The text under a cell; null when it goes. */
  text(text: string, cell?: TextCell): string | null
  /** What `treat` itself returns. */
  bytes(bytes: Uint8Array, cell?: TextCell): Uint8Array | undefined | null
  /** What `treat` returns for a part of the bytes, in a neutral place. */
  range(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined | null
  number(text: string, cell: TextCell): string | undefined | null
}

export function bench(options: Partial<TextTreatmentOptions> & { classes?: ReadonlyMap<string, Action> } = {}): Bench {
  const classes = options.classes ?? new Map(Object.entries(defaultClasses))
  const pseudonyms = createPseudonyms(rings, [hash])
  const tally = new Tally()
  const treatment = createTextTreatment({
    scanner: options.scanner ?? scannerOf(),
    classes,
    pseudonyms,
    phone: {},
    limits: { valueBytes: 4096 },
    onError: 'replace',
    tally,
    ...options,
  })
  const cell = (className: string, more: Partial<TextCell> = {}): TextCell => ({
    action: classes.get(className) ?? { is: 'detect' },
    className,
    hint: 0,
    low: false,
    keyAction: (key) => {
      const name = keyClasses[key] ?? 'internal'
      return { action: classes.get(name) ?? { is: 'detect' }, className: name, sources: 0 }
    },
    ...more,
  })
  const neutral = cell('internal')
  return {
    tally,
    pseudonyms,
    cell,
    text(text, at = neutral) {
      const bytes = Buffer.from(text)
      const treated = treatment.treat(bytes, 0, bytes.length, at)
      return treated === undefined ? bytes.toString() : treated === null ? null : Buffer.from(treated).toString()
    },
    bytes: (bytes, at = neutral) => treatment.treat(bytes, 0, bytes.length, at),
    range: (bytes, start, end) => treatment.treat(bytes, start, end, neutral),
    number: (text, at) => treatment.treatNumber(text, at),
  }
}
