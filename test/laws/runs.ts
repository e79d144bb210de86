// How often a law is tried. By itself always on the same cases, so that a run of the tests says something about the
// change at hand; `LAW_RUNS=2000 npx vitest run test/laws` looks for new ones, `LAW_SEED` for those of an earlier run.

/** Settings for `fc.assert`. */
export function runs(count: number): { numRuns: number; seed?: number } {
  const { LAW_RUNS: asked, LAW_SEED: seed } = process.env
  if (asked === undefined) return { numRuns: count, seed: 20_260_101 }
  return { numRuns: Number(asked), ...(seed === undefined ? {} : { seed: Number(seed) }) }
}
