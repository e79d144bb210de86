/** How often a law is tried, as settings for `fc.assert`: `LAW_RUNS=2000 npx vitest run test/laws` tries more, and new cases. */
export function runs(count: number): { numRuns: number } {
  const { LAW_RUNS: asked } = process.env
  return { numRuns: asked === undefined ? count : Number(asked) }
}
