// The environment of a program that is inspected: the variables by which SDKs are told where to send, and without those
// that would take its telemetry past the gateway. docs/connect.md has what each program reads.

export const protocols = ['grpc', 'http/protobuf', 'http/json'] as const
export type Protocol = (typeof protocols)[number]

export interface Told {
  /** `http://127.0.0.1:4318`, for OTLP/HTTP and the Automagik SDKs. */
  readonly http: string
  /** `http://127.0.0.1:4317`: without the scheme SDKs take gRPC to be encrypted. */
  readonly grpc: string
  readonly protocol: Protocol
}

const signals = ['TRACES', 'METRICS', 'LOGS'] as const

/** One signal's own address or protocol, another backend, or an SDK that is off: each wins over what is set below. */
const elsewhere: ReadonlySet<string> = new Set([
  ...signals.flatMap((signal) => [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`]),
  'OTEL_SDK_DISABLED',
  'AUTOMAGIK_TELEMETRY_METRICS_ENDPOINT',
  'AUTOMAGIK_TELEMETRY_LOGS_ENDPOINT',
  'AUTOMAGIK_TELEMETRY_BACKEND',
])

export function programEnvironment(env: NodeJS.ProcessEnv, { http, grpc, protocol }: Told): NodeJS.ProcessEnv {
  const left = Object.fromEntries(Object.entries(env).filter(([name]) => !elsewhere.has(name)))
  const address = new URL(http).hostname
  const unproxied = (name: string): string => [env[name], address].filter(Boolean).join(',')
  return {
    ...left,
    AUTOMAGIK_TELEMETRY_ENABLED: 'true',
    AUTOMAGIK_TELEMETRY_ENDPOINT: http,
    OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? grpc : http,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    ...Object.fromEntries(signals.map((signal) => [`OTEL_${signal}_EXPORTER`, 'otlp'])),
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    NO_PROXY: unproxied('NO_PROXY'),
    no_proxy: unproxied('no_proxy'),
  }
}
