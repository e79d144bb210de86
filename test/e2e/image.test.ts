// The Dockerfile without Docker: the commands of its stages run in empty folders with nothing but npm and Node, and what
// comes out starts as its ENTRYPOINT and CMD say, as another user where the test may choose one.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, delimiter, dirname, join, posix } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStages, sentToBuilder, type DockerInstruction, type Stage } from '../deploy/dockerfile.ts'
import { root as context } from '../deploy/files.ts'
import { until } from './support/gateway.ts'
import { answers, freePort } from './support/peers.ts'
import { temporaryFolder } from './support/processes.ts'
import { measured, ran } from './support/report.ts'

const isRoot = process.getuid?.() === 0

/** A stage that has been built: its file system is a folder. */
interface Built {
  readonly root: string
  readonly workdir: string
  readonly env: NodeJS.ProcessEnv
  readonly all: (keyword: string) => readonly DockerInstruction[]
}

/** Node and npm as the base image has them, and no program of this repository. */
function baseImage(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  copyFileSync(process.execPath, join(bin, 'node'))
  const system = (process.env['PATH'] ?? '').split(delimiter).filter((each) => !each.includes('node_modules'))
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: [bin, ...system].join(delimiter) }
  // Of the developer's npm only the registry counts: `npm cache clean` in the Dockerfile must not clean theirs.
  env['npm_config_cache'] = join(folder, 'npm-cache')
  for (const name of ['NODE_OPTIONS', 'NODE_ENV', 'NODE_PATH', 'INIT_CWD']) delete env[name]
  return env
}

function build(
  { instructions }: Stage,
  root: string,
  base: NodeJS.ProcessEnv,
  before: ReadonlyMap<string, string>,
): Built {
  let workdir = '/'
  const env = { ...base }
  const inImage = (path: string): string => join(root, posix.resolve(workdir, path))
  mkdirSync(root)
  for (const { keyword, args, flags, text } of instructions) {
    if (keyword === 'WORKDIR') mkdirSync(inImage((workdir = posix.resolve(workdir, args[0]))), { recursive: true })
    else if (keyword === 'ENV') for (const pair of args) [, env[pair.split('=')[0]]] = pair.split('=')
    else if (keyword === 'RUN') runCommand(text, join(root, workdir), env)
    else if (keyword === 'COPY') copy(args, flags, inImage, before)
  }
  return { root, workdir, env, all: (keyword) => instructions.filter((each) => each.keyword === keyword) }
}

function runCommand(command: string, cwd: string, env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${stdout}${stderr}`)
}

function copy(
  args: readonly string[],
  flags: Readonly<Record<string, string>>,
  inImage: (path: string) => string,
  stages: ReadonlyMap<string, string>,
): void {
  const to = args.at(-1)!
  const isFolder = to.endsWith('/') || args.length > 2
  for (const source of args.slice(0, -1)) {
    const from = flags['from'] === undefined ? join(context, source) : join(stages.get(flags['from'])!, source)
    if (flags['from'] === undefined && !sentToBuilder.includes(source)) throw new Error(`${source} is not sent`)
    const target = isFolder && statSync(from).isFile() ? join(inImage(to), basename(source)) : inImage(to)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(from, target, { recursive: true })
    if (flags['chmod'] !== undefined) chmodSync(target, Number.parseInt(flags['chmod'], 8))
    const [user, group] = (flags['chown'] ?? '').split(':').map(Number)
    if (isRoot && flags['chown'] !== undefined) chownSync(target, user, group)
  }
}

/** Files below a folder with their sizes and times. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).size} ${statSync(path).mtimeMs}`)

const bytesBelow = (folder: string): number =>
  filesBelow(folder).reduce((sum, line) => sum + Number(line.split(' ').at(-2)), 0)

