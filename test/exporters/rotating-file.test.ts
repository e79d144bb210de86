import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RotatingFile } from '../../src/exporters/rotating-file.ts'
import { temporaryFolder } from './folder.ts'

const line = (text: string): Buffer => Buffer.from(`${text}\n`)

/** The lines of the backups and the file, oldest first, by file. */
function linesIn(folder: string): string[][] {
  const age = (name: string): number => Number(/\.(\d+)\.jsonl$/.exec(name)?.[1] ?? 0)
  return readdirSync(folder)
    .toSorted((a, b) => age(b) - age(a))
    .map((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
}

describe('a rotating file', () => {
  it.skipIf(!existsSync('/proc/self/fd'))(
    'leaves no file open when it is closed while an append is under way',
    async () => {
      const folder = temporaryFolder()
      const path = join(folder, 'traces.jsonl')
      const file = new RotatingFile({ path, maxBytes: 100, maxBackups: 1 })
      const appended = file.append(line('first'))
      await file.close()
      const open = readdirSync('/proc/self/fd').map((fd) => {
        try {
          return readlinkSync(join('/proc/self/fd', fd))
        } catch {
          return ''
        }
      })
      expect(open).not.toContain(path)
      await appended
      expect(linesIn(folder)).toEqual([['first']])
    },
  )

  it('keeps every line whole and in order, in files that stay below the size, and drops only the oldest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        async (sizes, maxBackups, reopens) => {
          const folder = temporaryFolder()
          const options = { path: join(folder, 'traces.jsonl'), maxBytes: 100, maxBackups }
          let file = new RotatingFile(options)
          const written = sizes.map((size, index) => String(index).padEnd(size, 'x'))
          for (const text of written) {
            await file.append(line(text))
            if (reopens) await file.close()
            if (reopens) file = new RotatingFile(options)
          }
          await file.close()
          const files = linesIn(folder)
          const kept = files.flat()
          expect(kept).toEqual(written.slice(written.length - kept.length))
          expect(files.length).toBeLessThanOrEqual(maxBackups + 1)
          // Fewer files than may be kept: nothing was dropped.
          if (files.length <= maxBackups) expect(kept).toEqual(written)
          for (const lines of files) {
            const bytes = lines.reduce((total, text) => total + text.length + 1, 0)
            expect(bytes <= 100 || lines.length === 1).toBe(true)
          }
          rmSync(folder, { recursive: true })
        },
      ),
      { numRuns: 40 },
    )
  })

  it('gives a line that is larger than the size a file of its own', async () => {
    const folder = temporaryFolder()
    const file = new RotatingFile({ path: join(folder, 'logs.jsonl'), maxBytes: 10, maxBackups: 5 })
    for (const text of ['a', 'b'.repeat(50), 'c']) await file.append(line(text))
    await file.close()
    expect(linesIn(folder)).toEqual([['a'], ['b'.repeat(50)], ['c']])
  })

  it('is readable by its owner only, also when it was there before', async () => {
    const folder = join(temporaryFolder(), 'new', 'folder')
    const path = join(folder, 'traces.jsonl')
    const file = new RotatingFile({ path, maxBytes: 100, maxBackups: 1 })
    await file.append(line('a'))
    await file.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    writeFileSync(join(folder, 'logs.jsonl'), '', { mode: 0o644 })
    const other = new RotatingFile({ path: join(folder, 'logs.jsonl'), maxBytes: 100, maxBackups: 1 })
    await other.append(line('b'))
    await other.close()
    expect(statSync(join(folder, 'logs.jsonl')).mode & 0o777).toBe(0o600)
  })

  it.each(['{"torn":', 'x'.repeat(200_000)])('cuts off the last line that a crash tore', async (torn) => {
    const path = join(temporaryFolder(), 'traces.jsonl')
    writeFileSync(path, `whole\n${torn}`)
    const file = new RotatingFile({ path, maxBytes: 1_000_000, maxBackups: 1 })
    await file.append(line('next'))
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('whole\nnext\n')
  })

  it('begins a new file when somebody moved or deleted the open one', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'traces.jsonl')
    const file = new RotatingFile({ path, maxBytes: 1_000, maxBackups: 1 })
    await file.append(line('a'))
    renameSync(path, join(folder, 'away'))
    await file.append(line('b'))
    expect(readFileSync(path, 'utf8')).toBe('b\n')
    rmSync(path)
    await file.append(line('c'))
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('c\n')
    expect(readFileSync(join(folder, 'away'), 'utf8')).toBe('a\n')
  })

  it('refuses what is no file', async () => {
    const folder = temporaryFolder()
    const file = new RotatingFile({ path: folder, maxBytes: 1_000, maxBackups: 1 })
    await expect(file.append(line('a'))).rejects.toMatchObject({ code: 'EISDIR' })
  })

  it.skipIf(process.platform === 'win32')('takes back a line that the disk had room for only in part', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'traces.jsonl')
    const script = join(folder, 'write.mjs')
    const source = join(import.meta.dirname, '../../src/exporters/rotating-file.ts')
    writeFileSync(
      script,
      `import { RotatingFile } from ${JSON.stringify(source)}
       const file = new RotatingFile({ path: ${JSON.stringify(path)}, maxBytes: 1e6, maxBackups: 1 })
       await file.append(Buffer.from('a'.repeat(300) + '\\n'))
       const codes = []
       for (let i = 0; i < 2; i += 1) await file.append(Buffer.from('b'.repeat(900) + '\\n')).catch((e) => codes.push(e.code))
       await file.append(Buffer.from('c\\n'))
       await file.close()
       console.log(codes.join())`,
    )
    // A limit of 1024 bytes on files stands for a full disk: the first part of a write succeeds, the rest does not.
    const run = `trap '' XFSZ; ulimit -f 1; exec "$0" "$1"`
    const output = execFileSync('bash', ['-c', run, process.execPath, script], { encoding: 'utf8' })
    expect(output.trim()).toBe('EFBIG,EFBIG')
    expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(300)}\nc\n`)
  })

  it('rotates a file that it found full', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'traces.jsonl')
    appendFileSync(path, `${'a'.repeat(99)}\n`)
    const file = new RotatingFile({ path, maxBytes: 100, maxBackups: 1 })
    await file.append(line('b'))
    await file.close()
    expect(existsSync(join(folder, 'traces.1.jsonl'))).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe('b\n')
  })
})
