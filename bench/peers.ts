// Starts the gateway or the Collector as a process of its own and reads its CPU time and memory from the system.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPeer, freePort } from '../test/e2e/support/peers.ts'
import { startServer, type Running } from '../test/e2e/support/processes.ts'

export interface Peer {
  readonly name: string
  readonly port: number
  /** User plus system CPU seconds so far. */
  cpuSeconds(): number
  /** Peak resident memory, MiB. */
  peakMiB(): number
  stop(): Promise<void>
}

export interface PeerOptions {
  readonly sinkPort: number
  readonly compression: 'none' | 'gzip'
  /** Where both queue; in memory unless given. */
  readonly storage?: 'disk' | 'memory'
  /** Whether the gateway has a pipeline of metrics, and derives some from what passes. */
  readonly derives?: boolean
}

const root = join(import.meta.dirname, '..')
const clockTicks = 100

function measured(name: string, port: number, running: Running): Peer {
  const pid = running.process.pid ?? 0
  return {
    name,
    port,
    cpuSeconds: () => {
      // /proc/PID/stat: fields 14 and 15 are user and system time in clock ticks; the name before them may hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
      return (Number(fields[11]) + Number(fields[12])) / clockTicks
    },
    peakMiB: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    stop: () => running.stop(),
  }
}

async function accepts(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}

export async function startGateway(ruleset: string, options: PeerOptions): Promise<Peer> {
  const port = await freePort()
  const config = options.derives === true ? 'bench/configs/gateway-metrics.yaml' : 'bench/configs/gateway.yaml'
  const running = await startServer(
    process.execPath,
    ['src/main.ts', 'start', '--config', config, '--grpc', `127.0.0.1:${await freePort()}`],
    () => accepts(port),
    {
      cwd: root,
      env: {
        PEER_PORT: String(port),
        SINK_PORT: String(options.sinkPort),
        COMPRESSION: options.compression,
        STORAGE: options.storage ?? 'memory',
        RULESET: ruleset,
        DATA_DIR: mkdtempSync(join(tmpdir(), 'gateway-bench-')),
      },
    },
  )
  return measured('gateway', port, running)
}

/** @param processors a YAML flow list, such as `[transform/equal]` */
export async function startCollector(processors: string, options: PeerOptions): Promise<Peer | undefined> {
  const found = findPeer('otelcol')
  if (!('path' in found)) {
    console.log(`skipped: ${found.missing}`)
    return undefined
  }
  const port = await freePort()
  const onDisk = options.storage === 'disk' ? ['--config', 'bench/configs/otelcol-disk.yaml'] : []
  const args = ['--config', 'bench/configs/otelcol.yaml', ...onDisk]
  const running = await startServer(found.path, args, () => accepts(port), {
    cwd: root,
    env: {
      DATA_DIR: mkdtempSync(join(tmpdir(), 'collector-bench-')),
      PEER_PORT: String(port),
      SINK_PORT: String(options.sinkPort),
      COMPRESSION: options.compression,
      PROCESSORS: processors,
    },
  })
  return measured('collector', port, running)
}