describe('the image', () => {
  const folder = temporaryFolder('image')
  const stages = readStages()
  let image: Built
  let gateway: ChildProcess
  let output = ''
  let ports = { http: 0, grpc: 0, admin: 0 }

  /** As the image's user, where this process may become it. */
  const as = (): { uid?: number; gid?: number } => {
    const [uid, gid] = image.all('USER')[0].args[0].split(':').map(Number)
    return isRoot ? { uid, gid } : {}
  }
  const inImage = (arg: string): string => (arg.startsWith('/') ? join(image.root, arg) : arg)
  const health = async (): Promise<number | null> => {
    const [, ...command] = image.all('HEALTHCHECK')[0].args
    const args = command.map((arg) => arg.replace('8882', String(ports.admin)))
    const [code] = await once(spawn('node', args, { env: image.env, ...as() }), 'exit')
    return code as number | null
  }

  beforeAll(async () => {
    chmodSync(folder, 0o755)
    const base = baseImage(folder)
    const built = new Map<string, string>()
    for (const [index, stage] of stages.entries()) {
      const root = join(folder, `stage-${index}`)
      image = build(stage, root, base, built)
      if (stage.name !== undefined) built.set(stage.name, root)
    }
    ports = { http: await freePort(), grpc: await freePort(), admin: await freePort() }
  }, 600_000)
  afterAll(() => gateway?.kill('SIGKILL'))

  it('holds what it needs and no more: no compiler, no tests, no sources', () => {
    const app = join(image.root, image.workdir)
    expect(readdirSync(app).toSorted()).toEqual([
      'dist',
      'node_modules',
      'package-lock.json',
      'package.json',
      'rulesets',
      'schemas',
    ])
    const packages = readdirSync(join(app, 'node_modules'))
    for (const tool of ['typescript', 'vitest', 'oxlint']) expect(packages).not.toContain(tool)
    measured('image: what stands on the base image', `${(bytesBelow(image.root) / 1e6).toFixed(1)} MB`)
  })

  it('starts as its ENTRYPOINT and CMD say, and is healthy', async () => {
    const before = filesBelow(image.root)
    const [command, ...args] = [...image.all('ENTRYPOINT')[0].args, ...image.all('CMD')[0].args].map(inImage)
    expect(await health()).toBe(1)
    gateway = spawn(command, args, {
      cwd: join(image.root, image.workdir),
      env: {
        ...image.env,
        GATEWAY_HTTP_ENDPOINT: `127.0.0.1:${ports.http}`,
        GATEWAY_GRPC_ENDPOINT: `127.0.0.1:${ports.grpc}`,
        GATEWAY_ADMIN_ENDPOINT: `127.0.0.1:${ports.admin}`,
        GATEWAY_DATA_DIR: inImage('/data'),
      },
      ...as(),
    })
    for (const stream of [gateway.stdout, gateway.stderr]) stream!.on('data', (chunk) => (output += String(chunk)))
    await until('an answer of /health', async () => {
      if (gateway.exitCode !== null) throw new Error(`it ended with ${gateway.exitCode}:\n${output}`)
      return answers(`http://127.0.0.1:${ports.admin}/health`)
    })
    expect(await health()).toBe(0)

    const record = { body: { stringValue: 'call +55 11 91234-5678' } }
    const response = await fetch(`http://127.0.0.1:${ports.http}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
    })
    expect(response.status).toBe(200)
    await until('the record in /data', () => filesBelow(inImage('/data')).some((line) => line.includes('logs.jsonl')))
    const data = inImage('/data')
    expect(filesBelow(image.root).filter((line) => !line.startsWith(data))).toEqual(
      before.filter((line) => !line.startsWith(data)),
    )
  })

  it('ends with 0 when it is told to stop', async () => {
    gateway.kill('SIGTERM')
    const [code] = await once(gateway, 'exit')
    expect(code, output).toBe(0)
    expect(await health()).toBe(1)
    ran(`image: built from the Dockerfile's commands, started${isRoot ? ' as user 10001' : ''}, stopped`)
  })
})
