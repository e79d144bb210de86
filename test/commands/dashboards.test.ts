import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli } from './cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

const committed = readFileSync(new URL('../../dashboards/automagik-overview.json', import.meta.url), 'utf8')

describe('dashboards', () => {
  it('writes the files into ./dashboards, and again the same', async () => {
    const cwd = temporaryFolder()
    for (let time = 0; time < 2; time++) {
      const { code, stdout } = await cli(['dashboards'], { cwd })
      expect(code).toBe(0)
      expect(stdout).toContain('wrote dashboards/automagik-overview.json')
      expect(stdout).toContain('translation_strategy: UnderscoreEscapingWithSuffixes')
      expect(readdirSync(join(cwd, 'dashboards'))).toEqual(['automagik-activity.json', 'automagik-overview.json'])
      expect(readFileSync(join(cwd, 'dashboards/automagik-overview.json'), 'utf8')).toBe(committed)
    }
  })

  it('writes them elsewhere', async () => {
    const cwd = temporaryFolder()
    expect((await cli(['dashboards', '--out', 'deep/er'], { cwd })).code).toBe(0)
    expect(readdirSync(join(cwd, 'deep/er'))).toEqual(['automagik-activity.json', 'automagik-overview.json'])
  })

  it('prints one, and nothing else', async () => {
    const cwd = temporaryFolder()
    expect(await cli(['dashboards', '--stdout', 'automagik-overview'], { cwd })).toEqual({
      code: 0,
      stdout: committed,
      stderr: '',
    })
    expect(readdirSync(cwd)).toEqual([])
  })

  it('lists their names', async () => {
    expect((await cli(['dashboards', '--list'])).stdout).toBe(
      'automagik-overview  Automagik / Overview\nautomagik-activity  Automagik / Activity\n',
    )
  })

  it('knows the names that there are', async () => {
    const { code, stdout, stderr } = await cli(['dashboards', '--stdout', 'overview'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('no dashboard is named overview')
    expect(stderr).toContain('automagik-overview')
  })

  it('says so when it cannot write', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'file'), '')
    const inFile = await cli(['dashboards', '--out', 'file'], { cwd })
    expect(inFile.code).toBe(1)
    expect(inFile.stderr).toContain('cannot write into file')
    mkdirSync(join(cwd, 'taken/automagik-overview.json'), { recursive: true })
    expect((await cli(['dashboards', '--out', 'taken'], { cwd })).stderr).toContain('cannot write into taken: EISDIR')
  })
})
