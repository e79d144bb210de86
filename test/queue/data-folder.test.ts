import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimDataFolder, DataFolderError } from '../../src/queue/data-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the data folder', () => {
  it('belongs to one gateway at a time', () => {
    const first = claimDataFolder(folder)
    expect(() => claimDataFolder(folder)).toThrow(/another gateway is using the data folder .*--data-dir/)
    first.release()
    claimDataFolder(folder).release()
  })

  it('is made where it is missing, for its owner only', () => {
    const deep = join(folder, 'a', 'b')
    claimDataFolder(deep).release()
    expect(statSync(deep).mode & 0o777).toBe(0o700)
  })

  it('is free again after its gateway was killed', async () => {
    const module = new URL('../../src/queue/data-folder.ts', import.meta.url).href
    const script = `import { claimDataFolder } from '${module}'; claimDataFolder(process.argv[1]); console.log('claimed'); setInterval(() => {}, 1000)`
    const other = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(other.stdout, 'data')
    expect(() => claimDataFolder(folder)).toThrow(DataFolderError)
    other.kill('SIGKILL')
    await once(other, 'exit')
    claimDataFolder(folder).release()
  })

  it('says so when it cannot be a folder', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => claimDataFolder(file)).toThrow(DataFolderError)
  })
})
