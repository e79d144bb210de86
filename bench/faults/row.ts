// A fault as a row of the table.
import type { FaultResult } from './results.ts'

export const head = [
  'what happens',
  'accepted',
  'lost',
  'twice',
  'at most',
  'dead letters',
  'otherwise accounted for',
] as const

const count = (n: number): string => n.toLocaleString('en-US')

export function rowOf({ what, kills, account }: FaultResult): string[] {
  const { accepted, lost, twice, twiceAtMost, dead, counted, dropped, inDamagedFile } = account
  const otherwise = [
    ...(dropped > 0 ? [`${count(dropped)} dropped`] : []),
    ...Object.entries(counted).map(([reason, records]) => `${count(records)} \`${reason}\``),
    ...(inDamagedFile > 0 ? [`${count(inDamagedFile)} in the file that is moved aside`] : []),
  ]
  return [
    kills > 1 ? `${what}, ${kills} times` : what,
    count(accepted.traces + accepted.logs + accepted.metrics),
    count(lost),
    count(twice),
    count(twiceAtMost),
    count(dead),
    otherwise.join(', '),
  ]
}
