import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openJournal } from '../../src/reload/journal.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'

const linesOf = (folder: string): unknown[] =>
  readFileSync(join(folder, 'reloads.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

it('keeps a line for each reload, for its user only', () => {
  const folder = temporaryFolder()
  openJournal(folder).add({ n: 1 })
  openJournal(folder).add({ n: 2 })
  expect(linesOf(folder)).toEqual([{ n: 1 }, { n: 2 }])
  expect(statSync(join(folder, 'reloads.jsonl')).mode & 0o777).toBe(0o600)
})

it('is bounded: the older half goes, whole lines stay', () => {
  const folder = temporaryFolder()
  const journal = openJournal(folder)
  for (let n = 0; n < 300; n++) journal.add({ n, text: 'x'.repeat(4_000) })
  const file = join(folder, 'reloads.jsonl')
  expect(statSync(file).size).toBeLessThan(600_000)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(linesOf(folder).at(-1)).toMatchObject({ n: 299 })
})
