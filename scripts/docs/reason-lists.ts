// The lists of reasons and repairs as Markdown.
import type { RequestRefusal } from '../../src/receivers/receiver-observer.ts'
import { code, item } from './markdown.ts'
import {
  answerOf,
  droppedReasons,
  lostReasons,
  pointReasons,
  recordReasons,
  repairs,
  requestReasons,
} from './reasons.ts'

export function requestsRefusedList(): string {
  return Object.entries(requestReasons)
    .map(([reason, meaning]) => {
      const [http, grpc] = answerOf(reason as RequestRefusal)
      const answers = [...(http === '' ? [] : [`HTTP ${http}`]), ...(grpc === '' ? [] : [`gRPC ${grpc}`])]
      return item(`${code(reason)}${answers.length === 0 ? '' : ` (${answers.join(', ')})`}: ${meaning}`)
    })
    .join('\n')
}

export const recordsRefusedList = (): string => list(recordReasons)
export const lostList = (): string => list(lostReasons)
export const pointsList = (): string => list(pointReasons)
export const droppedList = (): string => list(droppedReasons)

export function repairsList(): string {
  return Object.entries(repairs)
    .map(([kind, { sent, becomes }]) => item(`${code(kind)}: ${sent} → ${becomes}`))
    .join('\n')
}

function list(reasons: Readonly<Record<string, string>>): string {
  return Object.entries(reasons)
    .map(([reason, meaning]) => item(`${code(reason)}: ${meaning}`))
    .join('\n')
}
