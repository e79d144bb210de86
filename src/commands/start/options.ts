// The configuration of `start`: a file or the defaults, with what the command line says over it.
import { resolve } from 'node:path'
import type { Config, ProtocolConfig } from '../../config/config.ts'
import { defaultConfig, loadConfig } from '../../config/load-config.ts'
import type { Endpoint } from '../../receivers/listen.ts'
import { builtinFiles } from '../../ruleset/layers.ts'
import type { LogFormat } from '../../telemetry/log.ts'
import { InvalidConfiguration } from '../command.ts'
import type { CommandContext } from '../command.ts'
import { report } from '../load.ts'

export interface StartOptions {
  readonly config?: string
  readonly ruleset?: string
  readonly dataDir?: string
  readonly http?: Endpoint
  readonly grpc?: Endpoint
  readonly admin?: Endpoint
  readonly logFormat?: LogFormat
}

/** Prints what is wrong with the file. Throws InvalidConfiguration. */
export function configOf(context: CommandContext, options: StartOptions): Config {
  const config = options.config === undefined ? defaultConfig() : fromFile(context, options.config)
  const { receivers } = config
  return {
    ...withDataDir(config, options.dataDir),
    receivers: {
      ...moved('http', receivers.http, options.http),
      ...moved('grpc', receivers.grpc, options.grpc),
    },
    ruleset: options.ruleset ?? config.ruleset,
    admin: options.admin ?? config.admin,
  }
}

function fromFile(context: CommandContext, file: string): Config {
  const { config, diagnostics, sources } = loadConfig(file, {
    env: context.env,
    builtinRulesets: Object.keys(builtinFiles),
  })
  report(context, diagnostics, sources)
  if (config === undefined) throw new InvalidConfiguration()
  return config
}

/** An option opens a receiver that the file leaves closed. */
function moved(
  protocol: 'http' | 'grpc',
  configured: ProtocolConfig | undefined,
  endpoint: Endpoint | undefined,
): Config['receivers'] {
  if (endpoint === undefined) return configured === undefined ? {} : { [protocol]: configured }
  return { [protocol]: { ...(configured ?? defaultConfig().receivers[protocol]!), endpoint } }
}

/** Files that lie in the data folder move with it. */
function withDataDir(config: Config, folder: string | undefined): Config {
  if (folder === undefined) return config
  const dataDir = resolve(folder)
  const exporters = config.exporters.map((exporter) =>
    exporter.type === 'file' && exporter.file.directory === config.dataDir
      ? { ...exporter, file: { ...exporter.file, directory: dataDir } }
      : exporter,
  )
  return { ...config, dataDir, exporters }
}
