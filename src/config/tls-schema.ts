// TLS in gateway.yaml, in the words of the Collector's configtls: of a door, and towards a backend.
import { z } from 'zod'
import { durationFrom, path } from './forms.ts'

// Unquoted it is a number in YAML.
const version = z
  .preprocess((written) => (typeof written === 'number' ? String(written) : written), z.enum(['1.2', '1.3']))
  .optional()
  .describe('The oldest version of TLS that is spoken; `1.2` unless given.')
const reloadInterval = durationFrom(100)
  .optional()
  .describe('How often the files are looked at for renewed ones; `10s` unless given.')

export const serverTls = z
  .strictObject({
    cert_file: path.describe(
      "The certificate in PEM, behind it those of intermediate CAs. Paths are relative to this file's folder.",
    ),
    key_file: path.describe('Its private key in PEM, without a passphrase.'),
    client_ca_file: path
      .optional()
      .describe('mTLS: who connects needs a certificate of one of these CAs. Nobody is asked for one unless given.'),
    min_version: version,
    reload_interval: reloadInterval,
  })
  .optional()
  .describe('TLS, and no plaintext. Renewed files hold without a restart.')

export const clientTls = z
  .strictObject({
    ca_file: path
      .optional()
      .describe("The CAs in PEM that the backend's certificate must come from; the well-known ones unless given."),
    cert_file: path.optional().describe('mTLS: the certificate in PEM that a backend asks for.'),
    key_file: path.optional().describe('Its private key in PEM, without a passphrase.'),
    insecure: z.boolean().optional().describe('No TLS, with `otlp_grpc` and a bare `host:port`. `false` unless given.'),
    insecure_skip_verify: z
      .boolean()
      .optional()
      .describe('TLS with whoever answers: for trying things out only. `false` unless given.'),
    server_name_override: z
      .string()
      .min(1)
      .optional()
      .describe("The name that the backend's certificate must be for; the host of the endpoint unless given."),
    min_version: version,
    include_system_ca_certs_pool: z
      .boolean()
      .optional()
      .describe('Trusts the CAs of the system too, besides `ca_file`. `false` unless given.'),
    reload_interval: reloadInterval,
  })
  .optional()
  .describe('TLS towards the backend. Renewed files hold without a restart.')
