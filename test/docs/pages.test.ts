import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { docFiles } from '../../scripts/generate-docs.ts'
import { anchorsOf, pages, root } from './pages.ts'

describe('the pages', () => {
  it.each(pages)('$path: links lead to files and headings that are there', (page) => {
    const links = [...page.prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target)
    const broken = links.filter((target) => {
      if (/^https?:/.test(target)) return false
      const [path, anchor] = target.split('#', 2)
      const url = path === '' ? new URL(page.path, root) : new URL(path, new URL(page.path, root))
      if (!existsSync(url)) return true
      const other = pages.find((each) => new URL(each.path, root).href === url.href)
      return anchor !== undefined && (other === undefined || !anchorsOf(other).has(anchor))
    })
    expect(broken).toEqual([])
  })

  it.each(pages)('$path: lines outside of code and tables are at most 120 characters long', ({ prose }) => {
    expect(prose.split('\n').filter((line) => !line.startsWith('|') && [...line].length > 120)).toEqual([])
  })

  it.each(pages)('$path: files that it names are there', ({ prose }) => {
    const named = [...prose.matchAll(/`((?:src|test|docs|scripts|rulesets|schemas|bench|\.ci)\/[\w./-]*)`/g)]
    expect(named.map(([, path]) => path).filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })

  it('every page of docs is linked from another one', () => {
    const targets = new Set(
      pages.flatMap(({ path, prose }) =>
        [...prose.matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => new URL(target, new URL(path, root)).href),
      ),
    )
    const alone = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/'))
    expect(alone.filter((path) => !targets.has(new URL(path, root).href))).toEqual([])
  })
})

describe('the generated parts', async () => {
  const files = await docFiles()
  it.each(Object.entries(files))('%s is what the code says (npm run generate)', (path, text) => {
    expect(readFileSync(new URL(path, root), 'utf8')).toBe(text)
  })
})
