// The cells of a closure put together for people: one group for each thing that becomes of values and each reason why,
// with the names, places, services and events that it is about.
import type { Reason } from './closure-because.ts'
import { grades } from './closure-grade.ts'
import type { Disposition } from './closure-judge.ts'
import type { ClosureCell } from './closure.ts'

/** All cells that one thing becomes of for one reason. */
export interface ClosureGroup {
  readonly disposition: Disposition
  readonly because: readonly Reason[]
  /** How many cells it stands for. */
  readonly cells: number
  readonly parts: readonly ClosurePart[]
}

/** Every name in every place, of every service and event listed. */
export interface ClosurePart {
  readonly names: readonly string[]
  readonly places: readonly string[]
  /** Empty: whatever the service. */
  readonly services: readonly string[]
  /** Empty: whatever the event. */
  readonly events: readonly string[]
}

/** Where a cell is. */
export type CellSpot = Pick<ClosureCell, 'place' | 'name' | 'service' | 'event' | 'isDialect'>

/** Groups by grade, the surest first, then in the order of the cells. */
export function groupCells(cells: readonly ClosureCell[]): ClosureGroup[] {
  const found = new Map<string, { because: readonly Reason[]; cells: ClosureCell[] }>()
  for (const cell of cells) {
    const because = cell.because()
    const { class: className, grade, closed } = cell.disposition
    const key = JSON.stringify([className, grade, closed?.closed, because.map(({ is, name }) => [is, name])])
    const group = found.get(key) ?? { because, cells: [] }
    group.cells.push(cell)
    found.set(key, group)
  }
  return [...found.values()]
    .map((group) => ({
      disposition: group.cells[0].disposition,
      because: group.because,
      cells: group.cells.length,
      parts: partsOf(group.cells),
    }))
    .toSorted((a, b) => grades.indexOf(a.disposition.grade) - grades.indexOf(b.disposition.grade))
}

/** What a cell is about, without its place. */
function nameText({ name, isDialect }: Pick<ClosureCell, 'name' | 'isDialect'>): string {
  const sender = isDialect === undefined ? '' : isDialect ? ' (from an SDK)' : ' (not from an SDK)'
  if (name === undefined) return ''
  if (name.is === 'other') return `any other name${sender}`
  return (name.is === 'spelling' ? `${name.text} in other spellings` : name.text) + sender
}

function serviceText({ service }: Pick<ClosureCell, 'service'>): string | undefined {
  if (service === undefined) return undefined
  if (service.is === 'named') return service.text
  return service.is === 'other' ? 'any other service' : 'no service.name'
}

interface Spot {
  readonly name: string
  readonly service: string
  readonly event: string
  readonly places: Set<string>
}

/** Puts together places of one name, service and event, then what has the same places: names, then events. */
export function partsOf(cells: readonly CellSpot[]): ClosurePart[] {
  const spots = new Map<string, Spot>()
  for (const cell of cells) {
    const [name, service, event] = [nameText(cell), serviceText(cell) ?? '', cell.event ?? '']
    const key = JSON.stringify([name, service, event])
    const spot = spots.get(key) ?? { name, service, event, places: new Set<string>() }
    spot.places.add(cell.place)
    spots.set(key, spot)
  }
  const single = [...spots.values()].map(({ name, service, event, places }) => ({
    names: name === '' ? [] : [name],
    services: service === '' ? [] : [service],
    events: event === '' ? [] : [event],
    places: [...places],
  }))
  const axes = ['names', 'services', 'events'] as const
  return axes.reduce<ClosurePart[]>((parts, axis) => joinedBy(parts, axis), single)
}

/** Joins parts that differ in one list only. */
function joinedBy(parts: readonly ClosurePart[], axis: keyof ClosurePart): ClosurePart[] {
  const joined = new Map<string, ClosurePart>()
  for (const part of parts) {
    const key = JSON.stringify([part[axis].length === 0, { ...part, [axis]: [] }])
    const known = joined.get(key)
    joined.set(key, known === undefined ? part : { ...known, [axis]: [...known[axis], ...part[axis]] })
  }
  return [...joined.values()]
}
