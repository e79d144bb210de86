// What to do about the reasons of dead letters, as Markdown.
import { advices } from '../../src/commands/dead-letters/advice.ts'
import { item } from './markdown.ts'

export function deadLetterAdvice(): string {
  return advices.map(({ reasons, advice }) => item(`${reasons}: ${advice}`)).join('\n')
}
