// `automagik-gateway doctor`: looks at what a configuration needs to work, before it runs or while it does: the backends,
// their settings, the disk, the ports. Says of each thing whether it is so, and what to change.
import { signals } from '../otlp/fields.ts'
import { exitCode, print } from './command.ts'
import type { CommandContext, ExitCode } from './command.ts'
import { examineBackend } from './doctor/backend.ts'
import { type Finding, notesOn } from './doctor/finding.ts'
import { examineHost } from './doctor/host.ts'
import { countsOf, reportJson, reportText } from './doctor/report.ts'
import { configurationOf } from './load.ts'

export interface DoctorOptions {
  readonly config?: string
  readonly format: 'text' | 'json'
  /** False: no record is sent, only a request with nothing in it. */
  readonly probe: boolean
}

/** 78 for a configuration that does not load, 1 where there is something to mend. */
export async function doctor(context: CommandContext, options: DoctorOptions): Promise<ExitCode> {
  const config = configurationOf(context, options.config)
  const findings: Finding[] = []
  await examineHost(config, notesOn('gateway', findings))
  // One after the other: what one backend is slow at is not another's fault.
  for (const exporter of config.exporters) {
    if (exporter.type !== 'otlp_http' && exporter.type !== 'otlp_grpc') continue
    const own = signals.filter((signal) => config.pipelines[signal]?.includes(exporter.name))
    const examination = { signals: own, sendsProbe: options.probe, env: context.env, nowMs: Date.now() }
    await examineBackend(exporter, examination, notesOn(exporter.name, findings))
  }
  const { stdout, env } = context
  const color = stdout.isTTY === true && !env['NO_COLOR']
  print(stdout, options.format === 'json' ? reportJson(findings) : reportText(findings, color))
  return countsOf(findings).fail > 0 ? exitCode.failed : exitCode.ok
}
