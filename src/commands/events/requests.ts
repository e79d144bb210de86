// What `events validate` reads: what `preview` reads, with the line that each request stands on.
import { requestsIn, UnreadableFile, type PreviewRequest } from '../preview/requests.ts'

export interface PlacedRequest extends PreviewRequest {
  /** Undefined where the file is one document over several lines. */
  readonly line: number | undefined
}

/** @throws UnreadableFile, which says what and where, and quotes nothing */
export function placedRequests(bytes: Buffer, nowMs: number): PlacedRequest[] {
  const lines = linesOf(bytes)
  if (lines === undefined) return requestsIn(bytes, nowMs).map((each) => ({ ...each, line: undefined }))
  return lines.flatMap(({ text, line }) => {
    try {
      return requestsIn(Buffer.from(text), nowMs).map((each) => ({ ...each, line }))
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      throw new UnreadableFile(`line ${line}: ${error.message.replace(/the file|line 1/, 'it')}`)
    }
  })
}

/** The lines of a file that is JSON line by line; undefined where it is one document over several, or no JSON. */
function linesOf(bytes: Buffer): { text: string; line: number }[] | undefined {
  const text = bytes.toString()
  if (!/^\s*\{/.test(text)) return undefined
  const lines = text
    .split('\n')
    .map((each, index) => ({ text: each, line: index + 1 }))
    .filter((each) => each.text.trim() !== '')
  return lines.length === 1 || !isJson(text) ? lines : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
