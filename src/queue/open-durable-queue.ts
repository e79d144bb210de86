// Opens the queue on disk: starts the thread that owns the file, and waits for what it says of it.
import { Worker } from 'node:worker_threads'
import { QueueFileError, type DurableQueue, type DurableQueueOptions } from './durable-queue.ts'
import type { Answer } from './messages.ts'
import { QueueOnDisk } from './queue-on-disk.ts'

/** Opens the queue. A damaged file is moved aside, and the log says so. @throws QueueFileError */
export async function openDurableQueue(options: DurableQueueOptions): Promise<DurableQueue> {
  const { log, rules: _rules, ...workerData } = options
  // The sources run as they are; the package holds them compiled.
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./queue-worker.${suffix}`, import.meta.url), { workerData })
  const opened = await new Promise<Extract<Answer, { is: 'opened' | 'failed' }>>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (opened.is === 'failed') {
    await worker.terminate()
    throw new QueueFileError(opened.message)
  }
  for (const note of opened.notes) log.error(note)
  for (const { name, signal, records } of opened.removed)
    log.warn('an exporter is no longer configured: what waited for it is among the dead letters', {
      exporter: name,
      signal,
      records,
      reason: 'exporter-removed',
    })
  return new QueueOnDisk(worker, options, opened)
}
