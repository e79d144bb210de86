// The published Python SDK, unmodified, where there is a Python for it.
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '../processes.ts'

const cache = resolve(import.meta.dirname, '../../../../.cache')
export const pythonSdkVersion = '0.1.4'

/** The Pythons that pyenv has beside the active one. */
function managedPythons(): string[] {
  try {
    const output = (...args: string[]): string =>
      execFileSync('pyenv', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const root = output('root').trim()
    return output('versions', '--bare')
      .split('\n')
      .filter((version) => version !== '')
      .map((version) => join(root, 'versions', version.trim(), 'bin/python'))
  } catch {
    return []
  }
}

/** A Python with the SDK in it, made once; or why there is none. */
export function findPython(): { path: string } | { missing: string } {
  const venv = join(cache, `python-sdk-${pythonSdkVersion}`)
  const path = join(venv, 'bin/python')
  if (existsSync(join(venv, 'ready'))) return { path }
  const python = ['python3.14', 'python3.13', 'python3.12', 'python3', ...managedPythons()].find((command) => {
    try {
      execFileSync(command, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 12))'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
  if (python === undefined) return { missing: 'no Python 3.12 or newer' }
  try {
    mkdirSync(cache, { recursive: true })
    execFileSync(python, ['-m', 'venv', '--clear', venv], { stdio: 'ignore', timeout: 60_000 })
    execFileSync(path, ['-m', 'pip', 'install', '--quiet', `automagik-telemetry==${pythonSdkVersion}`], {
      stdio: 'ignore',
      timeout: 120_000,
    })
    execFileSync(path, ['-c', `open(${JSON.stringify(join(venv, 'ready'))}, 'w').close()`])
    return { path }
  } catch {
    return { missing: `automagik-telemetry ${pythonSdkVersion} could not be installed from PyPI` }
  }
}

/** Runs `body` with `telemetry` of a project; returns once everything that it tracked was sent, or given up. */
export async function runPythonSdk(path: string, http: number, projectName: string, body: string): Promise<void> {
  const program = `
from automagik_telemetry import AutomagikTelemetry, TelemetryConfig, StandardEvents, MetricType
telemetry = AutomagikTelemetry(config=TelemetryConfig(project_name=${JSON.stringify(projectName)}, version="1.0.0"))
${body}
telemetry.flush()
`
  await promisify(execFile)(path, ['-c', program], {
    env: {
      ...process.env,
      CI: '',
      ENVIRONMENT: 'production',
      HOME: temporaryFolder('sdk-home'),
      AUTOMAGIK_TELEMETRY_ENABLED: 'true',
      AUTOMAGIK_TELEMETRY_ENDPOINT: `http://127.0.0.1:${http}`,
    },
    timeout: 60_000,
  })
}
