// The gateway's own side: its folder, the disk, its key, its ports.
import { existsSync, statfsSync, statSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Config, ExporterConfig } from '../../config/config.ts'
import type { Endpoint } from '../../config/units.ts'
import { defaultFile, defaultQueue } from '../../exporters/options.ts'
import { signals } from '../../otlp/fields.ts'
import { formatEndpoint } from '../../receivers/listen.ts'
import type { Notes } from './finding.ts'

/** Less than this on a disk is too little for anything. */
const leastFreeBytes = 64 * 1024 * 1024

/** Notes what is so; never throws. */
export async function examineHost(config: Config, notes: Notes): Promise<void> {
  const { dataDir, exporters } = config
  const folders = new Map([[dataDir, 0]])
  for (const exporter of exporters) {
    const folder = exporter.type === 'file' ? exporter.file.directory : dataDir
    folders.set(folder, (folders.get(folder) ?? 0) + mostBytes(exporter))
  }
  for (const [folder, bytes] of folders) await examineFolder(folder, bytes, notes)
  examineKey(join(dataDir, 'pseudonym.key'), notes)
  await examinePorts(config, notes)
}

/** What an exporter keeps on the disk at most. */
function mostBytes(exporter: ExporterConfig): number {
  if (exporter.type === 'debug') return 0
  const queued = (exporter.queue?.queueSizeBytes ?? defaultQueue.queueSizeBytes) * signals.length
  if (exporter.type !== 'file') return queued
  const { maxBytes = defaultFile.maxBytes, maxBackups = defaultFile.maxBackups } = exporter.file
  return maxBytes * (maxBackups + 1) * signals.length
}

async function examineFolder(folder: string, mostBytes: number, notes: Notes): Promise<void> {
  // What is missing is made at the start, in the nearest folder that there is.
  let there = folder
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there)
  const probe = join(there, `.doctor-${process.pid}`)
  try {
    await writeFile(probe, '', { flag: 'wx' })
    await rm(probe)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    notes.fail(
      'folder',
      `${there} cannot be written to (${code})`,
      'give it to the user that the gateway runs as, or choose another `data_dir`',
    )
    return
  }
  const { bavail, bsize } = statfsSync(there)
  const free = bavail * bsize
  const has = `${folder} can be written to; ${sizeOf(free)} are free`
  if (free < leastFreeBytes) notes.fail('disk', `${folder}: only ${sizeOf(free)} are free`, 'make room')
  else if (free < mostBytes) {
    const change =
      'make room, or keep less: `sending_queue: {queue_size: …}`, `rotation: {max_megabytes: …, max_backups: …}`'
    notes.warn(
      'disk',
      `${folder}: ${sizeOf(free)} are free, and what is kept there may grow to ${sizeOf(mostBytes)}`,
      change,
    )
  } else notes.ok('folder', has)
}

function examineKey(file: string, notes: Notes): void {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return notes.ok('key', 'there is no key for pseudonyms yet: the first start makes one')
  const isOpen = process.platform !== 'win32' && (stats.mode & 0o077) !== 0
  if (isOpen) return notes.warn('key', `others than its owner may read ${file}`, `chmod 600 ${file}`)
  return notes.ok('key', `only its owner may read ${file}`)
}

async function examinePorts({ receivers, admin }: Config, notes: Notes): Promise<void> {
  const doors = receivers.flatMap(({ name, http, grpc }) =>
    Object.entries({ http, grpc }).flatMap(([protocol, door]) =>
      door === undefined ? [] : [{ what: `${name} ${protocol}`, endpoint: door.endpoint }],
    ),
  )
  const isRunning = await answersHealth(admin)
  for (const { what, endpoint } of doors) {
    const at = formatEndpoint(endpoint)
    const code = await listenFault(endpoint)
    if (code === undefined) notes.ok('port', `${at} (${what}) is free`)
    else if (code === 'EADDRINUSE' && isRunning) notes.ok('port', `${at} (${what}) is taken, and a gateway runs here`)
    else if (code === 'EADDRINUSE') {
      notes.fail(
        'port',
        `${at} (${what}) is taken by another program`,
        'stop that program, or give the receiver another `endpoint`',
      )
    } else notes.fail('port', `${at} (${what}) cannot be listened on (${code})`, 'give the receiver another `endpoint`')
  }
}

function listenFault({ host, port }: Endpoint): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => resolve(code))
    server.listen({ port, ...(host && { host }), exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

async function answersHealth({ host, port }: Endpoint): Promise<boolean> {
  const at = host === '' || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  try {
    const answer = await fetch(`http://${formatEndpoint({ host: at, port })}/health`, {
      signal: AbortSignal.timeout(1_000),
    })
    const body = (await answer.json()) as Readonly<Record<string, unknown>>
    return Array.isArray(body['receivers']) && 'ruleset' in body
  } catch {
    return false
  }
}

function sizeOf(bytes: number): string {
  const [size, unit] = bytes >= 2 ** 30 ? [bytes / 2 ** 30, 'GiB'] : [bytes / 2 ** 20, 'MiB']
  return `${size >= 10 ? Math.round(size) : Math.round(size * 10) / 10} ${unit}`
}
