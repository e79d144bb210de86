// What is measured: our detectors, the Automagik SDK's own function, and what a Node user would pick from npm.
import { redact as arcjet } from '@arcjet/redact'
import { sanitizeValue } from '@automagik/telemetry'
import { OpenRedaction } from '@openredaction/openredaction'
import { Redactor } from '@redactpii/node'
import { lintSource } from '@secretlint/core'
import { creator as secretlintRules } from '@secretlint/secretlint-rule-preset-recommend'
import { type DetectorId, detectorIds } from '../../src/detectors/detector.ts'
import { mark, redactOurs } from './ours.ts'

export interface Rival {
  readonly name: string
  readonly version: string
  /** The detectors it has a counterpart of, as its documentation says. */
  readonly claims: readonly DetectorId[]
  /** What it writes in place of a find. */
  readonly marks: RegExp
  /** The text without what it found. */
  redact(text: string): string | Promise<string>
}

const marks = /\[REDACTED\]/g

export const ours: Rival = { name: 'the gateway', version: '', claims: detectorIds, marks, redact: redactOurs }

const redactor = new Redactor()
const open = new OpenRedaction()

async function secretlint(text: string): Promise<string> {
  const result = await lintSource({
    source: { filePath: 'log.txt', content: text, contentType: 'text' },
    options: { config: { rules: [{ id: 'recommend', rule: secretlintRules }] } },
  })
  let out = ''
  let from = 0
  for (const { range } of result.messages.toSorted((a, b) => a.range[0] - b.range[0])) {
    if (range[0] < from) continue
    out += text.slice(from, range[0]) + mark
    from = range[1]
  }
  return out + text.slice(from)
}

const installed = (name: string): Promise<string> =>
  import(`../../node_modules/${name}/package.json`, { with: { type: 'json' } }).then(
    (module: { default: { version: string } }) => module.default.version,
  )

export const rivals: readonly Rival[] = [
  {
    name: '@automagik/telemetry',
    version: await installed('@automagik/telemetry'),
    claims: ['phone', 'email', 'api-key', 'credit-card', 'ipv4', 'home-path'],
    marks: marks,
    redact: (text) => String(sanitizeValue(text, { strategy: 'redact', maxStringLength: 1e6, redactionText: mark })),
  },
  {
    name: '@redactpii/node',
    version: await installed('@redactpii/node'),
    claims: ['email', 'phone', 'credit-card', 'us-ssn'],
    marks: /\b(?:EMAIL_ADDRESS|PHONE_NUMBER|CREDIT_CARD_NUMBER|US_SOCIAL_SECURITY_NUMBER|PERSON_NAME|SSN)\b/g,
    redact: (text) => redactor.redact(text),
  },
  {
    name: '@openredaction/openredaction',
    version: await installed('@openredaction/openredaction'),
    claims: [
      'email',
      'phone',
      'credit-card',
      'iban',
      'cpf',
      'cnpj',
      'us-ssn',
      'ipv4',
      'ipv6',
      'mac',
      'api-key',
      'jwt',
      'private-key',
    ],
    marks: /\[[A-Z0-9_]+\]/g,
    redact: (text) => open.detect(text).redacted,
  },
  {
    name: '@arcjet/redact',
    version: await installed('@arcjet/redact'),
    claims: ['email', 'phone', 'credit-card', 'ipv4', 'ipv6'],
    marks: /<Redacted [a-zA-Z ]+ #\d+>/g,
    redact: async (text) => (await arcjet(text))[0],
  },
  {
    name: 'secretlint',
    version: await installed('@secretlint/core'),
    // Its rule for private keys takes only what decodes to one, which ours here do not.
    claims: ['api-key', 'url-credentials'],
    marks,
    redact: secretlint,
  },
]
