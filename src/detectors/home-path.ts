// Home directories: /home/ana, /Users/ana, /root, C:\Users\Ana Silva, with escaped backslashes. The find is the prefix
// that names the person: `/home/ana` of `/home/ana/x`.
import { isAlnum, isLetter, isSpace, isUpper, isWord, matches } from './bytes.ts'
import { type Scan, byteAt, find, indexOf } from './scan.ts'

const detector = indexOf['home-path']
const maxName = 128

/** At the separator after `home` or `Users`, or at the t of `/root`. Returns where to go on. */
export function verifyHome(scan: Scan, at: number): number {
  const { bytes } = scan
  const last = bytes[at]
  if (isLetter(last)) return byteAt(scan, at - 1) === 0x7e ? verifyTilde(scan, at) : verifyRoot(scan, at)
  return last === 0x5c ? verifyWindows(scan, at) : verifySlashes(scan, at)
}

/** `~ana/x` of a shell, at the first letter of the name; quoted it is an import. */
function verifyTilde(scan: Scan, at: number): number {
  const before = byteAt(scan, at - 2)
  if (before !== 0 && !isSpace(before) && before !== 0x3d && before !== 0x3a) return at + 1
  const end = nameEnd(scan, at)
  if (byteAt(scan, end) !== 0x2f || end - at < 2) return at + 1
  find(scan, detector, at - 1, end)
  return end
}

function verifyRoot(scan: Scan, at: number): number {
  const start = at - 4
  const after = byteAt(scan, at + 1)
  const windows = scan.bytes[start] === 0x5c
  if (windows || isNameByte(after) || !isPathStart(scan, start)) return at + 1
  find(scan, detector, start, at + 1)
  return at + 1
}

const isNameByte = (b: number): boolean => isWord(b) || b === 0x5f || b === 0x2d || b === 0x2e

/** /home/…, /Users/…, c:/Users/… */
function verifySlashes(scan: Scan, at: number): number {
  const { bytes } = scan
  let slash = at - 1
  while (slash > scan.start && isLetter(bytes[slash])) slash--
  if (bytes[slash] !== 0x2f) return at + 1
  const home = at - slash === 5
  if (at - slash === 6 && (bytes[slash + 1] | 32) === 0x6d) return verifyMedia(scan, slash, at)
  const drive =
    byteAt(scan, slash - 1) === 0x3a && isLetter(byteAt(scan, slash - 2)) && !isAlnum(byteAt(scan, slash - 3))
  const exactCase = matches(bytes, slash, scan.end, '/home/') || matches(bytes, slash, scan.end, '/Users/')
  if (!exactCase && !drive) return at + 1
  const start = drive ? slash - 2 : pathStart(scan, slash)
  if (start < 0) return at + 1
  let from = at + 1
  while (byteAt(scan, from) === 0x2f) from++
  const end = drive ? spacedEnd(scan, from, 0x2f) : withSurname(scan, from, nameEnd(scan, from))
  if (end === from || (!home && !drive && isShared(bytes, from, end))) return at + 1
  find(scan, detector, start, end)
  return end
}

/** `/media/ana/USB`, `/run/media/ana`: where desktops mount what somebody plugs in. Under others it is uploads. */
function verifyMedia(scan: Scan, slash: number, at: number): number {
  const run = matches(scan.bytes, slash - 4, scan.end, '/run')
  const start = run ? slash - 4 : slash
  const end = nameEnd(scan, at + 1)
  if (!run || end === at + 1 || !isPathStart(scan, start)) return at + 1
  find(scan, detector, start, end)
  return end
}

/** Where the path that goes on with `/home/` at `slash` begins, if that is a home directory; -1 if not. */
function pathStart(scan: Scan, slash: number): number {
  if (isRequest(scan, slash)) return -1
  if (isPathStart(scan, slash)) return slash
  for (const mount of mounts) {
    const start = slash - mount.length
    if (matches(scan.bytes, start, scan.end, mount) && start >= scan.start && isPathStart(scan, start)) return start
  }
  // /cygdrive/c/Users
  const cygwin = slash - 11
  if (matches(scan.bytes, cygwin, scan.end, '/cygdrive/') && cygwin >= scan.start && isPathStart(scan, cygwin))
    return cygwin
  // /mnt/c/Users
  const drive = slash - 6
  if (matches(scan.bytes, drive, scan.end, '/mnt/') && drive >= scan.start && isPathStart(scan, drive)) return drive
  const short = slash - 2
  return byteAt(scan, short) === 0x2f && isLetter(byteAt(scan, short + 1)) && isPathStart(scan, short) ? short : -1
}

