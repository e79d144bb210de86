// The receivers of a checked file: defaults filled in, paths made absolute, and which signals each of them feeds.
import { resolve } from 'node:path'
import { signals, type Signal } from '../otlp/fields.ts'
import type { CorsConfig, ProtocolConfig, ReceiverConfig, ServerTlsConfig } from './config.ts'
import { given } from './given.ts'
import type { ReceiverForm } from './receiver-schema.ts'
import type { ConfigFile } from './schema.ts'
import type { Endpoint } from './units.ts'

/** The receiver that is there unless a file says otherwise, and the only one with addresses of its own. */
export const defaultReceiver = 'otlp'
/** How often certificates are looked at. */
export const defaultReloadMs = 10_000
const defaultMaxBodyBytes = 16 * 2 ** 20
const defaultEndpoints = {
  http: { host: '127.0.0.1', port: 4318 },
  grpc: { host: '127.0.0.1', port: 4317 },
} satisfies Record<string, Endpoint>

export function toReceivers({ receivers, service }: ConfigFile, folder: string): ReceiverConfig[] {
  const forms: Readonly<Record<string, unknown>> = receivers ?? {
    [defaultReceiver]: { protocols: { http: {}, grpc: {} } },
  }
  return Object.entries(forms).map(([name, form]) => {
    const { protocols } = form as ReceiverForm
    return {
      name,
      signals: signals.filter((signal) => service === undefined || feeds(service, signal, name)),
      ...(protocols.http === undefined
        ? {}
        : { http: toProtocol(protocols.http ?? {}, defaultEndpoints.http, folder) }),
      ...(protocols.grpc === undefined
        ? {}
        : { grpc: toProtocol(protocols.grpc ?? {}, defaultEndpoints.grpc, folder) }),
    }
  })
}

function feeds({ pipelines }: NonNullable<ConfigFile['service']>, signal: Signal, name: string): boolean {
  return pipelines[signal]?.receivers.includes(name) ?? false
}

type HttpForm = NonNullable<ReceiverForm['protocols']['http']>
type GrpcForm = NonNullable<ReceiverForm['protocols']['grpc']>

function toProtocol(form: HttpForm | GrpcForm, fallback: Endpoint, folder: string): ProtocolConfig {
  const { endpoint, tls, auth, cors, max_request_body_size }: HttpForm = form
  const { bearer_token: bearerToken, path_token: pathToken } = auth ?? {}
  return {
    endpoint: endpoint ?? fallback,
    ...(tls && { tls: toServerTls(tls, folder) }),
    ...(cors && { cors: toCors(cors) }),
    ...(auth === undefined ? {} : { auth: given({ bearerToken, pathToken }) }),
    maxRequestBodyBytes: max_request_body_size ?? defaultMaxBodyBytes,
  }
}

function toServerTls(form: NonNullable<HttpForm['tls']>, folder: string): ServerTlsConfig {
  return {
    certFile: resolve(folder, form.cert_file),
    keyFile: resolve(folder, form.key_file),
    ...given({
      clientCaFile: form.client_ca_file && resolve(folder, form.client_ca_file),
      minVersion: form.min_version,
    }),
    reloadIntervalMs: form.reload_interval ?? defaultReloadMs,
  }
}

function toCors({ allowed_origins, allowed_headers, max_age }: NonNullable<HttpForm['cors']>): CorsConfig {
  return {
    allowedOrigins: allowed_origins,
    ...given({ allowedHeaders: allowed_headers, maxAgeSeconds: max_age }),
  }
}
