// Processes and folders of a test run: started here, they are gone at its end, however it ends.
import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = resolve(import.meta.dirname, '../../..')

export interface Running {
  readonly process: ChildProcess
  readonly output: () => string
  stop(signal?: NodeJS.Signals): Promise<void>
}

const children = new Set<ChildProcess>()
const folders = new Set<string>()

function cleanUp(): void {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
process.once('exit', cleanUp)
// How Vitest ends a test process, whether or not its hooks have run.
process.once('SIGTERM', () => {
  cleanUp()
  process.kill(process.pid, 'SIGTERM')
})

/** A folder of its own under the system's temporary one; it goes when the process ends. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`))
  folders.add(folder)
  return folder
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
  children.add(child)
  remember(child, command)
  let output = ''
  const take = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-200_000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  let failure: Error | undefined
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done())
    child.once('error', (error) => {
      failure = error
      done()
    })
  })
  void ended.then(() => children.delete(child))
  const hasEnded = (): boolean => failure !== undefined || child.exitCode !== null || child.signalCode !== null
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (!hasEnded()) child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(timer)
  }
  const deadline = Date.now() + (options.timeoutMs ?? 30_000)
  for (;;) {
    if (hasEnded()) throw new Error(`${command} ended with ${failure?.message ?? child.exitCode}:\n${output}`)
    if (await isReady(output)) return { process: child, output: () => output, stop }
    if (Date.now() > deadline) {
      await stop('SIGKILL')
      throw new Error(`${command} was not ready in time:\n${output}`)
    }
    await sleep(50)
  }
}

export interface Restartable {
  /** Of all its lives. */
  output(): string
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Stops it and starts it again, with what it was started with. */
  restart(signal?: NodeJS.Signals): Promise<void>
}

export async function restartable(start: () => Promise<Running>): Promise<Restartable> {
  let running = await start()
  let before = ''
  return {
    output: () => before + running.output(),
    stop: (signal) => running.stop(signal),
    async restart(signal) {
      await running.stop(signal)
      before += running.output()
      running = await start()
    },
  }
}

// The processes of a run, for its end: a test process that is killed cannot stop what it started.
const listVariable = 'E2E_PROCESSES'

/** From now on what this process and those under it start is written down. */
export function watchProcesses(): void {
  process.env[listVariable] = join(tmpdir(), `gateway-e2e-${process.pid}.pids`)
}

function remember({ pid }: ChildProcess, command: string): void {
  const list = process.env[listVariable]
  if (pid !== undefined && list !== undefined) appendFileSync(list, `${pid} ${basename(command)}\n`)
}

/** Kills what was started since `watchProcesses` and not stopped. Returns the commands' names. */
export function killOrphans(): string[] {
  const list = process.env[listVariable]
  if (list === undefined || !existsSync(list)) return []
  const started = readFileSync(list, 'utf8').split('\n').filter(Boolean)
  rmSync(list, { force: true })
  return started.flatMap((line) => {
    const [pid, name] = line.split(' ')
    return isStill(pid, name) && kill(Number(pid)) ? [name] : []
  })
}

/** Whether the process of this number is still the one that was started. */
function isStill(pid: string, name: string): boolean {
  try {
    return basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]) === name
  } catch {
    return false
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