const methods = ['GET ', 'POST ', 'PUT ', 'PATCH ', 'DELETE ', 'HEAD ', 'OPTIONS ']
/** How long the path of a request line is looked at. */
const maxRequest = 512

/** `GET /home/dashboard HTTP/1.1`: the line of a request, whose path is not of files. `GET /home/ana` may be one. */
function isRequest(scan: Scan, slash: number): boolean {
  const isMethod = methods.some(
    (method) =>
      matches(scan.bytes, slash - method.length, scan.end, method) && !isAlnum(byteAt(scan, slash - method.length - 1)),
  )
  if (!isMethod) return false
  const limit = Math.min(scan.end, slash + maxRequest)
  let i = slash
  while (i < limit && !isSpace(scan.bytes[i])) i++
  return matches(scan.bytes, i, scan.end, ' HTTP/')
}

/** Where homes are found below another directory. */
const mounts = [
  '/var',
  '/usr',
  '/export',
  '/host',
  '/hostfs',
  '/rootfs',
  '/data',
  '/private',
  '/System/Volumes/Data',
  '/mnt',
  '/nfs',
  '/net',
  '/srv',
  '/workspace',
  '/System',
]

/** Nothing of a longer path or of a URL stands before. `file:///home/x` is a path. */
function isPathStart(scan: Scan, start: number): boolean {
  const before = byteAt(scan, start - 1)
  if (before === 0x2f) return matches(scan.bytes, start - 7, scan.end, 'file://') || byteAt(scan, start - 2) !== 0x3a
  if (before === 0x3a) return true
  if (isWord(before)) return isFlag(scan, start) || isUnspaced(scan, start) || isOfEditor(scan, start)
  return (
    before !== 0x2e &&
    before !== 0x5f &&
    before !== 0x2d &&
    before !== 0x7e &&
    before !== 0x5d &&
    before !== 0x7d &&
    before !== 0x24
  )
}

/** Behind a character of a script without spaces, or another of three bytes. */
const isUnspaced = (scan: Scan, start: number): boolean =>
  byteAt(scan, start - 1) >= 0x80 && byteAt(scan, start - 3) >= 0xe0 && byteAt(scan, start - 3) < 0xf0

/** `vscode://file/home/x` */
const isOfEditor = (scan: Scan, start: number): boolean => matches(scan.bytes, start - 7, scan.end, '://file')

/** `-I/home/x`, `-L/home/x` */
function isFlag(scan: Scan, start: number): boolean {
  return (
    byteAt(scan, start - 2) === 0x2d &&
    isLetter(byteAt(scan, start - 1)) &&
    (start - 2 === scan.start || isSpace(byteAt(scan, start - 3)))
  )
}

/** The name of one directory: no space, no quote, no colon. */
function nameEnd(scan: Scan, from: number): number {
  const limit = Math.min(scan.end, from + maxName)
  let i = from
  // A shell writes a space in a name as `\\ `.
  while (i < limit && (isPathByte(scan.bytes[i]) || isEscapedSpace(scan, i))) i += isPathByte(scan.bytes[i]) ? 1 : 2
  while (i > from && (scan.bytes[i - 1] === 0x2e || scan.bytes[i - 1] === 0x2c)) i--
  return i
}

const isEscapedSpace = (scan: Scan, i: number): boolean => scan.bytes[i] === 0x5c && byteAt(scan, i + 1) === 0x20

/**
 * `/Users/Ana Maria/x`: words of letters, when the path goes on behind them; capitalised ones, or one that is not, since
 * a text goes on in small letters too.
 */
function withSurname(scan: Scan, from: number, end: number): number {
  let i = end
  for (let words = 0; words < 3 && i > from && byteAt(scan, i) === 0x20; words++) {
    const word = i + 1
    const first = byteAt(scan, word)
    const isSmall = !isUpper(first) && first < 0x80
    if (isSmall && (words > 0 || !isLetter(first))) return end
    i = word
    while (i < word + 24 && isLetterOrHigh(byteAt(scan, i))) i++
    if (byteAt(scan, i) === 0x2f) return i
    if (isSmall) return end
  }
  return end
}

const isLetterOrHigh = (b: number): boolean => isLetter(b) || b >= 0x80

