// The files that are deployed, as tests read them.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')

/** A YAML file's data, with YAML 1.1's merge keys as Compose and the Collector read them. */
export const readYaml = (path: string): any => parse(read(path), { merge: true })

/** The paths of the files below a folder of the repository that end in one of `endings`. */
export function filesIn(folder: string, ...endings: readonly string[]): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => `${folder}/${name}`)
    .toSorted()
}

export const compose = readYaml('docker-compose.yml')

/** Variables of Compose in a text: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. `$$` is a dollar sign. */
export function composeVariables(text: string): { name: string; fallback: string | undefined }[] {
  return [...text.replaceAll('$$', '').matchAll(/\$\{([A-Z][A-Z0-9_]*)(?::([-?])([^}]*))?\}/g)].map(
    ([, name, kind, value]) => ({ name, fallback: kind === '-' ? value : undefined }),
  )
}

/** The variables of .env.example and their values. */
export const envExample = new Map(
  read('.env.example')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
)
