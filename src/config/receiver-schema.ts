// What comes in: the receivers of gateway.yaml, their doors, and who may come through them.
import { z } from 'zod'
import { listenEndpoint, size } from './forms.ts'
import { serverTls } from './tls-schema.ts'

export const token = z
  .string()
  .regex(/^[\x21-\x7e]+$/, { error: 'want visible ASCII characters and no space, at least one' })
const pathToken = z
  .string()
  .regex(/^[A-Za-z0-9._~-]+$/, { error: 'want letters, digits, ".", "_", "~", "-", at least one' })

const bearerToken = token.optional().describe('What senders must send as `authorization: Bearer …`.')
const maxBody = size(1024).optional().describe('The largest request, compressed and not, each: `16MiB` unless given.')
const origin = z.string().regex(/^(\*|[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#@*]*\*?[^\s/?#@*]*)$/, {
  error: 'want an origin such as https://app.example.com, with at most one "*" and no path, or "*" alone',
})
const header = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'want the name of a header, or "*"' })
const cors = z
  .strictObject({
    allowed_origins: z
      .array(origin)
      .min(1)
      .describe('Pages that may send: `https://app.example.com`, `https://*.example.com`, or `*` for all.'),
    allowed_headers: z
      .array(header)
      .optional()
      .describe('Headers that pages may set besides `content-type`, `authorization` and the like; `*` for any.'),
    max_age: z
      .int()
      .min(0)
      .optional()
      .describe("Seconds for which a browser may remember the answer; the browser's default unless given."),
  })
  .optional()
  .describe('Which web pages may send (CORS). None may unless given.')
const wantToken = { error: 'needs a token' }
const http = z
  .strictObject({
    endpoint: listenEndpoint
      .optional()
      .describe('Where to listen; `127.0.0.1:4318` unless given. Only the receiver `otlp` has a default.'),
    tls: serverTls,
    auth: z
      .strictObject({
        bearer_token: bearerToken,
        path_token: pathToken
          .optional()
          .describe(
            'For senders that can set no header: they send to `/t/TOKEN/v1/traces`. One right token is enough.',
          ),
      })
      .refine((auth) => Object.keys(auth).length > 0, wantToken)
      .optional()
      .describe('Who may send.'),
    cors,
    max_request_body_size: maxBody,
  })
  .nullable()
  .describe('OTLP/HTTP: protobuf and JSON.')
const grpc = z
  .strictObject({
    endpoint: listenEndpoint
      .optional()
      .describe('Where to listen; `127.0.0.1:4317` unless given. Only the receiver `otlp` has a default.'),
    tls: serverTls,
    auth: z
      .strictObject({ bearer_token: bearerToken })
      .refine((auth) => Object.keys(auth).length > 0, wantToken)
      .optional()
      .describe('Who may send.'),
    max_request_body_size: maxBody,
  })
  .nullable()
  .describe('OTLP/gRPC.')

/** The kinds of receivers, by the first part of their names. */
export const receiverSchemas = {
  otlp: z
    .strictObject({
      protocols: z
        .strictObject({ http: http.optional(), grpc: grpc.optional() })
        .refine((protocols) => Object.keys(protocols).length > 0, { error: 'needs http, grpc or both' })
        .describe('The doors that are open; a protocol that is not listed is closed.'),
    })
    .describe('OTLP over HTTP and gRPC.'),
} as const
export type ReceiverForm = z.infer<typeof receiverSchemas.otlp>
