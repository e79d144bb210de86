// The faults, each with what is done while the senders send, and what it demands. Everything before and after is the same
// for all: see rig.ts.
import type { Fault, Script } from '../../test/support/fault-proxy.ts'
import { partialSuccess } from '../../test/exporters/batches.ts'
import { clockJumps, damagedFile, fullDisk, fullQueue, reloads } from './own-faults.ts'
import { idsIn, numbered, numberOf, signalOf } from './records.ts'
import type { FaultCase } from './fault-case.ts'
import { timeoutMs, type Account } from './rig.ts'

/** A backend that does this until it has done so to a few requests of each signal. */
function backend(
  name: string,
  what: string,
  fault: Fault | Script,
  wants?: FaultCase['wants'],
  requests = 3,
): FaultCase {
  return {
    name,
    what: `backend ${what}`,
    async run(rig) {
      await rig.load()
      await rig.meets(fault, requests)
      await rig.load()
    },
    ...(wants && { wants }),
  }
}

/** Every so many records there is one that the backend cannot take. */
const oneOf = 200
const isGuilty = (id: string): boolean => numberOf(id) % oneOf === 0

/** @param answer to requests with a guilty record */
const guilty =
  (answer: Fault): Script =>
  ({ path, body }) => {
    const signal = signalOf(path)
    if (signal === 'metrics') return { is: 'pass' }
    return idsIn(signal, body).some(isGuilty) ? answer : { is: 'pass' }
  }

const deadLetters: FaultCase['wants'] = ({ dead }) => (dead > 0 ? undefined : 'there are no dead letters')
const noDeadLetters: FaultCase['wants'] = ({ dead }) => (dead === 0 ? undefined : `there are ${dead} dead letters`)

const slowMs = 6 * timeoutMs

export const faultCases: readonly FaultCase[] = [
  {
    name: 'kill-gateway',
    what: 'gateway killed (`kill -9`)',
    async run(rig, kills) {
      for (let kill = 0; kill < kills; kill++) {
        await rig.load()
        await rig.kill()
      }
      await rig.load()
    },
    wants: noDeadLetters,
  },
  {
    name: 'kill-gateway-backend-away',
    what: 'gateway killed while the backend is away',
    async run(rig) {
      await rig.load()
      await rig.backendAway()
      await rig.load()
      await rig.kill()
      await rig.load()
      await rig.kill()
      await rig.proxy.accept()
      await rig.load()
    },
    wants: noDeadLetters,
  },
  {
    name: 'restart-gateway',
    what: 'gateway restarted (SIGTERM), 3 times',
    async run(rig) {
      for (let restart = 0; restart < 3; restart++) {
        await rig.load()
        await rig.gateway.restart()
      }
      await rig.load()
    },
    wants: ({ twice }) => (twice === 0 ? undefined : `${twice} came twice`),
  },
  {
    name: 'kill-backend',
    what: 'backend killed and back, 3 times',
    async run(rig) {
      for (let kill = 0; kill < 3; kill++) {
        await rig.load()
        await rig.backendAway()
        await rig.load()
        await rig.proxy.accept()
      }
      await rig.load()
    },
    wants: noDeadLetters,
  },
  backend('429', 'answers 429', { is: 'answer', status: 429 }, noDeadLetters),
  backend(
    '429-retry-after',
    'answers 429, `Retry-After: 1`',
    { is: 'answer', status: 429, headers: { 'retry-after': '1' } },
    noDeadLetters,
  ),
  backend('503', 'answers 503', { is: 'answer', status: 503 }, noDeadLetters),
  // Longer than the search for the guilty record takes.
  backend('500', 'answers 500 to everything', { is: 'answer', status: 500 }, deadLetters, 60),
  backend('400-one', 'answers 400 for one record in 200', guilty({ is: 'answer', status: 400 }), deadLetters),
  backend('500-one', 'answers 500 for one record in 200', guilty({ is: 'answer', status: 500 }), deadLetters),
  backend(
    '413',
    'answers 413 to more than 2 KiB',
    ({ body }) => (body.length > 2_048 ? { is: 'answer', status: 413 } : { is: 'pass' }),
    noDeadLetters,
  ),
  backend(
    'partial-success',
    'says that it refused one record (partial success)',
    ({ path }) => ({ is: 'answer-after', status: 200, body: partialSuccess(signalOf(path), 1) }),
    ({ counted }) => ((counted['partial-success'] ?? 0) > 0 ? undefined : 'what the backend refused is not counted'),
  ),
  backend('garbage', 'answers 200 with garbage', { is: 'answer-after', status: 200, body: '<html>\u0000\u00ff' }),
  backend('never', 'takes it and never answers', { is: 'never-after' }, noDeadLetters),
  backend('reset', 'takes it and resets the connection', { is: 'reset-after' }, noDeadLetters),
  backend('mid-answer', 'closes in the middle of its answer', { is: 'close-mid-answer' }),
  backend('slow', `is slow by ${slowMs / 1_000} s, the timeout is ${timeoutMs / 1_000} s`, { is: 'slow', ms: slowMs }),
  backend('401', 'answers 401 until its token is mended', { is: 'answer', status: 401 }, noDeadLetters),
  backend('404', 'answers 404 until its address is mended', { is: 'answer', status: 404 }, noDeadLetters),
  fullDisk,
  damagedFile,
  clockJumps,
  ...fullQueue,
  reloads,
]

/** Holds an account against what every fault demands, and against what this one does. */
export function judge(fault: FaultCase, account: Account): string[] {
  const { accepted, lost, twice, twiceAtMost, imbalances, leaks } = account
  const own = fault.wants?.(account)
  return [
    ...(lost > 0 ? [`${lost} accepted records are lost`] : []),
    ...(twice > twiceAtMost ? [`${twice} records came twice, of at most ${twiceAtMost}`] : []),
    ...imbalances,
    ...(leaks > 0 ? [`${leaks} personal values came out`] : []),
    ...(numbered.every((signal) => accepted[signal] > 0) && accepted.metrics > 0
      ? []
      : ['a signal was not accepted at all']),
    ...(own === undefined ? [] : [own]),
  ]
}
