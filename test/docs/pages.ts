// The Markdown pages of the project, as tests read them.
import { readdirSync, readFileSync } from 'node:fs'

export const root = new URL('../../', import.meta.url)

export interface Block {
  /** What stands behind the three backticks. */
  readonly info: string
  readonly text: string
  /** Of its first line. */
  readonly line: number
}

export interface Page {
  /** Path in the repository. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly blocks: readonly Block[]
  /** The text without its blocks of code. */
  readonly prose: string
}

export const pages: readonly Page[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map(readPage)

function readPage(path: string): Page {
  const text = readFileSync(new URL(path, root), 'utf8')
  const lines = text.split('\n')
  const blocks: Block[] = []
  const prose: string[] = []
  let open: { info: string; from: number } | undefined
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('```')) {
      if (open === undefined) open = { info: line.slice(3), from: index + 1 }
      else {
        blocks.push({ info: open.info, text: `${lines.slice(open.from, index).join('\n')}\n`, line: open.from + 1 })
        open = undefined
      }
    } else if (open === undefined) prose.push(line)
  }
  if (open !== undefined) throw new Error(`${path}:${open.from}: this block of code does not end`)
  return { path, text, lines, blocks, prose: prose.join('\n') }
}

/** What GitHub makes of a heading for links. */
export function anchorsOf({ prose }: Page): ReadonlySet<string> {
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}
