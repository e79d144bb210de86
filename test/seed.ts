// Properties are tried on the same cases in every run, so that a run says something about the change at hand.
// `LAW_SEED=random npx vitest run` looks for new ones (also `LAW_RUNS`, see test/laws/runs.ts); `LAW_SEED=…` takes up
// the seed that a failure printed.
import { configureGlobal, readConfigureGlobal } from 'fast-check'

const { LAW_RUNS: asked, LAW_SEED: seed = asked === undefined ? '20260101' : 'random' } = process.env
if (seed !== 'random') configureGlobal({ ...readConfigureGlobal(), seed: Number(seed) })
