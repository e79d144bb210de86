// gateway.yaml → Config, or what is wrong with it and where. Never throws for what a user wrote.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isScalar } from 'yaml'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean, list } from '../diagnostics/suggest.ts'
import { validate } from '../diagnostics/validate.ts'
import { loadYaml, positionOf, type YamlFile } from '../diagnostics/yaml.ts'
import type { TlsFiles } from '../tls/files.ts'
import { checkBackends } from './check-backends.ts'
import { checkNames } from './check-names.ts'
import { checkTls } from './check-tls.ts'
import type { Config } from './config.ts'
import { retype, substituteEnv, type Env } from './env.ts'
import { namedForms, type NamedKind } from './named.ts'
import { receiverSchemas } from './receiver-schema.ts'
import { configSchema, exporterSchemas } from './schema.ts'
import { toConfig } from './to-config.ts'

export interface LoadConfigOptions {
  readonly env?: Env
  /** The names of the built-in rulesets; any is taken unless given. */
  readonly builtinRulesets?: readonly string[]
  /** Reads the file; from the disk unless given. */
  readonly readText?: (path: string) => string
  /** Reads certificates and keys, or throws TlsFileError; from the disk unless given. */
  readonly readTls?: (files: TlsFiles) => void
}

export interface LoadedConfig {
  /** Undefined when there is an error. */
  readonly config?: Config
  readonly diagnostics: readonly Diagnostic[]
  /** The texts that diagnostics point into. */
  readonly sources: ReadonlyMap<string, string>
}

/** Help for keys of the Collector that this gateway does not have. */
const hints: Readonly<Record<string, string>> = {
  processors: 'there are none to name: the ruleset says what happens to the data, `ruleset: FILE`',
  extensions: 'there are none; /health and /metrics are under `admin`',
  connectors: 'there are none; a pipeline goes from its receivers to its exporters',
  telemetry: "the gateway's own metrics are under `admin`",
  path: 'the file exporter writes one file for each signal into `directory`',
  sizer: 'queues are measured in bytes',
  authenticator:
    'there are no extensions; write `auth: {bearer_token: …}` or `auth: {basic: {username: …, password: …}}`',
}

const kinds: Readonly<Record<'receivers' | 'exporters', NamedKind>> = {
  receivers: { key: 'receivers', noun: 'receiver', forms: receiverSchemas, example: 'otlp/tls' },
  exporters: {
    key: 'exporters',
    noun: 'exporter',
    forms: exporterSchemas,
    example: 'otlp_http/tempo',
    meant: { otlp: 'otlp_grpc' },
  },
}

/** Reads a configuration file. Paths in it are relative to its folder. */
export function loadConfig(file: string, options: LoadConfigOptions = {}): LoadedConfig {
  const { env = process.env, readText = (path) => readFileSync(path, 'utf8') } = options
  let text: string
  try {
    text = readText(file)
  } catch (error) {
    const message = `cannot read the configuration (${reasonOf(error)})`
    return { diagnostics: [{ code: 'config/unreadable', severity: 'error', message, file }], sources: new Map() }
  }
  const sources = new Map([[file, text]])
  const { yaml, diagnostics } = loadYaml(file, text, 'config')
  if (diagnostics.length > 0) return { diagnostics, sources }
  // A file of comments only, as `init` may leave it, is a configuration of defaults.
  if (yaml.document.contents === null || (isScalar(yaml.document.contents) && yaml.document.contents.value === null)) {
    yaml.document.contents = yaml.document.createNode({})
  }
  const variables = substituteEnv(yaml, env)
  if (variables.diagnostics.length > 0) return { diagnostics: variables.diagnostics, sources }

  const receivers = namedForms(yaml, kinds.receivers)
  const exporters = namedForms(yaml, kinds.exporters)
  const schema = configSchema({ receivers: receivers.schema, exporters: exporters.schema })
  retype(schema, yaml, variables.untyped)
  const checked = validate(schema, yaml, 'config', hints)
  const found = [...receivers.diagnostics, ...exporters.diagnostics, ...checked.diagnostics]
  if (checked.value === undefined || found.length > 0) return { diagnostics: found, sources }
  const config = toConfig(checked.value, { folder: resolve(dirname(file)) })
  found.push(
    ...checkNames(config, checked.value, yaml),
    ...checkTls(config, yaml, options.readTls),
    ...checkBackends(config, yaml, readText),
    ...checkRuleset(config, yaml, { ...options, readText }),
  )
  return found.some(({ severity }) => severity === 'error')
    ? { diagnostics: found, sources }
    : { config, diagnostics: found, sources }
}

/** The ruleset that the file names is there: what is wrong in it is said when it is loaded. */
function checkRuleset({ ruleset }: Config, yaml: YamlFile, options: CheckRulesetOptions): Diagnostic[] {
  const { builtinRulesets = [ruleset], readText } = options
  const position = positionOf(yaml, ['ruleset'])
  const place = { severity: 'error', file: yaml.file, ...(position === undefined ? {} : { position }) } as const
  if (ruleset.startsWith('builtin:')) {
    if (builtinRulesets.includes(ruleset)) return []
    const message = `no built-in ruleset is called "${ruleset}"${didYouMean(ruleset, builtinRulesets)}`
    return [{ code: 'config/wrong-value', message, help: `there are ${list(builtinRulesets)}`, ...place }]
  }
  try {
    readText(ruleset)
    return []
  } catch (error) {
    const message = `cannot read the ruleset "${ruleset}" (${reasonOf(error)})`
    const help = 'a relative path starts from the folder of this file'
    return [{ code: 'config/unreadable', message, help, ...place }]
  }
}

type CheckRulesetOptions = Pick<LoadConfigOptions, 'builtinRulesets'> & Required<Pick<LoadConfigOptions, 'readText'>>

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
}

/** What runs without a file: all three signals into files in the data folder. */
export function defaultConfig(dataDir = './data'): Config {
  return toConfig({ data_dir: dataDir }, { folder: resolve('.') })
}
