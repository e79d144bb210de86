// Faults of what the gateway stands on: its disk, its file, its clock, its queue's bounds, its rules.
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { until } from '../../test/e2e/support/gateway.ts'
import { temporaryFolder } from '../../test/e2e/support/processes.ts'
import type { FaultCase } from './fault-case.ts'
import type { Rig } from './rig.ts'

const diskSize = 6 * 2 ** 20

/** Somebody else fills the disk while the backend is away; there is room again only after it is back. */
export const fullDisk: FaultCase = {
  name: 'disk-full',
  what: 'disk full, and the backend away',
  prepare() {
    const dataDir = temporaryFolder('faults-disk')
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskSize}`, 'tmpfs', dataDir], { stdio: 'ignore' })
    } catch {
      return { why: 'only root can make a small disk (tmpfs)' }
    }
    return { dataDir, cleanUp: () => execFileSync('umount', ['-l', dataDir]) }
  },
  async run(rig) {
    await rig.load()
    await rig.backendAway()
    await rig.load()
    const filler = join(rig.dataDir, 'filler')
    fill(filler)
    await until('the disk is full', async () => (await rig.health()).queue?.last === 'disk-full', 60_000)
    const repeated = rig.senders.repeated()
    await until('senders are told to try again', () => rig.senders.repeated() > repeated + 20, 60_000)
    await rig.proxy.accept()
    const before = rig.sink.requests.length
    await until('what is queued goes on', () => rig.sink.requests.length > before, 60_000)
    rmSync(filler)
    await rig.load()
  },
}

/** Writes until nothing fits any more. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w')
  try {
    for (const bytes of [65_536, 4_096]) for (;;) if (writeSync(descriptor, Buffer.alloc(bytes, 1)) < bytes) break
  } catch {
    // ENOSPC.
  } finally {
    closeSync(descriptor)
  }
}

export const damagedFile: FaultCase = {
  name: 'file-damaged',
  what: "queue's file damaged while the gateway is down",
  async run(rig) {
    await rig.load()
    await rig.backendAway()
    await rig.load()
    await rig.gateway.stop('SIGKILL')
    rig.damaged = { traces: new Set(rig.senders.accepted.traces), logs: new Set(rig.senders.accepted.logs) }
    damage(join(rig.dataDir, 'queue.db'))
    await rig.gateway.restart()
    if (!/queue\.db is damaged .*queue\.db\.unreadable, and what waited in it is lost/.test(rig.gateway.output()))
      throw new Error('the gateway does not say that its file is damaged')
    await rig.proxy.accept()
    await rig.load()
  },
}

/** As a disk does that returns something else: in the middle of the pages, and without the journal that would mend it. */
function damage(file: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  const bytes = readFileSync(file)
  bytes.fill(0xa5, Math.min(100, bytes.length))
  writeFileSync(file, bytes)
  if (statSync(file).size === 0) throw new Error('there is nothing to damage')
}

const hourMs = 3_600_000

export const clockJumps: FaultCase = {
  name: 'clock-jumps',
  what: 'clock jumps by a day, back by two, and is right again, over a kill',
  prepare() {
    const file = join(temporaryFolder('faults-clock'), 'offset')
    writeFileSync(file, '0')
    const preload = pathToFileURL(join(import.meta.dirname, 'clock.ts')).href
    return { env: { CLOCK_OFFSET_FILE: file, NODE_OPTIONS: `--import=${preload}` } }
  },
  async run(rig) {
    const { CLOCK_OFFSET_FILE: file = '' } = rig.settings.env ?? {}
    await rig.load()
    for (const hours of [24, -24]) {
      writeFileSync(file, String(hours * hourMs))
      await rig.load()
      await rig.meets({ is: 'answer', status: 503 })
    }
    await rig.kill()
    await rig.load()
    writeFileSync(file, '0')
    await rig.load()
  },
}

/** The backend is away until the queue of a signal is full. */
const overflow = (isBlocking: boolean): FaultCase => ({
  name: isBlocking ? 'queue-full' : 'queue-full-drop-oldest',
  what: isBlocking ? 'queue full: senders are told to wait' : 'queue full, `block_on_overflow: false`: the oldest go',
  prepare: () => ({ queue: `queue_size: 64KiB, block_on_overflow: ${isBlocking}`, drops: !isBlocking }),
  async run(rig) {
    await rig.load()
    await rig.backendAway()
    if (isBlocking) await untilTurnedAway(rig)
    else await until('the oldest go', async () => (await lostAs(rig, 'queue-full')) > 100, 120_000)
    await rig.proxy.accept()
    await rig.load()
  },
  wants({ dropped, counted }) {
    const told = counted['queue-full'] ?? 0
    if (isBlocking) return told === 0 ? undefined : `${told} were dropped`
    // The points of the counter are among what is counted; later ones hold them too.
    return dropped > 0 && told >= dropped ? undefined : `${dropped} are gone, ${told} are counted`
  },
})

async function untilTurnedAway(rig: Rig): Promise<void> {
  const repeated = rig.senders.repeated()
  await until('senders are told to wait', () => rig.senders.repeated() > repeated + 20, 120_000)
}

async function lostAs(rig: Rig, reason: string): Promise<number> {
  const { exporters } = await rig.health()
  return exporters
    .flatMap(({ signals }) => Object.values(signals))
    .reduce((sum, { lost }) => sum + (lost[reason] ?? 0), 0)
}

export const fullQueue: readonly FaultCase[] = [overflow(true), overflow(false)]

const rules = (version: number): string => `version: 1
name: faults-${version}
extends: ['builtin:automagik']
rules: [{ id: more, class: content, attr: [${Array.from({ length: version + 1 }, (_, n) => `more.${n}`).join(', ')}] }]
`

/** What waits is cleaned again by the rules that are in force when it is sent. */
export const reloads: FaultCase = {
  name: 'reload',
  what: 'rules reloaded while the backend answers 503, over a kill',
  prepare() {
    const file = join(temporaryFolder('faults-rules'), 'ruleset.yaml')
    writeFileSync(file, rules(0))
    return { more: `ruleset: ${file}`, ruleset: file }
  },
  async run(rig) {
    await rig.load()
    for (let version = 1; version <= 2; version++) {
      rig.proxy.set({ is: 'answer', status: 503 })
      await rig.load()
      writeFileSync(rig.settings.ruleset!, rules(version))
      const inForce = async (): Promise<boolean> => (await rig.health()).ruleset.name === `faults-${version}`
      await (await fetch(`http://127.0.0.1:${rig.gateway.admin}/-/reload`, { method: 'POST' })).arrayBuffer()
      await until('the new rules are in force', inForce, 60_000)
      if (version === 2) await rig.kill()
      await rig.meets({ is: 'answer', status: 503 })
      await rig.load()
    }
  },
}
