// How often a law is tried. By itself always on the same cases, so that a run of the tests says something about the
// change at hand; `LAW_RUNS=2000 npx vitest run test/laws` looks for new ones.

/** Settings for `fc.assert`. */
export function runs(count: number): { numRuns: number; seed?: number } {
  const asked = process.env['LAW_RUNS']
  return asked === undefined ? { numRuns: count, seed: 20_260_101 } : { numRuns: Number(asked) }
}
