// The structure of the project: who may import whom, how long a file may get, what a committed file may not say.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mayImport } from '../oxlint.config.ts'

const root = resolve(import.meta.dirname, '..')
const maxLines = 400

interface Source {
  /** From the project's folder, with slashes. */
  readonly path: string
  readonly text: string
}

/** What git ignores, or what others made. */
const left = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage', '.cache', 'package-lock.json'])

function filesBelow(folder: string): Source[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name).split(sep).join('/')
    if (left.has(entry.name) || entry.name.endsWith('.log')) return []
    if (entry.isDirectory()) return filesBelow(path)
    return entry.isFile() ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : []
  })
}

const files = filesBelow('.')
const code = files.filter(({ path }) => extname(path) === '.ts')
const source = code.filter(({ path }) => path.startsWith('src/'))

/** The folder of src/ in which a file lies; undefined for the files of src/ itself. */
const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1]

/** What a file imports: statements, types, re-exports and calls of import(). */
function importsOf(text: string): string[] {
  const statement = /^(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
  const call = /\bimport\(\s*['"`]([^'"`]+)['"`]/g
  return [...text.matchAll(statement), ...text.matchAll(call)].map(([, specifier]) => specifier)
}

/** The files of src/ that a file imports, from the project's folder. */
function targetsOf({ path, text }: Source): string[] {
  return importsOf(text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) =>
      relative(root, resolve(root, dirname(path), specifier))
        .split(sep)
        .join('/'),
    )
}

describe('the reader of imports', () => {
  it('sees every way to import', () => {
    const text = [
      "import a from './a.ts'",
      "import {\n  b,\n  type B,\n} from './b.ts'",
      "import type { C } from './c.ts'",
      "import './d.ts'",
      "export { e } from './e.ts'",
      "export * from './f.ts'",
      "const g = await import('./g.ts')",
      "type H = import('./h.ts').H",
    ].join('\n')
    expect(importsOf(text).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `./${name}.ts`))
  })

  it('finds a file behind every import of src', () => {
    const known = new Set(source.map(({ path }) => path))
    const targets = source.flatMap(targetsOf)
    expect(targets.length).toBeGreaterThan(source.length)
    expect(targets.filter((target) => !known.has(target))).toEqual([])
  })
})

describe('the import table', () => {
  it('has a row for every folder of src, and no other', () => {
    const folders = new Set(source.map(({ path }) => folderOf(path)).filter((folder) => folder !== undefined))
    expect(Object.keys(mayImport).toSorted()).toEqual([...folders].toSorted())
    for (const allowed of Object.values(mayImport)) for (const folder of allowed) expect(folders).toContain(folder)
  })

  it('is obeyed', () => {
    const wrong = source.flatMap((file) => {
      const from = folderOf(file.path)
      if (from === undefined) return []
      return targetsOf(file)
        .map((target) => ({ target, to: folderOf(target) }))
        .filter(({ to }) => to !== undefined && to !== from && !mayImport[from].includes(to))
        .map(({ target }) => `${file.path} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })

  it('has receivers, processors and exporters know nothing of one another', () => {
    const stages = ['receivers', 'processors', 'exporters']
    for (const stage of stages) expect(mayImport[stage].filter((other) => stages.includes(other))).toEqual([])
  })

  it('leaves the wiring to the commands, and the commands to main.ts', () => {
    const importersOf = (target: (path: string) => boolean): Set<string> =>
      new Set(source.filter((file) => targetsOf(file).some(target)).map(({ path }) => folderOf(path) ?? path))
    expect(importersOf((path) => path === 'src/gateway.ts')).toEqual(new Set(['commands']))
    expect(importersOf((path) => folderOf(path) === 'commands')).toEqual(new Set(['commands', 'src/main.ts']))
    expect(importersOf((path) => path === 'src/main.ts')).toEqual(new Set())
  })
})

describe('files', () => {
  it(`of code have at most ${maxLines} lines`, () => {
    const long = code.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    expect(long.filter(({ lines }) => lines > maxLines)).toEqual([])
  })

  it('of src begin with what they are for', () => {
    expect(source.filter(({ text }) => !/^(#!.*\n)?\/[/*]/.test(text)).map(({ path }) => path)).toEqual([])
  })

  // The brackets keep this file from finding itself.
  it.each([
    ['work left for later', /\bT[O]DO\b|\bF[I]XME\b/],
    ['a path of the machine it was written on', /\/(w[o]rk|t[m]p)\/|\.l[i]brary\b/],
  ])('say nothing of %s', (_, pattern) => {
    const found = files.filter(({ text }) => pattern.test(text))
    expect(found.map(({ path }) => path)).toEqual([])
  })
})
