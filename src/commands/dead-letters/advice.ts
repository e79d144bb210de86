// What to do about the reason that a dead letter has. The table in docs/dead-letters.md is made of this.

interface Advice {
  readonly reasons: string
  readonly matches: RegExp
  readonly advice: string
}

/** The first that matches holds. */
export const advices: readonly Advice[] = [
  {
    reasons: '`http-400`, `http-422`, `http-500`, `grpc-invalid-argument`, `grpc-out-of-range`',
    matches: /^(http-(400|422|500)|grpc-(invalid-argument|out-of-range))$/,
    advice:
      'The backend refuses what is in these records: too old, out of order, a name or a size that it does not take. Its own log says which. Mend its limits or the rules (`show`, then `preview`), then `replay`; unmended it refuses them again.',
  },
  {
    reasons: '`http-413`, `grpc-resource-exhausted`',
    matches: /^(http-413|grpc-resource-exhausted)$/,
    advice: 'A record is too large by itself. Raise what the backend takes in one request, then `replay`.',
  },
  {
    reasons: '`http-401`, `http-403`, `http-404`, `grpc-unauthenticated`, `grpc-permission-denied`, `proxy-…`',
    matches: /^(http-(401|403|404|405|407)|grpc-(unauthenticated|permission-denied|unimplemented|not-found)|proxy-.*)$/,
    advice: 'A token, an address or a proxy is wrong: `doctor` says which. Mend it, then `replay`.',
  },
  {
    reasons: '`retry-exhausted`, `timeout`, `connection`, `tls-…`',
    matches: /^(retry-exhausted|timeout|connection|tls-.*)$/,
    advice:
      'The backend was away for longer than it was tried. When it is back: `replay`. On disk nothing is given up unless `max_elapsed_time` is set or `retry_on_failure` is off.',
  },
  {
    reasons: '`exporter-removed`',
    matches: /^exporter-removed$/,
    advice:
      'It waited for an exporter that is no longer configured, or not for this signal. Send it to another with `replay --to NAME`, or remove it.',
  },
  {
    reasons: '`no-endpoint`',
    matches: /^no-endpoint$/,
    advice: 'The exporter has no endpoint for this signal. Give it one, start the gateway again, then `replay`.',
  },
  {
    reasons: '`response-too-large`, `invalid-request`',
    matches: /^(response-too-large|invalid-request)$/,
    advice:
      'What is at the endpoint is no OTLP backend, or the headers cannot be sent: `doctor`. Mend it, then `replay`.',
  },
  {
    reasons: 'any other `http-…`, `grpc-…`',
    matches: /^(http|grpc)-/,
    advice: 'The backend answered with this status for good. Its own log says why; then `replay`.',
  },
  {
    reasons: 'any other',
    matches: /(?:)/,
    advice: 'Nothing that a backend said. Look at the log of the gateway at that time, then `replay`.',
  },
]

/** The reasons of the quarantine. */
const quarantineAdvices: readonly Advice[] = [
  {
    reasons: '`schema-violation`',
    matches: /^schema-violation$/,
    advice:
      'The events do not fit their schema: `automagik.schema.attribute` and `automagik.schema.keyword` in them say why. Mend the program or the schema; then `quarantine replay`, which sends them as they are, or `quarantine remove`.',
  },
  {
    reasons: '`unknown-event`',
    matches: /^unknown-event$/,
    advice:
      'No schema knows the events. Mend their name, or add a schema (`events new`); then `quarantine replay` or `quarantine remove`.',
  },
]

export function adviceOn(reason: string): string {
  return [...quarantineAdvices, ...advices].find(({ matches }) => matches.test(reason))!.advice
}
