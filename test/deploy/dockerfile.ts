// The Dockerfile as stages and their instructions, read with the parser of dockerfile-ast.
import { DockerfileParser, ModifiableInstruction } from 'dockerfile-ast'
import { read } from './files.ts'

export interface DockerInstruction {
  readonly keyword: string
  /** Flags by name: `{ from: 'build', chown: '10001:10001' }`. */
  readonly flags: Readonly<Record<string, string>>
  /** What stands behind the keyword and the flags. */
  readonly text: string
  /** The elements of the JSON form; otherwise the words. */
  readonly args: readonly string[]
}

export interface Stage {
  readonly name: string | undefined
  readonly image: string
  readonly instructions: readonly DockerInstruction[]
}

export function readStages(text = read('Dockerfile')): Stage[] {
  const stages: { name: string | undefined; image: string; instructions: DockerInstruction[] }[] = []
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword()
    const text = (instruction.getArgumentsContent() ?? '').replaceAll(/\\\n\s*/g, '')
    if (keyword === 'FROM') {
      const [image, , name] = text.split(/\s+/)
      stages.push({ name, image, instructions: [] })
      continue
    }
    const flags =
      instruction instanceof ModifiableInstruction
        ? Object.fromEntries(instruction.getFlags().map((flag) => [flag.getName(), flag.getValue() ?? '']))
        : {}
    // HEALTHCHECK has its command behind the keyword CMD.
    const json = /^(?:CMD\s+)?(\[.*\])$/s.exec(text)?.[1]
    const args = json === undefined ? text.split(/\s+/) : (JSON.parse(json) as string[])
    stages.at(-1)!.instructions.push({ keyword, flags, text, args })
  }
  return stages
}

/** The paths that .dockerignore lets through to the builder. */
export const sentToBuilder: readonly string[] = read('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1))
