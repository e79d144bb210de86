// Where the real servers are: a folder named by GATEWAY_PEERS, PATH, or the ready-built ones beside the project. With
// PEERS_ONLY nowhere but in the folder that it names.
import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, constants, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

/** Every one of these that is at hand must run in a whole end-to-end run. */
export const peerNames = ['otelcol', 'telemetrygen', 'prometheus', 'loki', 'jaeger', 'tempo', 'promtool'] as const
export type PeerName = (typeof peerNames)[number]

/** A peer's binary, or why there is none. */
export function findPeer(name: PeerName): { path: string } | { missing: string } {
  const only = process.env['PEERS_ONLY']
  if (only !== undefined)
    return isExecutable(join(only, name)) ? { path: join(only, name) } : { missing: `no ${name} in PEERS_ONLY` }
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

const given = new Set<number>()

/**
 * A port that is free now, another one each time. It lies below the ports that systems give to outgoing connections,
 * so that none of those takes it before the server does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}
