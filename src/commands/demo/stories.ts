// What the six projects tell in the demo: their events, metrics and logs, with made-up people in the places where the
// real ones leak them.
import { hex, integer, pick } from './people.ts'
import type { Person, Random } from './people.ts'
import type { LogDraft, MetricDraft, Producer, SpanDraft } from './producers.ts'

export const projects = ['Omni', 'Hive', 'Forge', 'Genie', 'Spark', 'Tools'] as const
export type Project = (typeof projects)[number]

/** The three ways in: OTLP/HTTP with JSON or protobuf, and OTLP/gRPC. */
export type Way = 'http/json' | 'http/protobuf' | 'grpc'

/** One kind of record that a project sends. The first of each project is the one that the demo shows. */
export type Story = {
  readonly project: Project
  readonly producer: Producer
  readonly way: Way
} & (
  | { readonly signal: 'traces'; draft(random: Random, person: Person): SpanDraft }
  | { readonly signal: 'metrics'; draft(random: Random, person: Person): MetricDraft }
  | { readonly signal: 'logs'; draft(random: Random, person: Person): LogDraft }
)

const omni: Producer = { service: 'automagik-omni', version: '0.2.0', dialect: 'legacy' }
const hive: Producer = { service: 'hive', version: '0.2.0', dialect: 'python-sdk' }
const forge: Producer = { service: 'automagik-forge', version: '0.8.7', dialect: 'npm-sdk' }
const genie: Producer = {
  service: 'claude-code',
  version: '2.1.0',
  dialect: 'opentelemetry',
  scope: 'com.anthropic.claude_code.events',
}
const spark: Producer = { service: 'automagik-spark', version: '0.3.6', dialect: 'legacy' }
const tools: Producer = { service: 'automagik-tools', version: '1.4.2', dialect: 'opentelemetry' }

const milliseconds = (random: Random, from: number, to: number): number => integer(random, from * 10, to * 10) / 10

