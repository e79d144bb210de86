// Scans one string and shows the finds as text, for the tests of the detectors.
import { type DetectorId, type DetectorOptions, detectorIds } from '../../src/detectors/detector.ts'
import { createScanner } from '../../src/detectors/scanner.ts'

export const defaultOptions: DetectorOptions = {
  use: detectorIds,
  phoneRegions: ['BR'],
  pseudonym: { keyIds: ['k1'], chars: 16 },
}

const scanner = createScanner(defaultOptions)
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** `['email: ana@x.com', …]`, or `['too many']`. */
export function findsIn(text: string, hint = 0, using = scanner): string[] {
  const bytes = encoder.encode(text)
  const count = using.scan(bytes, 0, bytes.length, hint)
  if (count < 0) return ['too many']
  const found: string[] = []
  for (let i = 0; i < count; i++) {
    const id: DetectorId = detectorIds[using.finds.detector[i]]
    found.push(`${id}: ${decoder.decode(bytes.subarray(using.finds.start[i], using.finds.end[i]))}`)
  }
  return found
}