const isPathByte = (b: number): boolean =>
  isWord(b) ||
  b === 0x2e ||
  b === 0x2d ||
  b === 0x5f ||
  b === 0x40 ||
  b === 0x2b ||
  b === 0x25 ||
  b === 0x23 ||
  b === 0x7e ||
  b === 0x24

/** Directories of /Users that are nobody's. */
const isShared = (bytes: Uint8Array, from: number, end: number): boolean =>
  end - from === 6 && (matches(bytes, from, end, 'shared', true) || matches(bytes, from, end, 'public', true))

/** Profiles of Windows that are nobody's. */
const isNobody = (bytes: Uint8Array, from: number, end: number): boolean =>
  ['public', 'default', 'all users', 'default user'].some(
    (name) => end - from === name.length && matches(bytes, from, end, name, true),
  )

const folders = ['users', 'home', 'documents and settings']

/** C:\Users\Ana Silva\x, \\?\C:\Users\…, \\host\Users\…, with each backslash once, twice or more. */
function verifyWindows(scan: Scan, at: number): number {
  const { bytes } = scan
  let from = at + 1
  while (byteAt(scan, from) === 0x5c) from++
  let slash = at - 1
  while (slash > scan.start && (isLetter(bytes[slash]) || bytes[slash] === 0x20)) slash--
  if (bytes[slash] !== 0x5c && bytes[slash] !== 0x2f) return from
  // `Local Settings\Application Data` is below a home.
  if (!folders.some((name) => slash + 1 + name.length === at && matches(bytes, slash + 1, at, name, true))) return from
  while (slash > scan.start && bytes[slash - 1] === 0x5c) slash--
  const end = spacedEnd(scan, from, 0x5c)
  if (end === from || isNobody(bytes, from, end)) return from
  find(scan, detector, windowsStart(scan, slash), end)
  return end
}

/** The drive letter, and `\\?\` before it. */
function windowsStart(scan: Scan, slash: number): number {
  const drive =
    byteAt(scan, slash - 1) === 0x3a && isLetter(byteAt(scan, slash - 2)) && !isAlnum(byteAt(scan, slash - 3))
  if (!drive) return slash
  let start = slash - 2
  let i = start
  while (byteAt(scan, i - 1) === 0x5c) i--
  if (i < start && (byteAt(scan, i - 1) === 0x3f || byteAt(scan, i - 1) === 0x2e)) {
    i--
    while (byteAt(scan, i - 1) === 0x5c) i--
    start = i
  }
  return start
}

/** The end of a directory name that may hold spaces, when the path goes on or a quote ends it. */
function spacedEnd(scan: Scan, from: number, separator: number): number {
  const limit = Math.min(scan.end, from + maxName)
  let i = from
  let word = -1
  for (; i < limit; i++) {
    const b = scan.bytes[i]
    if (b === separator || b === 0x5c || b === 0x2f) return i
    // An apostrophe of a name: Ana O'Neil.
    if (b === 0x27 && isWord(byteAt(scan, i - 1)) && isLetter(byteAt(scan, i + 1))) continue
    if (b === 0x22 || b === 0x27 || b === 0x60) {
      // The quote must have been opened before the path, or it is an apostrophe of a text.
      return word < 0 || isQuoted(scan, from, b) ? i : trimmed(scan, from, word)
    }
    if (
      b < 0x20 ||
      b === 0x3a ||
      b === 0x2a ||
      b === 0x3c ||
      b === 0x3e ||
      b === 0x3f ||
      b === 0x7c ||
      b === 0x3b ||
      b === 0x2c ||
      b === 0x29
    )
      break
    if (b === 0x20 && word < 0) word = i
  }
  // A path that is the whole text ends with it.
  const whole = i === scan.end && pathStarts(scan, from)
  return trimmed(scan, from, word < 0 || whole ? i : word)
}

function trimmed(scan: Scan, from: number, end: number): number {
  let i = end
  while (i > from && (scan.bytes[i - 1] === 0x2e || scan.bytes[i - 1] === 0x2c)) i--
  return i
}

/** Whether the text begins with the path, which has its name at `from`. */
const pathStarts = (scan: Scan, from: number): boolean =>
  from - scan.start <= 16 && !scan.bytes.subarray(scan.start, from).includes(0x20)

/** Whether this quote stands shortly before the path. */
function isQuoted(scan: Scan, from: number, quote: number): boolean {
  for (let i = from - 1; i >= from - 32; i--) if (byteAt(scan, i) === quote) return true
  return false
}
