// What an attribute's name tells about its value: `sender_phone`, `cpf`, `client.address`.
import { hints, tellingBefore } from './telling-words.ts'

const encoder = new TextEncoder()

/** Names that tell although their last word alone does not. */
const wholeNames: Record<string, number> = {
  wa_id: hints.phone,
  waid: hints.phone,
  chat_id: hints.contact,
  chatid: hints.contact,
  phone_number: hints.phone,
  number: hints.contact,
  numero: hints.contact,
  from: hints.contact,
  to: hints.contact,
}

/** Bit flags for `Scanner.scan`; 0 for a neutral name. */
export function hintOf(attributeName: string): number {
  const lower = attributeName.toLowerCase()
  const last = lower.slice(lower.lastIndexOf('.') + 1)
  const whole = wholeNames[last]
  if (whole !== undefined) return whole
  const bytes = encoder.encode(attributeName)
  const told = tellingBefore(bytes, 0, bytes.length)
  // In a name `at`, `id` and the like say what the value is, whatever the words before.
  return told
}
