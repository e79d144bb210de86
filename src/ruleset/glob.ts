// Globs over attribute names: `*` stands for anything, dots too.

/** The literal pieces between the stars. */
export type Glob = readonly string[]

/** @param text a glob in lower case */
export function compileGlob(text: string): Glob {
  return text.split('*')
}

/** Whether a name in lower case is one of the glob's. Linear in the name for each piece. */
export function matchesGlob(glob: Glob, name: string): boolean {
  const first = glob[0]
  if (glob.length === 1) return name === first
  const last = glob[glob.length - 1]
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  const limit = name.length - last.length
  for (let i = 1; i < glob.length - 1; i++) {
    const found = name.indexOf(glob[i], at)
    if (found < 0 || found + glob[i].length > limit) return false
    at = found + glob[i].length
  }
  return true
}
