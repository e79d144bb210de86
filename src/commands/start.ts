// `automagik-gateway start`: runs the gateway until it is told to stop, and says meanwhile what it does.
import { once } from 'node:events'
import type { Config } from '../config/config.ts'
import { defaultReceiver } from '../config/to-receivers.ts'
import { ExporterConfigError } from '../delivery.ts'
import { startGateway } from '../gateway.ts'
import { openSeriesStore } from '../metrics/store.ts'
import { claimDataFolder, DataFolderError } from '../queue/data-folder.ts'
import { QueueFileError } from '../queue/durable-queue.ts'
import { AddressInUseError, formatEndpoint } from '../receivers/listen.ts'
import { ReadFiles } from '../reload/files.ts'
import { TlsFileError } from '../tls/files.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { loadProgram } from './load.ts'
import { jsonConsole, textConsole } from './start/console.ts'
import type { Console } from './start/console.ts'
import { configOf } from './start/options.ts'
import type { StartOptions } from './start/options.ts'
import { statusFigures } from './start/status-line.ts'

/** Runs until the first SIGINT or SIGTERM, then sends what is queued and answers. */
export async function start(context: CommandContext, options: StartOptions): Promise<ExitCode> {
  const config = configOf(context, options)
  const format = options.logFormat ?? (context.stdout.isTTY === true ? 'text' : 'json')
  const console = format === 'text' ? textConsole(context.stdout) : jsonConsole(context.stdout)
  const stop = context.stopSignal()
  try {
    const folder = claimDataFolder(config.dataDir)
    try {
      return await run(context, config, console, stop, options.allowLoosening ?? false)
    } finally {
      folder.release()
    }
  } catch (error) {
    const message = messageOf(error, config)
    if (message === undefined) throw error
    print(context.stderr, `error: ${message}`)
    const isConfigured = error instanceof ExporterConfigError || error instanceof TlsFileError
    return isConfigured ? exitCode.invalidConfiguration : exitCode.failed
  }
}

async function run(
  context: CommandContext,
  config: Config,
  console: Console,
  stop: AbortSignal,
  allowLoosening: boolean,
): Promise<ExitCode> {
  const { env, version } = context
  const { ruleset: file, dataDir } = config
  const read = new ReadFiles()
  const { program, layers, notes } = loadProgram(context, { file, dataDir, readText: read.readText })
  read.addKeys(layers, dataDir)
  const { log, write } = console
  const seriesStore = openSeriesStore(dataDir, (message) => log.warn(message))
  const reload = { file, dataDir, env: { ...env }, allowLoosening, files: read.states }
  const gateway = await startGateway({
    config,
    program,
    version,
    log,
    write,
    seriesStore,
    reload,
    ownLog: config.logs.enabled,
    quarantine: true,
  })
  context.onHangUp(() => void gateway.reload('signal'))
  console.started({ config, gateway, program, notes, version })
  console.follow(() => statusFigures(gateway))
  if (!stop.aborted) await once(stop, 'abort')
  console.stopping(String(stop.reason))
  await gateway.stop(config.shutdownTimeoutMs)
  seriesStore.close()
  console.stopped()
  return exitCode.ok
}

/** What stops a start and is no fault of the gateway, in words; undefined for anything else. */
function messageOf(error: unknown, { receivers }: Config): string | undefined {
  if (error instanceof DataFolderError || error instanceof ExporterConfigError) return error.message
  if (error instanceof TlsFileError) return error.message
  if (error instanceof QueueFileError)
    return `${error.message}: mend that, or give each exporter \`sending_queue: { storage: memory }\``
  if (error instanceof AddressInUseError) {
    const { port } = error.endpoint
    const option = optionFor(port, receivers)
    const free = formatEndpoint({ ...error.endpoint, port: port + 10_000 <= 65_535 ? port + 10_000 : port - 10_000 })
    return `${error.message}: stop the program that has it, or listen elsewhere ${option} ${free}`
  }
  const { code = '', syscall, address, port, hostname } = error as ListenError
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined
  const where = hostname ?? formatEndpoint({ host: address ?? '', port: port ?? 0 })
  return `cannot listen on ${where}: ${listenReasons[code] ?? code}`
}

/** What moves the door with this port. */
function optionFor(port: number, receivers: Config['receivers']): string {
  for (const { name, http, grpc } of receivers) {
    for (const [protocol, door] of Object.entries({ http, grpc })) {
      if (door?.endpoint.port !== port) continue
      return name === defaultReceiver ? `with --${protocol}` : `receivers.${name}.protocols.${protocol}.endpoint:`
    }
  }
  return 'at'
}

/** What the system says of an address that it cannot give. */
interface ListenError extends NodeJS.ErrnoException {
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
}

const listenReasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not listen on that port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
}
