// What personal data the attributes of Sentry's conventions hold. The package `@sentry/conventions` is maintained and
// says of each attribute whether it is to be scrubbed without being asked (`auto`), but not what it is; that is said
// here, for all of those. A test sees to it that none is left out when the package has new ones.

/** By class, the strictest first: which of the attributes that are to be scrubbed hold such data. `<key>` is any word. */
export const classesOfScrubbed: readonly (readonly [className: string, names: RegExp])[] = [
  ['secret', /^(?:db\.connection_string|messaging\.url)$/],
  ['content', /^ai\.(?:citations|documents|search_queries|search_results)$/],
  ['content', /^db\.(?:params|sql\.bindings|redis\.parameters|query\.parameter\.<key>)$/],
  ['content', /^gen_ai\.prompt\.variable\.<key>$/],
  ['content', /^mcp\.(?:logging\.message|request\.argument\.(?:<key>|name|uri))$/],
  ['content', /^mcp\.prompt\.result\.(?:<key>\.content|description|message_content)$/],
  ['content', /^mcp\.tool\.result\.<key>\.content$/],
  ['content', /^(?:http\.request\.body\.data|remix\.action_form_data\.<key>|sentry\.message\.parameter\.<key>)$/],
  ['content', /^vercel\.ai\.(?:settings|tool_call)\.context\.<key>$/],
  ['person', /^(?:sentry\.)?user\.(?:name|username|full_name)$|^device\.name$/],
  ['email', /^(?:sentry\.)?user\.email$/],
  ['user.id', /^(?:sentry\.)?user\.(?:id|hash)$|^vercel\.ja[34]_digest$|^grpc\.error\.resource_info\.owner$/],
  ['address', /^(?:client\.address|http\.client_ip|net\.(?:sock\.)?peer\.(?:ip|addr)|network\.peer\.address)$/],
  ['address', /^(?:user\.ip_address|sentry\.user\.ip|vercel\.proxy\.client_ip)$/],
  ['path', /^(?:exception\.stacktrace|file\.path|process\.command_args)$/],
  ['path', /^grpc\.error\.debug_info\.(?:detail|stack_entries)$/],
  // URLs, queries, names of things, messages: the detectors look at them, as at everything.
  ['internal', /(?:^|[._])url$|^url\.(?:full|path|query|fragment)$|^url\.path\.param(?:eter|s)\.<key>$/],
  ['internal', /^http\.(?:url|target|query|fragment)$|^http\.(?:request|response)\.header\.<key>$/],
  ['internal', /^(?:query|params|mdc)(?:\.<key>)?$|^(?:db\.(?:query\.text|statement)|graphql\.(?:document|source))$/],
  ['internal', /^aws\.s3\.|^cache\.tags$|^faas\.document\.name$|^grpc\.error\.|^messaging\.bullmq\.job\./],
  ['internal', /^mcp\.(?:resource\.uri|prompt\.result\.<key>\.role)$/],
  ['internal', /^mcp\.tool\.result\.(?:<key>\.)?(?:content_type|mime_type|name|resource_mime_type|resource_uri|uri)$/],
  ['internal', /^(?:router\.)?navigation\.(?:origin|route\.id)$|^sentry\.sveltekit\.navigation\.(?:from|to)$/],
  ['internal', /^(?:ai\.warnings|exception\.message|otel\.status_description|sentry\.normalized_description)$/],
  ['internal', /^(?:nel\.referrer|net\.sock\.peer\.name|user\.roles|vercel\.proxy\.(?:path|referer))$/],
  ['internal', /^vercel\.ai\.telemetry\.metadata\.<key>$/],
]

/** Names whose class is theirs alone: what the package holds for the same thing is less, or is covered by accident. */
export const classedAlone: ReadonlySet<string> = new Set([
  'messaging.url', // a connection string; url.full, which replaces it, is any URL
  'gen_ai.prompt.name', // covered by gen_ai.prompt.*, which holds prompts
  'gen_ai.response.time_to_first_token', // a duration, covered by *_token
])
