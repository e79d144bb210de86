// The thread that judges one ruleset and ends: requests are answered meanwhile.
import { parentPort, workerData } from 'node:worker_threads'
import type { Program } from '../ruleset/program.ts'
import { judge, type RulesetSource } from './judge.ts'

const { source, inForce } = workerData as { source: RulesetSource; inForce: Program }
parentPort?.postMessage(judge(source, inForce), [])
