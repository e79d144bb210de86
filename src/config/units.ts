// Durations, sizes and endpoints as people write them → numbers.
export { durationMs, durationPattern } from '../diagnostics/duration.ts'

export interface Endpoint {
  /** Without brackets: `127.0.0.1`, `::1`, `localhost`. Empty: all interfaces. */
  readonly host: string
  readonly port: number
}

/** Bytes with a unit; KB and MB count by 1000, KiB and MiB by 1024. */
export const sizePattern = /^\d+(\.\d+)? ?(B|KB|MB|GB|KiB|MiB|GiB)?$/
const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

/** `16MiB` → 16777216. The text matches `sizePattern`. */
export function sizeBytes(text: string): number {
  const unit = /[A-Za-z]+$/.exec(text)?.[0] ?? 'B'
  return Math.floor(Number.parseFloat(text) * unitBytes[unit])
}

/** `127.0.0.1:4318`, `[::1]:4318`, `:4318` → where to listen; undefined when it is none of these. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[^\]\s]+)?)\]|([A-Za-z0-9._-]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  return match === null || port > 65_535 ? undefined : { host: match[1] ?? match[2], port }
}
