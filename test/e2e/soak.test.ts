// The short version of `npm run soak`: a minute under half of the full load, the backend away for half of it.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '../deploy/files.ts'
import { measured } from './support/report.ts'

it('a minute under load with the backend away for half of it loses nothing, and the file goes back to its floor', async () => {
  // It ends with 1, and this throws with what it printed, when something is not as it must be.
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bench/soak.ts'), '--minutes', '1'])
  const verdicts = stdout.split('\n').filter((line) => line.startsWith('as it must be: '))
  expect(verdicts).toHaveLength(3)
  for (const line of verdicts) measured('soak', line.replace('as it must be: ', ''))
}, 400_000)
