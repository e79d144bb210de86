// What an exporter may be told of its backend in gateway.yaml: what it is, who the gateway is to it, and what proxy
// stands before it.
import { z } from 'zod'
import { profileNames } from '../backends/profiles.ts'
import { path } from './forms.ts'

export const profile = z
  .enum(profileNames)
  .optional()
  .describe(
    'What the backend is, where plain OTLP does not say all it needs: its path, the size of its requests, the signals it takes. See [Connect a backend](backends.md). Plain OTLP unless given.',
  )

const secretFile = path.describe(
  "A file that holds nothing else, relative to this file's folder; read again when it changes.",
)
const oneOf = (...keys: readonly string[]) =>
  ({
    check: (form: object) => keys.filter((key) => key in form).length === 1,
    error: { error: `needs one of ${keys.join(', ')}` },
  }) as const
const password = oneOf('password', 'password_file')
const way = oneOf('bearer_token', 'bearer_token_file', 'basic')

export const exporterAuth = z
  .strictObject({
    bearer_token: z
      .string()
      .min(1)
      .optional()
      .describe('Sent as `authorization: Bearer …`. Put it in a variable: `${env:TOKEN}`.'),
    bearer_token_file: secretFile.optional(),
    basic: z
      .strictObject({
        username: z
          .string()
          .min(1)
          .regex(/^[^:]+$/, { error: 'want a user name without ":"' })
          .describe('The user name.'),
        password: z.string().min(1).optional().describe('Put it in a variable: `${env:PASSWORD}`.'),
        password_file: secretFile.optional(),
      })
      .refine(password.check, password.error)
      .optional()
      .describe('Basic authentication, as of Grafana Cloud.'),
  })
  .refine(way.check, way.error)
  .optional()
  .describe('Who the gateway is to the backend.')

export const proxyUrl = z
  .string()
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
    error: 'want a URL such as http://proxy:3128, with http or https',
  })
  .optional()
  .describe(
    'The proxy before the backend, `http://user:password@host:port` where it asks for one; with `otlp_grpc` http:// only. What `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say unless given.',
  )
