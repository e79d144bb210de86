// The fault table of docs/delivery.md, from the results of `npm run faults -- --write`.
import { readResults } from '../../bench/faults/results.ts'
import { head, rowOf } from '../../bench/faults/row.ts'
import { table, wrap } from './markdown.ts'

export function faultTable(): string {
  const { date, node, machine, consumers, faults } = readResults()
  const measured = `Measured on ${date}, Node ${node.slice(1)}, ${machine}; ${consumers} requests of a signal under way at most.`
  return [wrap(measured), '', table(head, faults.map(rowOf))].join('\n')
}
