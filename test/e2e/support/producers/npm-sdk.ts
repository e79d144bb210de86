// The published npm SDK, unmodified, in a program of its own.
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { temporaryFolder } from '../processes.ts'

const sdk = createRequire(import.meta.url).resolve('@automagik/telemetry')

/** Runs `body` with `telemetry` of a project; returns once everything that it tracked was sent, or given up. */
export async function runNpmSdk(http: number, projectName: string, body: string): Promise<void> {
  const program = `
const { AutomagikTelemetry, StandardEvents, MetricType, LogSeverity } = require(${JSON.stringify(sdk)})
const telemetry = new AutomagikTelemetry({ projectName: ${JSON.stringify(projectName)}, version: '1.2.3' })
${body}
telemetry.flush().then(() => process.exit(0))
`
  await promisify(execFile)(process.execPath, ['-e', program], {
    env: {
      PATH: process.env['PATH'],
      // Where the SDK keeps its user id.
      HOME: temporaryFolder('sdk-home'),
      AUTOMAGIK_TELEMETRY_ENABLED: 'true',
      AUTOMAGIK_TELEMETRY_ENDPOINT: `http://127.0.0.1:${http}`,
    },
    timeout: 60_000,
  })
}
