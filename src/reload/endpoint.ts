// Who may ask for a reload over HTTP, and what is answered. Where the gateway's own HTTP listens on this machine only,
// whoever is on it may, but no web page that a browser shows here; anywhere else, who has the token.
import type { IncomingHttpHeaders } from 'node:http'
import { createCredentials } from '../receivers/credentials.ts'
import type { Reload } from './reloader.ts'
import { outcomes, type ReloadOutcome } from './verdict.ts'

export interface Answer {
  readonly status: number
  readonly body: object
}

/** The HTTP status of each outcome. */
export const statuses: Readonly<Record<ReloadOutcome, number>> = {
  reloaded: 200,
  unchanged: 200,
  invalid: 422,
  tests: 422,
  open: 422,
  loosens: 409,
  failed: 500,
}

/** What keeps somebody from asking; undefined: nothing does. */
export type Gate = (headers: IncomingHttpHeaders) => Answer | undefined

/** @param host what the gateway's own HTTP listens on */
export function createGate(host: string, bearerToken: string | undefined): Gate {
  const credentials = createCredentials({ bearerToken })
  if (bearerToken !== undefined) {
    const wrong = refused(401, 'the bearer token is missing or wrong', 'send `authorization: Bearer …` with the token')
    return ({ authorization }) => (credentials.allow(authorization) ? undefined : wrong)
  }
  if (!isLoopback(host)) {
    const help =
      "give gateway.yaml a token, admin: {auth: {bearer_token: '${env:ADMIN_TOKEN}'}}, or listen on 127.0.0.1"
    return () => refused(403, 'reloads are not open to other machines without a token', help)
  }
  return ({ host: asked = '', origin, 'sec-fetch-site': site }) => {
    // A page that has its own name lead to this machine is told by the name; any other by what browsers say of it.
    const fromPage = origin !== undefined || (site !== undefined && site !== 'none')
    if (isLoopback(hostIn(asked)) && !fromPage) return undefined
    return refused(
      403,
      'reloads are not open to web pages, nor under names of other machines',
      'ask 127.0.0.1 with curl',
    )
  }
}

/** What became of a reload, for those who asked: codes, places, names and counts. */
export function answerOf({
  outcome,
  why,
  trigger,
  file,
  at,
  durationMs,
  before,
  after,
  findings,
  changes,
}: Reload): Answer {
  const body = {
    outcome,
    message: outcomes[outcome],
    ...(why !== undefined && { why }),
    ...(outcome === 'loosens' && { help: loosensHelp }),
    trigger,
    file,
    at: at.toISOString(),
    duration_ms: durationMs,
    digest: outcome === 'reloaded' ? after : before,
    previous_digest: before,
    file_digest: after,
    findings,
    changes,
  }
  return { status: statuses[outcome], body }
}

export const loosensHelp =
  'take back what loosens, or start the gateway with --allow-loosening; automagik-gateway diff OLD NEW shows all of it'

function refused(status: number, error: string, help: string): Answer {
  return { status, body: { error, help } }
}

/** The host of a `Host` header, without its port. */
function hostIn(header: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(header)?.[1].replace(/^\[|\]$/g, '') ?? ''
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)
}
