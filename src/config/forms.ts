// The forms of single values in gateway.yaml: durations, sizes, addresses, files; each says in words what it wants.
import { z } from 'zod'
import { durationMs, durationPattern, parseEndpoint, sizeBytes, sizePattern } from './units.ts'

const wantDuration = { error: 'want a duration such as 5s or 1m30s' }
export const duration = z
  .union([z.literal(0), z.string().regex(durationPattern, wantDuration)], wantDuration)
  .transform((written) => (written === 0 ? 0 : durationMs(written)))
export const durationFrom = (minMs: number) =>
  duration.refine((ms) => ms >= minMs, { error: `want at least ${minMs}ms` })
const wantSize = { error: 'want a size such as 16MiB, or bytes' }
export const size = (minBytes: number) =>
  z
    .union([z.int().min(0), z.string().regex(sizePattern, wantSize)], wantSize)
    .transform((written) => (typeof written === 'number' ? written : sizeBytes(written)))
    .refine((bytes) => bytes >= minBytes, { error: `want at least ${minBytes} bytes` })

const wantEndpoint = { error: 'want host:port, such as 127.0.0.1:4318' }
export const listenEndpoint = z.string(wantEndpoint).transform((text, context) => {
  const endpoint = parseEndpoint(text)
  if (endpoint !== undefined) return endpoint
  context.addIssue({ code: 'custom', message: wantEndpoint.error })
  return z.NEVER
})
export const url = z.string().refine(isHttpUrl, {
  error:
    'want a URL such as http://127.0.0.1:4318, with http or https and no user name or password: those belong into "auth"',
})
export const grpcTarget = z.string().refine((text) => parseEndpoint(text)?.host || isBareUrl(text), {
  error: 'want host:port, or https://host:port for TLS',
})

/** A path in gateway.yaml, relative to its folder. */
export const path = z.string().min(1)

function isHttpUrl(text: string): boolean {
  const parsed = URL.parse(text)
  if (parsed === null || !/^https?:\/\//i.test(text)) return false
  return parsed.username === '' && parsed.password === '' && parsed.hash === ''
}

function isBareUrl(text: string): boolean {
  const parsed = URL.parse(text)
  return isHttpUrl(text) && parsed !== null && parsed.pathname === '/' && parsed.search === ''
}
