// Runs the command line as users do, as a process of its own.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const mainFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly stdin?: string | Buffer
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a command to its end. */
export async function cli(args: readonly string[], { stdin = '', cwd, env }: RunOptions = {}): Promise<Run> {
  const child = launch(args, cwd, env)
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  // A command that ends early closes its input: that is no fault of the test.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: stdout(), stderr: stderr() }
}

export interface RunningGateway {
  readonly child: ChildProcessWithoutNullStreams
  /** The fields of the log line `started`. */
  readonly started: Readonly<Record<string, unknown>>
  readonly stdout: () => string
  readonly stderr: () => string
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<number | null>
}

/** Starts `start` on free ports and waits until it listens. Rejects when it ends instead. */
export async function runGateway(args: readonly string[], { cwd, env }: RunOptions = {}): Promise<RunningGateway> {
  const free = '127.0.0.1:0'
  const child = launch(['start', '--http', free, '--grpc', free, '--admin', free, ...args], cwd, env)
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const closed = once(child, 'close') as Promise<[number | null]>
  const started = new Promise<Record<string, unknown>>((resolve, reject) => {
    const look = (): void => {
      const line = stdout()
        .split('\n')
        .find((each) => each.includes('"message":"started"'))
      if (line === undefined) return
      child.stdout.off('data', look)
      resolve(JSON.parse(line) as Record<string, unknown>)
    }
    child.stdout.on('data', look)
    void closed.then(() => reject(new Error(`the gateway ended: ${stdout()}${stderr()}`)))
  })
  return {
    child,
    started: await started,
    stdout,
    stderr,
    async stop() {
      child.kill('SIGTERM')
      return (await closed)[0]
    },
  }
}

function launch(args: readonly string[], cwd?: string, env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [mainFile, ...args], { cwd, env: { ...process.env, ...env } })
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}
