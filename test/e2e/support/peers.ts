// Where the real servers are: a folder named by GATEWAY_PEERS, PATH, or the ready-built ones beside the project.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { accessSync, chmodSync, constants, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = resolve(import.meta.dirname, '../../..')

export type PeerName = 'otelcol' | 'prometheus' | 'loki' | 'jaeger' | 'telemetrygen'

/** A peer's binary, or why there is none. */
export function findPeer(name: PeerName): { path: string } | { missing: string } {
  const folders = [process.env['GATEWAY_PEERS'], ...(process.env['PATH'] ?? '').split(delimiter)]
  for (const folder of folders) {
    if (folder !== undefined && folder !== '' && isExecutable(join(folder, name))) return { path: join(folder, name) }
  }
  const packed = join(root, '../shared/peers/bin', `${name}.xz`)
  if (!existsSync(packed)) return { missing: `no ${name} in GATEWAY_PEERS, PATH or beside the project` }
  const cache = join(root, '.cache/peers')
  const path = join(cache, name)
  if (isExecutable(path) && statSync(path).mtimeMs >= statSync(packed).mtimeMs) return { path }
  try {
    mkdirSync(cache, { recursive: true })
    const partial = `${path}.${process.pid}`
    execFileSync('sh', ['-c', 'xz -dc "$1" > "$2"', 'sh', packed, partial])
    chmodSync(partial, 0o755)
    renameSync(partial, path)
    return { path }
  } catch {
    return { missing: `${name} is packed with xz, and xz is not at hand` }
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

export interface Running {
  readonly process: ChildProcess
  readonly output: () => string
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts a server and waits until `isReady`; fails with its output when it ends or takes longer than `timeoutMs`. */
export async function startServer(
  command: string,
  args: readonly string[],
  isReady: (output: string) => Promise<boolean> | boolean,
  options: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number } = {},
): Promise<Running> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const take = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-200_000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const deadline = Date.now() + (options.timeoutMs ?? 30_000)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(timer)
  }
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}:\n${output}`)
    if (await isReady(output)) return { process: child, output: () => output, stop }
    if (Date.now() > deadline) {
      await stop('SIGKILL')
      throw new Error(`${command} was not ready in time:\n${output}`)
    }
    await sleep(50)
  }
}

/** Whether a GET answers 2xx. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.on('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
