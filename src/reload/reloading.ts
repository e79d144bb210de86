// The reloads of a running gateway: what asks for them, and where it is said what came of them.
import type { IncomingHttpHeaders } from 'node:http'
import type { Program } from '../ruleset/program.ts'
import { faultOf, type Log } from '../telemetry/log.ts'
import type { ReloadStatus } from '../telemetry/instrument.ts'
import type { OwnLog } from '../telemetry/own-log.ts'
import { answerOf, createGate, type Answer } from './endpoint.ts'
import { shownPath, type FileStates } from './files.ts'
import { judgeInThread } from './in-thread.ts'
import { openJournal } from './journal.ts'
import type { RulesetSource } from './judge.ts'
import { createReloader, type Reload, type ReloadTrigger } from './reloader.ts'
import { createTeller, statusOf } from './tell.ts'
import { watchFiles } from './watch.ts'

/** What a gateway needs to know to reload its ruleset. */
export interface ReloadSettings extends Omit<RulesetSource, 'hasQuarantine'> {
  /** What the program in force was loaded from. */
  readonly files: FileStates
  /** How often they are looked at; 1 s unless given. */
  readonly intervalMs?: number
}

export interface ReloadingOptions {
  readonly settings: ReloadSettings
  readonly admin: { readonly host: string; readonly bearerToken?: string | undefined }
  readonly hasQuarantine: boolean
  readonly inForce: () => Program
  /** Puts a program in force between two requests. */
  readonly replace: (program: Program) => void
  readonly log: Log
  readonly ownLog: OwnLog | undefined
}

export interface Reloading {
  /** @returns what came of it; undefined when the gateway stops meanwhile */
  reload(trigger: ReloadTrigger): Promise<Reload | undefined>
  /** Answers `POST /-/reload`. */
  answer(headers: IncomingHttpHeaders): Promise<Answer>
  status(): ReloadStatus
  /** Reloads no more. */
  close(): void
}

const defaultIntervalMs = 1_000

export function startReloading(options: ReloadingOptions): Reloading {
  const { settings, admin, hasQuarantine, inForce, replace, log, ownLog } = options
  const { files, intervalMs = defaultIntervalMs, ...rest } = settings
  const source = { ...rest, hasQuarantine }
  const stopped = new AbortController()
  const tell = createTeller(log, ownLog, openJournal(source.dataDir))
  const reloader = createReloader({
    file: shownPath(source.file),
    judge: (program) => judgeInThread(source, program, stopped.signal),
    inForce,
    replace: (program) => {
      if (!stopped.signal.aborted) replace(program)
    },
    follow: (states) => watch.follow(states),
    done(reload) {
      if (stopped.signal.aborted) return
      try {
        tell(reload)
      } catch (error) {
        log.error('what came of a reload could not be told', faultOf(error))
      }
    },
  })
  const reload = async (trigger: ReloadTrigger): Promise<Reload | undefined> => {
    if (stopped.signal.aborted) return undefined
    const done = await reloader.reload(trigger)
    return stopped.signal.aborted ? undefined : done
  }
  const watch = watchFiles(intervalMs, () => void reload('file'))
  watch.follow(files)
  const gate = createGate(admin.host, admin.bearerToken)
  return {
    reload,
    async answer(headers) {
      const refusal = gate(headers)
      if (refusal !== undefined) return refusal
      const done = await reload('request')
      return done === undefined ? { status: 503, body: { error: 'the gateway is stopping' } } : answerOf(done)
    },
    status: () => statusOf(reloader.figures()),
    close() {
      watch.stop()
      stopped.abort()
    },
  }
}