export const stories: readonly Story[] = [
  {
    project: 'Omni',
    producer: omni,
    way: 'http/json',
    signal: 'traces',
    draft: (random, person) => ({
      name: 'api_request',
      attributes: {
        endpoint: `/api/v1/traces/phone/${person.digits}`,
        method: pick(random, ['GET', 'POST']),
        status_code: pick(random, [200, 200, 200, 404, 502]),
        duration_ms: milliseconds(random, 5, 90),
      },
    }),
  },
  {
    project: 'Omni',
    producer: omni,
    way: 'http/json',
    signal: 'traces',
    draft: (random, person) => ({
      name: 'webhook_processed',
      attributes: {
        channel: 'whatsapp',
        success: false,
        payload_size_kb: integer(random, 1, 64) / 4,
        instance_type: 'multi_tenant',
        error: `Agent API 401 for user ${person.digits}@s.whatsapp.net (session ana-bot_${person.digits})`,
        duration_ms: milliseconds(random, 900, 4500),
      },
    }),
  },
  {
    project: 'Omni',
    producer: { ...omni, dialect: 'python-sdk' },
    way: 'http/json',
    signal: 'logs',
    draft: (_random, person) => ({
      severity: 'INFO',
      body: `message received: {'sender_name': '${person.name}', 'phone': '${person.digits}', 'message': 'my CPF is ${person.cpf}'}`,
      attributes: { channel: 'whatsapp', sender_name: person.name },
    }),
  },
  {
    project: 'Omni',
    producer: { ...omni, dialect: 'python-sdk' },
    way: 'http/json',
    signal: 'metrics',
    draft: (_random, person) => ({
      name: 'omni.messages.sent',
      unit: '',
      kind: 'sum',
      value: 1,
      attributes: { channel: 'whatsapp', recipient: `${person.digits}@s.whatsapp.net` },
    }),
  },

  {
    project: 'Hive',
    producer: hive,
    way: 'http/json',
    signal: 'logs',
    draft: (random, person) => ({
      severity: 'ERROR',
      body: `Agent run for ${person.email} failed after ${integer(random, 2, 9)} tool calls, client ${person.address}`,
      attributes: { agent_id: 'support-triage', prompt: `Refund the card ${person.card}, please call ${person.phone}` },
    }),
  },
  {
    project: 'Hive',
    producer: hive,
    way: 'http/json',
    signal: 'traces',
    draft: (random, person) => ({
      name: 'automagik.performance.latency',
      attributes: {
        operation_type: 'knowledge_query',
        duration_ms: milliseconds(random, 40, 900),
        query: `orders of ${person.email}`,
      },
    }),
  },
  {
    project: 'Hive',
    producer: hive,
    way: 'http/json',
    signal: 'metrics',
    draft: (random) => ({
      name: 'api.latency',
      unit: 'ms',
      kind: 'histogram',
      value: milliseconds(random, 20, 400),
      attributes: { endpoint: '/v1/playground/agents', project: 'hive' },
    }),
  },

  {
    project: 'Forge',
    producer: forge,
    way: 'http/json',
    signal: 'traces',
    draft: (random, person) => ({
      name: 'automagik.error',
      attributes: {
        error_type: 'TypeError',
        error_message: `fetch failed for ${person.email} (api_key=${person.apiKey}) at ${person.home}/projects/app/src/index.ts:10:5`,
        error_code: `FORGE-${integer(random, 2000, 2009)}`,
        error_category: 'network',
        severity: 'high',
        operation: 'file_operation',
      },
    }),
  },
  {
    project: 'Forge',
    producer: forge,
    way: 'http/json',
    signal: 'traces',
    draft: (random, person) => ({
      name: 'automagik.feature.used',
      attributes: {
        feature_name: 'agent_invocation',
        feature_category: 'ai_operations',
        agent_type: pick(random, ['CLAUDE_CODE', 'CODEX', 'GEMINI']),
        token_count: integer(random, 400, 9000),
        duration_ms: integer(random, 900, 9000),
        success: random() < 0.9,
        worktree_path: `${person.home}/worktrees/wish-${integer(random, 10, 99)}`,
      },
    }),
  },
  {
    project: 'Forge',
    producer: forge,
    way: 'http/json',
    signal: 'metrics',
    draft: (random) => ({
      name: 'automagik.forge.tasks.created',
      unit: '',
      kind: 'sum',
      value: 1,
      attributes: { executor: pick(random, ['CODEX', 'CLAUDE_CODE']), is_subtask: random() < 0.3 },
    }),
  },

  {
    project: 'Genie',
    producer: genie,
    way: 'http/protobuf',
    signal: 'logs',
    draft: (_random, person) => {
      const prompt = `Write to ${person.email} and call ${person.phone}`
      return {
        severity: 'INFO',
        body: 'claude_code.user_prompt',
        attributes: {
          'event.name': 'user_prompt',
          'user.email': person.email,
          'user.id': person.userId,
          'session.id': person.sessionId,
          prompt_length: prompt.length,
          prompt,
        },
      }
    },
  },
  {
    project: 'Genie',
    producer: genie,
    way: 'http/protobuf',
    signal: 'metrics',
    draft: (random, person) => ({
      name: 'claude_code.token.usage',
      unit: 'tokens',
      kind: 'sum',
      value: integer(random, 300, 6000),
      attributes: { type: pick(random, ['input', 'output']), 'user.email': person.email, model: 'claude-sonnet' },
    }),
  },

  {
    project: 'Spark',
    producer: spark,
    way: 'http/json',
    signal: 'traces',
    draft: (random, person) => ({
      name: 'workflow_execution',
      attributes: {
        workflow_type: 'hive_agent',
        success: false,
        duration_ms: milliseconds(random, 800, 9000),
        error: `POST http://${person.address}:8886/teams/${hex(random, 8)}/runs failed: 502 (x-api-key: ${person.apiKey})`,
      },
    }),
  },
  {
    project: 'Spark',
    producer: spark,
    way: 'http/json',
    signal: 'traces',
    draft: (random) => ({
      name: 'command',
      attributes: { command: 'schedules.list', success: true, duration_ms: milliseconds(random, 20, 300) },
    }),
  },

  {
    project: 'Tools',
    producer: tools,
    way: 'grpc',
    signal: 'traces',
    draft: (random, person) => ({
      name: 'tools/call',
      attributes: {
        'mcp.tool.name': 'send_email',
        'url.full': `https://${person.login}:${hex(random, 12)}@mail.example.com/send?to=${encodeURIComponent(person.email)}`,
        'client.address': person.address,
        'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0 Safari/537.36',
        duration_ms: integer(random, 30, 700),
      },
      exception: {
        'exception.type': 'SMTPRecipientsRefused',
        'exception.message': `550 no such user: ${person.email}`,
        'exception.stacktrace': `File "${person.home}/automagik-tools/gmail.py", line ${integer(random, 20, 200)}, in send`,
      },
    }),
  },
  {
    project: 'Tools',
    producer: tools,
    way: 'grpc',
    signal: 'metrics',
    draft: (random) => ({
      name: 'mcp.tool.calls',
      unit: '{call}',
      kind: 'sum',
      value: 1,
      attributes: { 'mcp.tool.name': pick(random, ['send_email', 'list_issues', 'search_docs']) },
    }),
  },
  {
    project: 'Tools',
    producer: tools,
    way: 'grpc',
    signal: 'logs',
    draft: (_random, person) => ({
      severity: 'WARN',
      body: `token expired for ${person.email}, retrying from ${person.address}`,
      attributes: { 'mcp.server.name': 'gmail' },
    }),
  },
]
