// `npm run faults`: each fault in turn happens to a gateway of its own under load; what of the accepted records is where
// afterwards. Prints the table while it goes and ends with 1 when something is not as it must be.
// `--only NAME` (again for more), `--kills N`; `--write` keeps the figures for the documentation, with `--only` those rows.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { faultCases, judge } from './faults.ts'
import { measure } from './measure.ts'
import { type FaultResult, readResults, type Results, resultsFile } from './results.ts'
import { consumers } from './rig.ts'
import { head, rowOf } from './row.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    kills: { type: 'string', default: '50' },
    write: { type: 'boolean', default: false },
  },
})

const replaced = (all: readonly FaultResult[], by: readonly FaultResult[]): FaultResult[] =>
  all.map((row) => by.find(({ name }) => name === row.name) ?? row)

const chosen = faultCases.filter(({ name }) => options.only.length === 0 || options.only.includes(name))
if (chosen.length === 0)
  throw new Error(`no fault is called ${options.only.join(', ')}: ${faultCases.map(({ name }) => name).join(', ')}`)
const line = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)
line(head)
line(head.map(() => '---'))
const faults: FaultResult[] = []
for (const fault of chosen) {
  const result = await measure(fault, Number(options.kills)).catch((error: unknown) => (error as Error).message)
  if (typeof result === 'string') {
    line([fault.what, result])
    process.exitCode = 1
    continue
  }
  line(rowOf(result))
  const wrong = judge(fault, result.account)
  for (const words of wrong) console.error(`${fault.name}: ${words}`)
  if (wrong.length > 0) process.exitCode = 1
  faults.push(result)
}
if (options.write) {
  const all = cpus()
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    machine: `${all[0].model.replaceAll('(R)', '').trim()}, ${all.length} cores`,
    consumers,
    faults: options.only.length === 0 ? faults : replaced(readResults().faults, faults),
  }
  writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`)
}
