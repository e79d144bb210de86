// The configuration of `start`: a file or the defaults, with what the command line says over it.
import { resolve } from 'node:path'
import type { Config, ReceiverConfig } from '../../config/config.ts'
import { defaultConfig } from '../../config/load-config.ts'
import { defaultReceiver } from '../../config/to-receivers.ts'
import type { Signal } from '../../otlp/fields.ts'
import type { Endpoint } from '../../receivers/listen.ts'
import type { LogFormat } from '../../telemetry/log.ts'
import type { CommandContext } from '../command.ts'
import { configurationOf } from '../load.ts'

export interface StartOptions {
  readonly config?: string
  readonly ruleset?: string
  readonly dataDir?: string
  readonly http?: Endpoint
  readonly grpc?: Endpoint
  readonly admin?: Endpoint
  readonly logFormat?: LogFormat
  readonly allowLoosening?: boolean
}

/** Prints what is wrong with the file. Throws InvalidConfiguration. */
export function configOf(context: CommandContext, options: StartOptions): Config {
  const config = configurationOf(context, options.config)
  return {
    ...withDataDir(config, options.dataDir),
    receivers: withDoors(config, options),
    ruleset: options.ruleset ?? config.ruleset,
    admin: { ...config.admin, ...options.admin },
  }
}

/** The options are about the receiver `otlp`; they open a door that the file leaves closed. */
function withDoors({ receivers, pipelines }: Config, { http, grpc }: StartOptions): readonly ReceiverConfig[] {
  if (http === undefined && grpc === undefined) return receivers
  const signals = Object.keys(pipelines) as Signal[]
  const configured = receivers.find(({ name }) => name === defaultReceiver) ?? { name: defaultReceiver, signals }
  const [fallback] = defaultConfig().receivers
  const otlp = {
    ...configured,
    ...(http && { http: { ...(configured.http ?? fallback.http!), endpoint: http } }),
    ...(grpc && { grpc: { ...(configured.grpc ?? fallback.grpc!), endpoint: grpc } }),
  }
  return [otlp, ...receivers.filter(({ name }) => name !== defaultReceiver)]
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
