// What an attribute's name tells about its value: `sender_phone`, `cpf`, `client.address`.
import { secretNameOf } from './secret-name.ts'
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
  const secret = secretNameOf(bytes, 0, bytes.length, false) === undefined ? 0 : hints.secret
  return secret | tellingBefore(bytes, 0, bytes.length)
}
