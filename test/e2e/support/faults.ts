// Whether a report of an end-to-end run counts: every peer that is at hand must have run.

/**
 * What is wrong with a report.
 * @param report lines `ran      PEER …` and `skipped  PEER: …`
 * @param atHand the peers that are on this machine
 */
export function faultsOf(report: string, atHand: readonly string[]): string[] {
  const lines = report.split('\n').map((line) => /^(ran|skipped) +([\w-]+)/.exec(line))
  const peers = (verdict: string): Set<string> =>
    new Set(lines.flatMap((line) => (line !== null && line[1] === verdict ? [line[2]] : [])))
  const [ran, skipped] = [peers('ran'), peers('skipped')]
  return atHand.flatMap((name) => {
    if (skipped.has(name)) return [`${name} is at hand and was skipped`]
    return ran.has(name) ? [] : [`${name} is at hand, and no test says that it ran`]
  })
}
