// A backend's answer in words: what it means to who set the gateway up, and what to change.
import { profiles, type ProfileName } from '../../backends/profiles.ts'
import type { Attempt } from '../../exporters/transport.ts'

interface Said {
  readonly message: string
  readonly change: string
}

export interface Asked {
  readonly protocol: 'otlp_http' | 'otlp_grpc'
  readonly profile: ProfileName | undefined
  /** The exporter sends an authorization, by `auth` or by a header. */
  readonly isAuthorized: boolean
  /** `X-Scope-OrgID` or the like. */
  readonly hasTenant: boolean
}

/** @param attempt one that did not come to `sent` */
export function saidOf({ reason }: Exclude<Attempt, { is: 'sent' }>, asked: Asked): Said {
  const { profile, protocol, isAuthorized, hasTenant } = asked
  const who = profile === undefined ? 'the backend' : profiles[profile].title
  const status = /^(?:http|grpc)-(.+)$/.exec(reason)?.[1] ?? ''
  const answer = status === '' ? reason : `${who} answers ${status}`
  const isLoki = profile === 'loki' || profile === 'tempo'
  switch (reason) {
    case 'http-401':
    case 'grpc-unauthenticated':
      if (isAuthorized)
        return {
          message: `${answer}: it does not take this authorization`,
          change: 'renew the token or password under `auth`',
        }
      return isLoki && !hasTenant
        ? {
            message: `${answer}: it wants to know the tenant, or who is asking`,
            change:
              'give the exporter `headers: {X-Scope-OrgID: TENANT}` or `auth`; for one tenant set `auth_enabled: false` there',
          }
        : {
            message: `${answer}: it wants to know who is asking`,
            change: 'give the exporter `auth: {bearer_token: …}` or `auth: {basic: …}`',
          }
    case 'http-403':
    case 'grpc-permission-denied':
      return {
        message: `${answer}: this authorization may not write here`,
        change: 'give the token the right to write this signal, or name the right tenant',
      }
    case 'http-404':
    case 'http-405':
      return { message: `${answer}: OTLP is not taken at this path`, change: pathAdvice(profile) }
    case 'grpc-unimplemented':
      return {
        message: `${answer}: it does not take this signal over gRPC`,
        change: 'give the Collector a pipeline for the signal; for Loki and Prometheus use `otlp_http`',
      }
    case 'http-415':
      return {
        message: `${answer}: it does not take OTLP in protobuf`,
        change: 'look whether something else listens there',
      }
    case 'timeout':
      return {
        message: 'there is no answer within `timeout`',
        change: `look whether ${who} works, and whether a firewall drops what is sent there`,
      }
    case 'connection':
    case 'grpc-unavailable':
      return protocol === 'otlp_grpc'
        ? {
            message: `${who} does not speak OTLP/gRPC there`,
            change: 'name its gRPC port (usually 4317); for TLS write https://, for none http://',
          }
        : { message: 'the connection broke', change: 'name its OTLP/HTTP port (usually 4318); for TLS write https://' }
    case 'tls-untrusted':
      return { message: 'its certificate comes from no CA that is trusted', change: 'name its CA: `tls: {ca_file: …}`' }
    case 'tls-expired':
      return { message: 'its certificate has expired, or does not hold yet', change: 'renew it; look at the clocks' }
    case 'tls-name':
      return {
        message: 'its certificate is for another name',
        change: 'write that name in the endpoint, or as `tls: {server_name_override: …}`',
      }
    case 'tls-refused':
      return {
        message: 'it does not take the certificate that it was shown, or wants one',
        change: 'give it `tls: {cert_file: …, key_file: …}` of a CA that it knows',
      }
    case 'tls-handshake':
      return {
        message: 'there is no TLS on that port, or no version in common',
        change: 'write http:// if it has none',
      }
    case 'proxy-407':
      return {
        message: 'the proxy wants a user and password',
        change: 'write `proxy_url: http://user:password@host:port`',
      }
    default:
  }
  if (reason.startsWith('proxy-'))
    return {
      message: `the proxy answers ${reason.slice(6)}`,
      change: 'look whether it may and can connect to the backend',
    }
  if (/^http-30\d$/.test(reason))
    return {
      message: `${answer}: it is elsewhere`,
      change: 'write the URL that it redirects to; redirects are not followed',
    }
  if (/^(http-(429|5)|grpc-resource)/.test(reason))
    return { message: `${answer}: it takes nothing now`, change: 'look at its own log, its limits and its disk' }
  return { message: answer, change: 'look at its own log: it says what it does not take' }
}

function pathAdvice(profile: ProfileName | undefined): string {
  switch (profile) {
    case 'prometheus':
      return 'start Prometheus with `--web.enable-otlp-receiver`; the endpoint is `http://HOST:9090`, or ends in `/api/v1/otlp`'
    case 'loki':
      return 'the endpoint is `http://HOST:3100`, or ends in `/otlp`; Loki takes OTLP from 3.0 on'
    case 'collector':
    case 'tempo':
      return 'give its OTLP receiver a pipeline for this signal; the endpoint has no path'
    default:
      return 'mend the path of `endpoint`; for Prometheus or Loki give the exporter `profile: prometheus` or `profile: loki`'
  }
}
