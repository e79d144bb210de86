// `automagik-gateway events validate FILE…`: recorded events against their schemas, for the CI of a project.
import { readFileSync } from 'node:fs'
import { githubLine } from '../check/report.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { loadProgram, throwAwayKey } from '../load.ts'
import { UnreadableFile } from '../preview/requests.ts'
import { createChecker, type EventFinding, type FileReport } from './findings.ts'
import { placedRequests } from './requests.ts'

export interface EventsValidateOptions {
  readonly ruleset: string
  readonly format: 'text' | 'json' | 'github'
  /** Unknown events and attributes are findings, and warnings count. */
  readonly strict?: boolean
}

/** @param files `-` is standard input */
export async function validate(
  context: CommandContext,
  files: readonly string[],
  { ruleset, format, strict = false }: EventsValidateOptions,
): Promise<ExitCode> {
  const { program } = loadProgram(context, { file: ruleset, key: throwAwayKey() })
  const check = createChecker(program, strict)
  const reports: FileReport[] = []
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file
    try {
      const bytes = file === '-' ? await all(context) : readFileSync(file)
      reports.push(check(name, placedRequests(bytes, Date.now())))
    } catch (error) {
      reports.push(unreadable(name, reasonOf(error)))
    }
  }
  print(context.stdout, reportText(reports, format, strict))
  const findings = reports.flatMap((report) => report.findings)
  if (findings.some(({ code }) => code === 'events/unreadable')) return exitCode.invalidConfiguration
  return findings.some(({ severity }) => severity === 'error') ? exitCode.failed : exitCode.ok
}

async function all({ stdin }: CommandContext): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function unreadable(file: string, reason: string): FileReport {
  const message = `cannot read the events: ${reason}`
  const finding: EventFinding = { code: 'events/unreadable', severity: 'error', message, file, record: 0 }
  return { file, events: 0, valid: 0, others: 0, unknownAttributes: 0, findings: [finding] }
}

function reasonOf(error: unknown): string {
  if (error instanceof UnreadableFile) return error.message
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  if (code === 'ENOENT') return 'there is no such file'
  return code === 'EISDIR' ? 'it is a folder: name the files in it' : code
}

function reportText(reports: readonly FileReport[], format: EventsValidateOptions['format'], strict: boolean): string {
  if (format === 'json') {
    const findings = reports.flatMap((report) => report.findings)
    const files = reports.map(({ findings: own, ...rest }) => ({ ...rest, findings: own.length }))
    return JSON.stringify({ files, findings }, undefined, 2)
  }
  const line = format === 'github' ? githubLine : textLine
  const findings = reports.flatMap((report) => report.findings.map((each) => line(each)))
  return [...findings, ...reports.map((report) => fileLine(report, strict))].join('\n')
}

function textLine({ severity, code, message, file, record, position }: EventFinding): string {
  const place = position === undefined ? file : `${file}:${position.line}`
  const which = record === 0 ? '' : `, record ${record}`
  return `${severity}[${code}] ${place}${which}: ${message}`
}

function fileLine({ file, events, valid, others, unknownAttributes }: FileReport, strict: boolean): string {
  const parts = [
    `${events} event${events === 1 ? '' : 's'}, ${valid} valid`,
    others === 0 ? '' : `${others} record${others === 1 ? '' : 's'} of another kind`,
    unknownAttributes === 0 || strict
      ? ''
      : `${unknownAttributes} attribute${unknownAttributes === 1 ? '' : 's'} that no schema describes (--strict names them)`,
  ]
  return `${file}: ${parts.filter((part) => part !== '').join('; ')}`
}
