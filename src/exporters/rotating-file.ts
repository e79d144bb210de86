// A file of lines that is rotated by size. A line is in one file or in none: a write that fails half way is taken back,
// and a last line that a crash tore is cut off before anything is appended to it.
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface RotatingFileOptions {
  /** Ends in `.jsonl`; backups are `….1.jsonl` (the youngest), `….2.jsonl` and so on. */
  readonly path: string
  /** A file that holds something is rotated before it grows beyond. */
  readonly maxBytes: number
  readonly maxBackups: number
}

const newline = 0x0a
const ownerOnly = 0o600
const tailBlockBytes = 64 * 1024

/** One append at a time. Errors are those of the file system; the call can be repeated then. */
export class RotatingFile {
  readonly #options: RotatingFileOptions
  #handle: FileHandle | undefined
  /** Bytes of whole lines in the open file; what is beyond is the rest of a write that failed. */
  #size = 0
  /** The append under way: a file that it opened after a close would stay open. */
  #underWay: Promise<void> = Promise.resolve()

  constructor(options: RotatingFileOptions) {
    this.#options = options
  }

  /** Appends a line; it must end in its only newline. */
  append(line: Uint8Array): Promise<void> {
    const appended = this.#append(line)
    this.#underWay = appended.catch(() => {})
    return appended
  }

  /** Closes the file once the append under way is done. */
  async close(): Promise<void> {
    await this.#underWay
    await this.#release()
  }

  async #append(line: Uint8Array): Promise<void> {
    let handle = await this.#open()
    if (this.#size > 0 && this.#size + line.length > this.#options.maxBytes) {
      await this.#rotate()
      handle = await this.#open()
    }
    try {
      await handle.appendFile(line)
      this.#size += line.length
    } catch (error) {
      // When this fails too, opening the file again does the same by looking for the last newline.
      await handle.truncate(this.#size).catch(() => {})
      await this.#release().catch(() => {})
      throw error
    }
  }

  async #release(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  async #open(): Promise<FileHandle> {
    const { path } = this.#options
    if (this.#handle) {
      if (await isSameFile(this.#handle, path)) return this.#handle
      // Somebody moved or deleted the file: what is written from now on belongs into a new one.
      await this.#release()
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const handle = await open(path, 'a+', ownerOnly)
    try {
      const found = await handle.stat()
      if (!found.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' })
      await handle.chmod(ownerOnly)
      this.#size = await endOfLastLine(handle, found.size)
      if (this.#size < found.size) await handle.truncate(this.#size)
    } catch (error) {
      await handle.close()
      throw error
    }
    this.#handle = handle
    return handle
  }

  async #rotate(): Promise<void> {
    const { path, maxBackups } = this.#options
    const backup = (index: number): string => (index === 0 ? path : path.replace(/(\.\w+)$/, `.${index}$1`))
    await this.#release()
    if (maxBackups === 0) await rm(path, { force: true })
    for (let index = maxBackups - 1; index >= 0; index -= 1) {
      await rename(backup(index), backup(index + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
    }
  }
}

async function isSameFile(handle: FileHandle, path: string): Promise<boolean> {
  const [opened, named] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)])
  return named !== undefined && named.ino === opened.ino && named.dev === opened.dev
}

/** Where the last newline of a file ends. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(Math.min(size, tailBlockBytes))
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length)
    const { bytesRead } = await handle.read(block, 0, end - start, start)
    const index = block.subarray(0, bytesRead).lastIndexOf(newline)
    if (index >= 0) return start + index + 1
    end = start
  }
  return 0
}
