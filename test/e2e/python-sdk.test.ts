// The published Python SDK, unmodified: its events, metrics and logs arrive, clean.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  attributesOf,
  everything,
  logsIn,
  metricsIn,
  spansIn,
  startGateway,
  until,
  written,
  type GatewayUnderTest,
} from './support/gateway.ts'
import { ran, skipped } from './support/report.ts'

const cache = resolve(import.meta.dirname, '../../.cache')
const version = '0.1.4'

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
function findPython(): { path: string } | { missing: string } {
  const venv = join(cache, `python-sdk-${version}`)
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
    execFileSync(path, ['-m', 'pip', 'install', '--quiet', `automagik-telemetry==${version}`], {
      stdio: 'ignore',
      timeout: 120_000,
    })
    execFileSync(path, ['-c', `open(${JSON.stringify(join(venv, 'ready'))}, 'w').close()`])
    return { path }
  } catch {
    return { missing: `automagik-telemetry ${version} could not be installed from PyPI` }
  }
}

const python = findPython()
if ('missing' in python) skipped('automagik-telemetry (Python)', python.missing)

const program = `
import os
from automagik_telemetry import AutomagikTelemetry, TelemetryConfig, StandardEvents
telemetry = AutomagikTelemetry(config=TelemetryConfig(project_name="hive", version="1.0.0"))
telemetry.track_event(StandardEvents.FEATURE_USED, {"feature_name": "send_message", "feature_category": "messaging", "recipient": "5511912345678@s.whatsapp.net"})
telemetry.track_event(StandardEvents.API_REQUEST, {"endpoint": "/api/v1/traces/phone/5511912345678", "method": "GET", "status": 503, "duration_ms": 250})
telemetry.track_error(ValueError("no route to ana.silva@example.com"), {"error_code": "HIVE-1", "operation": "send"})
telemetry.track_log("User Ana (+55 11 91234-5678) came in from 203.0.113.9") if hasattr(telemetry, "track_log") else None
telemetry.track_metric("messages.sent", 1, attributes={"channel": "whatsapp"}) if "attributes" in telemetry.track_metric.__code__.co_varnames else telemetry.track_metric("messages.sent", 1)
telemetry.flush()
telemetry.disable() if False else None
`

describe.skipIf('missing' in python)('the published Python SDK', () => {
  let gateway: GatewayUnderTest
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway?.stop())

  it('delivers events, repaired and without personal data', async () => {
    execFileSync('path' in python ? python.path : '', ['-c', program], {
      env: {
        ...process.env,
        CI: '',
        ENVIRONMENT: 'production',
        AUTOMAGIK_TELEMETRY_ENABLED: 'true',
        AUTOMAGIK_TELEMETRY_ENDPOINT: `http://127.0.0.1:${gateway.http}`,
      },
      timeout: 60_000,
    })
    await until('three spans', () => spansIn(written(gateway, 'traces')).length >= 3)
    const spans = spansIn(written(gateway, 'traces'))
    expect(new Set(spans.map(({ name }) => name))).toEqual(
      new Set(['automagik.api.request', 'automagik.error', 'automagik.feature.used']),
    )
    const request = spans.find(({ name }) => name === 'automagik.api.request')
    expect(attributesOf(request)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': '503',
      'url.path': '/api/v1/traces/phone/{phone}',
      'http.route': '/api/v1/traces/phone/{phone}',
    })
    expect(request.status.code).toBe(2)
    expect(BigInt(request.endTimeUnixNano) - BigInt(request.startTimeUnixNano)).toBe(250_000_000n)
    expect(spans.every(({ traceId }) => traceId.length === 32)).toBe(true)
    await until('the metric', () => metricsIn(written(gateway, 'metrics')).length >= 1)
    await until('the log', () => logsIn(written(gateway, 'logs')).length >= 1)
    const kept = everything(gateway.folder) + gateway.output()
    const personal = [/5511912345678/, /91234-5678/, /ana\.silva/, /203\.0\.113\.9/]
    expect(personal.filter((value) => value.test(kept))).toEqual([])
    ran(`automagik-telemetry ${version} (Python)`)
  })
})
