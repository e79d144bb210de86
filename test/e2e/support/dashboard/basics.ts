// What the ruleset says of metrics and classes, written down once more: the tests compare with this, not with it.
export const basics = {
  /** Bounds of the buckets of durations. */
  boundsS: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300],
  /** Classes whose fields are changed: what has one is never left as it was. */
  classes: ['user.id', 'phone', 'email', 'path', 'person', 'content', 'secret', 'address', 'payment', 'identity'],
} as const

/**
 * How many fields of a request of the demo change, by class. Each request of the Automagik projects has a user.id and a
 * session.id in its resource; the rest is what `stories.ts` puts a person into.
 */
export const changedInDemo: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // The phone number in the path.
  'Omni span api_request': { 'user.id': 2, phone: 1 },
  // The one in the error.
  'Omni span webhook_processed': { 'user.id': 2, phone: 1 },
  // sender_name as an attribute; name, phone and message in the text.
  'Omni log record': { 'user.id': 2, person: 2, phone: 1, content: 1 },
  'Omni metric omni.messages.sent': { 'user.id': 2, phone: 1 },
  // E-mail and address in the text; the prompt.
  'Hive log record': { 'user.id': 2, email: 1, address: 1, content: 1 },
  'Hive span automagik.performance.latency': { 'user.id': 2, email: 1 },
  'Hive metric api.latency': { 'user.id': 2 },
  // All three in the message of the error.
  'Forge span automagik.error': { 'user.id': 2, email: 1, secret: 1, path: 1 },
  'Forge span automagik.feature.used': { 'user.id': 2, path: 1 },
  'Forge metric automagik.forge.tasks.created': { 'user.id': 2 },
  // Attributes: user.email, user.id, session.id, prompt.
  'Genie log record': { email: 1, 'user.id': 2, content: 1 },
  'Genie metric claude_code.token.usage': { email: 1 },
  // Address and key in the error.
  'Spark span workflow_execution': { 'user.id': 2, address: 1, secret: 1 },
  'Spark span command': { 'user.id': 2 },
  // url.full has an e-mail and a password; the exception's message, and the status that says it again, an e-mail behind
  // "user:"; the stack trace a home; client.address.
  'Tools span tools/call': { email: 3, 'user.id': 2, secret: 1, address: 1, path: 1 },
  'Tools metric mcp.tool.calls': {},
  'Tools log record': { email: 1, address: 1 },
}

/** The same of the recorded requests, by the beginning of their files' names. */
export const changedInSamples: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '01': { 'user.id': 2, path: 1 },
  '02': { 'user.id': 2, email: 1, address: 1, secret: 1, path: 1 },
  '03': { 'user.id': 2 },
  '04': { 'user.id': 2 },
  '05': { 'user.id': 2, email: 1, phone: 1, secret: 1 },
  // recipient_hash is an id; recipient, arguments and error hold a phone; message_preview is content; client_ip; cwd; the key in the error.
  '06': { 'user.id': 3, phone: 3, content: 1, address: 1, path: 1, secret: 1 },
  // The instance of two points.
  '07': { 'user.id': 4 },
  '08': { 'user.id': 2 },
  // The attribute user_id is the third.
  '09': { 'user.id': 3, phone: 1, address: 1 },
  '10': { 'user.id': 2, phone: 1 },
  '11': { 'user.id': 2, phone: 1 },
  '12': { 'user.id': 2, address: 1, secret: 1 },
  // user.id, user.account_uuid, organization.id, session.id.
  genie: { email: 1, 'user.id': 4, content: 1 },
  // The third is instance_name.
  'omni-v1-legacy-trace-command': { 'user.id': 3, path: 1 },
  'python-sdk-0.1.4-trace-nan': { 'user.id': 2 },
}

export function addedUp(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const each of all) for (const [name, count] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + count
  return sum
}
