import { describe, expect, it } from 'vitest'
import { contexts } from '../../src/otlp/fields.ts'
import { createClassifier, type ServiceScope } from '../../src/ruleset/cells.ts'
import { builtinFiles } from '../../src/ruleset/layers.ts'
import { loadRuleset } from '../../src/ruleset/load-ruleset.ts'

const key = { id: 'ktest', bytes: new Uint8Array(32) }

describe('the built-in layers', () => {
  it.each(Object.keys(builtinFiles))('%s loads without a word', (file) => {
    const { diagnostics, program } = loadRuleset({ file, key })
    expect(diagnostics).toEqual([])
    expect(program).toBeDefined()
  })
})

describe('the shipped ruleset', () => {
  const program = loadRuleset({ key }).program!
  const classifier = createClassifier(program)
  const other: ServiceScope = { is: 'other' }
  const omni: ServiceScope = { is: 'named', names: ['omni', 'automagik-omni'] }
  const classOf = (name: string, scope: ServiceScope = other): string =>
    classifier.attribute([name], 'span', scope).class

  it.each<[string, string[]]>([
    [
      'content',
      [
        'message',
        'message_content',
        'response_content',
        'message_preview',
        'text',
        'caption',
        'content',
        'prompt',
        'completion',
        'system.prompt',
        'gen_ai.input.messages',
        'gen_ai.output.messages',
        'gen_ai.system_instructions',
        'gen_ai.prompt.0.content',
        'gen_ai.tool.call.arguments',
        'llm.input_messages.0.message.content',
        'response',
        'reply',
        'transcript',
        'quoted_message',
        'body',
        'conversation',
        'extendedTextMessage',
        'payload',
        'http.request.body',
        'db.query.parameter.name',
        'MESSAGE',
        'Message_Content',
      ],
    ],
    [
      'person',
      [
        'user.name',
        'username',
        'full_name',
        'first_name',
        'last_name',
        'sender_name',
        'push_name',
        'pushName',
        'display_name',
        'contact_name',
        'profile_name',
        'author',
        'nickname',
        'user.full_name',
        'process.real_user.name',
        'github_username',
      ],
    ],
    [
      'secret',
      [
        'authorization',
        'proxy-authorization',
        'http.request.header.authorization',
        'cookie',
        'http.response.header.set-cookie',
        'password',
        'db_password_hash',
        'passwd',
        'pwd',
        'client_secret',
        'clientSecret',
        'secret',
        'app.secret',
        'x-api-key',
        'apiKey',
        'openai_api_key',
        'token',
        'access_token',
        'a.b_token',
        'slack.token',
        'accessToken',
        'refreshToken',
        'private_key',
        'qr_code',
      ],
    ],
    [
      'user.id',
      [
        'user.id',
        'user_id',
        'userId',
        'enduser.id',
        'session.id',
        'session_id',
        'user.account_uuid',
        'organization.id',
        'device.id',
      ],
    ],
    [
      'phone',
      [
        'phone',
        'phone_number',
        'phoneNumber',
        'sender_phone',
        'recipient',
        'sender_jid',
        'remote_jid',
        'remoteJid',
        'key.remoteJidAlt',
        'wa_id',
      ],
    ],
    ['email', ['email', 'user.email', 'namastexer_email', 'email_address', 'userEmail']],
    [
      'address',
      [
        'client.address',
        'client_ip',
        'net.peer.ip',
        'http.client_ip',
        'http.request.header.x-forwarded-for',
        'remote_ip',
      ],
    ],
    ['identity', ['cpf', 'customer_cpf', 'ssn', 'birth_date']],
    ['payment', ['card_number', 'credit_card', 'iban', 'pix_key']],
    [
      'path',
      ['cwd', 'worktree_path', 'file_path', 'exception.stacktrace', 'code.file.path', 'process.command_line', 'args'],
    ],
    // What must stay, for the detectors to look at.
    [
      'internal',
      [
        'token_count',
        'input_tokens',
        'gen_ai.usage.input_tokens',
        'gen_ai.usage.output_tokens',
        'tokenizer',
        'secretary',
        'className',
        'processName',
        'url.path',
        'http.route',
        'url.full',
        'db.query.text',
        'exception.message',
        'error',
        'error_message',
        'feature_name',
        'duration_ms',
        'status',
        'http.response.status_code',
        'service.name',
        'message_type',
        'prompt_length',
        'channel',
        'messaging.message.id',
        'messaging.message.body.size',
        'http.request.body.size',
        'http.request.header.content-type',
        'gen_ai.request.model',
        'gen_ai.response.finish_reasons',
        'gen_ai.conversation.id',
        'llm.token_count.total',
        'agent.name',
        'tool_name',
        'server.address',
        'host.name',
        'recipient_hash',
        'payload_size_kb',
        'instance_type',
        'os.type',
        'user_agent.original',
        'thread.name',
      ],
    ],
  ])('gives the class %s to the names it means', (expected, names) => {
    expect(Object.fromEntries(names.map((name) => [name, classOf(name)]))).toEqual(
      Object.fromEntries(names.map((name) => [name, expected])),
    )
  })

  it('classes content and people in every context', () => {
    for (const context of contexts) {
      expect([context, classifier.attribute(['message'], context, other).class]).toEqual([context, 'content'])
      expect([context, classifier.attribute(['user.name'], context, other).class]).toEqual([context, 'person'])
    }
  })

  it.each(['session_name', 'chat_id', 'contact', 'number'])(
    'knows %s for a phone in Omni, and where no service is named',
    (name) => {
      expect(classOf(name, omni)).toBe('phone')
      expect(classOf(name, { is: 'any' })).toBe('phone')
      expect(classOf(name)).toBe('internal')
    },
  )

  it('repairs, and turns the old names of events and attributes into the canonical ones', () => {
    const { conventions, repair } = program
    expect(repair).toBe(true)
    expect(Object.fromEntries(conventions.aliases)).toEqual({
      api_request: 'automagik.api.request',
      command: 'automagik.cli.command',
      feature_usage: 'automagik.feature.used',
      webhook_processed: 'automagik.omni.webhook.processed',
      installation: 'automagik.installation',
      workflow_execution: 'automagik.spark.workflow.completed',
    })
    for (const event of ['feature.used', 'api.request', 'cli.command', 'performance.latency', 'error', 'health']) {
      expect(conventions.events.has(`automagik.${event}`)).toBe(true)
    }
    expect(conventions.rename.get('system.os')).toBe('os.type')
    expect(conventions.rename.get('endpoint')).toBe('url.path')
    // A word on a health check: only a request's status is a code.
    expect(conventions.rename.has('status')).toBe(false)
    expect(conventions.events.get('automagik.api.request')?.rename.get('status')).toBe('http.response.status_code')
    expect(conventions.coerce.get('http.response.status_code')).toBe('int')
    for (const project of ['omni', 'hive', 'forge', 'genie', 'spark', 'tools']) {
      expect([project, `automagik-${project}`].map((name) => conventions.services.get(name))).toEqual([
        project,
        project,
      ])
    }
    expect(conventions.services.get('omni-hub')).toBe('omni')
    expect(conventions.metricIdentity).toEqual(['user.id', 'session.id'])
  })

  it('puts nothing below the default', () => {
    const below = program.exceptions.filter((each) => each.class !== program.defaults.attribute)
    expect(below).toEqual([])
  })
})
