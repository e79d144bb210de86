// Has a ruleset judged in a thread of its own. A thread that fails, or takes too long, is a ruleset that is refused.
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Program } from '../ruleset/program.ts'
import type { RulesetSource } from './judge.ts'
import type { Verdict } from './verdict.ts'

const maxMs = 60_000

/** The sources run as TypeScript, the package as JavaScript. */
const entry = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)

/**
 * @param signal ends the thread
 * @throws Error that says why there is no verdict; it quotes nothing of the files
 */
export async function judgeInThread(source: RulesetSource, inForce: Program, signal: AbortSignal): Promise<Verdict> {
  const worker = new Worker(entry, { workerData: { source, inForce } })
  const ends = AbortSignal.any([signal, AbortSignal.timeout(maxMs)])
  try {
    return await new Promise<Verdict>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', (error) => reject(new Error(`the thread failed: ${nameOf(error)}`)))
      worker.once('exit', () => reject(new Error('the thread ended without a verdict')))
      ends.addEventListener('abort', () => reject(new Error(signal.aborted ? 'the gateway stops' : 'it took too long')))
      if (ends.aborted) reject(new Error('the gateway stops'))
    })
  } finally {
    await worker.terminate()
  }
}

function nameOf(error: unknown): string {
  const { name, code } = error as NodeJS.ErrnoException
  return code ?? name
}
