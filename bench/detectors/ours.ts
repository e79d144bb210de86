// Our detectors, as the bench asks them.
import { type DetectorId, detectorIds } from '../../src/detectors/detector.ts'
import { createScanner } from '../../src/detectors/scanner.ts'

/** What stands for a find: what the gateway writes for secrets. */
export const mark = '[REDACTED]'

export interface Find {
  /** In UTF-16 units of the text. */
  readonly start: number
  readonly end: number
  readonly detector: DetectorId
}

const scanner = createScanner({ use: detectorIds, phoneRegions: ['BR'], pseudonym: { keyIds: ['k1'], chars: 16 } })

/** As the engine calls it. */
export const scanBytes = (bytes: Uint8Array): number => scanner.scan(bytes, 0, bytes.length, 0)

/** Finds of ours. Undefined for more than there may be: then all of the text goes. */
export function findsOf(text: string): Find[] | undefined {
  const bytes = Buffer.from(text)
  const count = scanner.scan(bytes, 0, bytes.length, 0)
  if (count < 0) return undefined
  const finds: Find[] = []
  for (let i = 0; i < count; i++) {
    const start = bytes.toString('utf8', 0, scanner.finds.start[i]).length
    const end = start + bytes.toString('utf8', scanner.finds.start[i], scanner.finds.end[i]).length
    finds.push({ start, end, detector: detectorIds[scanner.finds.detector[i]] })
  }
  return finds
}

export function redactOurs(text: string): string {
  const finds = findsOf(text)
  if (finds === undefined) return mark
  let out = ''
  let from = 0
  for (const find of finds) {
    out += text.slice(from, find.start) + mark
    from = find.end
  }
  return out + text.slice(from)
}
