// How files change: written, renamed over, swapped behind a symbolic link, gone and back.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { stateOf } from '../../src/reload/files.ts'
import { watchFiles } from '../../src/reload/watch.ts'
import { temporaryFolder } from '../commands/temporary-folder.ts'

const intervalMs = 1_000

function watched(...names: readonly string[]) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const folder = temporaryFolder()
  const paths = names.map((name) => join(folder, name))
  let told = 0
  const watch = watchFiles(intervalMs, () => (told += 1))
  onTestFinished(() => watch.stop())
  return {
    folder,
    follow: () => watch.follow(new Map(paths.map((path) => [path, stateOf(path)]))),
    stop: () => watch.stop(),
    /** How often a change was told of in so many looks. */
    looks(times: number): number {
      told = 0
      vi.advanceTimersByTime(times * intervalMs)
      return told
    },
  }
}

describe('a change is told of once', () => {
  it('when a file is written', () => {
    const { folder, follow, looks } = watched('a', 'b')
    for (const name of ['a', 'b']) writeFileSync(join(folder, name), 'one')
    follow()
    expect(looks(3)).toBe(0)
    writeFileSync(join(folder, 'b'), 'other')
    expect(looks(5)).toBe(1)
  })

  it('when an editor writes another file and renames it', () => {
    const { folder, follow, looks } = watched('a')
    writeFileSync(join(folder, 'a'), 'one')
    follow()
    writeFileSync(join(folder, 'a.new'), 'one')
    renameSync(join(folder, 'a.new'), join(folder, 'a'))
    expect(looks(5)).toBe(1)
  })

  it('when Kubernetes swaps the link under a mounted ConfigMap', () => {
    const { folder, follow, looks } = watched('a')
    for (const version of ['..1', '..2']) {
      mkdirSync(join(folder, version))
      writeFileSync(join(folder, version, 'a'), 'same')
    }
    symlinkSync('..1', join(folder, '..data'))
    symlinkSync('..data/a', join(folder, 'a'))
    follow()
    expect(looks(3)).toBe(0)
    symlinkSync('..2', join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    expect(looks(5)).toBe(1)
  })

  it('when a file goes, and again when it comes back', () => {
    const { folder, follow, looks } = watched('a')
    writeFileSync(join(folder, 'a'), 'one')
    follow()
    rmSync(join(folder, 'a'))
    expect(looks(5)).toBe(1)
    writeFileSync(join(folder, 'a'), 'one')
    expect(looks(5)).toBe(1)
  })
})

describe('nothing is told of', () => {
  it('while a file is being written, until it stands still', () => {
    const { folder, follow, looks } = watched('a')
    writeFileSync(join(folder, 'a'), '')
    follow()
    for (let times = 1; times < 5; times++) {
      writeFileSync(join(folder, 'a'), 'x'.repeat(times))
      expect(looks(1)).toBe(0)
    }
    expect(looks(1)).toBe(1)
  })

  it('that was read meanwhile', () => {
    const { folder, follow, looks } = watched('a')
    writeFileSync(join(folder, 'a'), 'one')
    follow()
    writeFileSync(join(folder, 'a'), 'other')
    follow()
    expect(looks(5)).toBe(0)
  })

  it('after the stop', () => {
    const { folder, follow, looks, stop } = watched('a')
    follow()
    stop()
    writeFileSync(join(folder, 'a'), 'one')
    expect(looks(5)).toBe(0)
  })
})

it('a change between the reading and the first look is seen', () => {
  const { folder, follow, looks } = watched('a')
  writeFileSync(join(folder, 'a'), 'one')
  follow()
  writeFileSync(join(folder, 'a'), 'two and more')
  expect(looks(2)).toBe(1)
})
