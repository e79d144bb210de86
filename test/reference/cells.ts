// Which class a cell has, by the definition alone: every rule is tried on every name, nothing is remembered.
import { type Action, rankOf } from '../../src/actions/action.ts'
import type { Exception, Program, Rule, Selector } from '../../src/ruleset/program.ts'

export interface Cell {
  readonly className: string
  readonly action: Action
}

export interface Service {
  /** `service.name`; undefined when the resource has none. */
  readonly name: string | undefined
}

type Hit = (selector: Selector) => boolean

/** Whether a lower-case name is of a glob whose stars stand for any text. */
function globMatches(glob: string, name: string): boolean {
  const pattern = glob
    .toLowerCase()
    .split('*')
    .map((literal) => literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  return new RegExp(`^${pattern.join('.*')}$`, 'su').test(name.toLowerCase())
}

const prefix = /^(?:event\.(?!name$|domain$)(?=.))+/s
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufe00-\ufe0f]/gu

/** A name as received, without `event.`, and in snake case without what the eye does not see. */
function spellings(name: string): string[] {
  const bare = name.replace(prefix, '')
  const seen = bare.normalize('NFKC').replace(unseen, '').trim()
  const words = seen.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').replace(/[\s-]/g, '_')
  return [name, bare, seen, words].flatMap((one) => [one, one.replace(/(?:\.\d+|\[\d*\])+$/, '')])
}

/** The rank; of one rank `path`, which leaves most of a text, is below those that leave none. */
function strictness({ action }: Cell): number {
  return rankOf[action.is] - (action.is === 'path' ? 0.5 : 0)
}

export class Cells {
  private readonly program: Program
  private readonly service: Service
  private readonly today: string

  constructor(program: Program, service: Service, today: string) {
    this.program = program
    this.service = service
    this.today = today
  }

  cell(name: string): Cell {
    const action = this.program.classes.get(name)
    if (!action) throw new Error(`no class ${name}`)
    return { className: name, action }
  }

  /** The strictest cell; of equal ones the first by the name of its class. */
  strictest(cells: readonly Cell[]): Cell {
    return cells.reduce((best, cell) => {
      const above = strictness(cell) - strictness(best)
      return above > 0 || (above === 0 && cell.className < best.className) ? cell : best
    })
  }

  private isMine(services: readonly string[] | undefined, whenUnnamed: boolean): boolean {
    const { name } = this.service
    if (services === undefined) return true
    if (name === undefined) return whenUnnamed
    const seen = name.normalize('NFKC').replace(unseen, '').trim().toLowerCase()
    const { services: groups } = this.program.conventions
    return [name, seen].some((one) => services.includes(one) || services.includes(groups.get(one) ?? one))
  }

  private matching(list: readonly (Rule | Exception)[], whenUnnamed: boolean, hit: Hit): Cell | undefined {
    const found = list.filter((one) => this.isMine(one.services, whenUnnamed) && one.selectors.some(hit))
    return found.length ? this.strictest(found.map((one) => this.cell(one.class))) : undefined
  }

  private rule(hit: Hit): Cell | undefined {
    return this.matching(this.program.rules, true, hit)
  }

  private settle(fallback: string, hit: Hit): Cell {
    const usual = this.cell(fallback)
    const rule = this.rule(hit)
    const valid = this.program.exceptions.filter(({ expires }) => expires === undefined || expires >= this.today)
    const exception = this.matching(valid, false, hit)
    const base = exception ?? usual
    if (!rule) return base
    if (!exception && usual.action.is === 'drop') return rule
    return strictness(rule) >= strictness(base) ? rule : base
  }

  private attributeHit(names: readonly string[], context: string): Hit {
    return (selector) =>
      selector.is === 'attribute' &&
      [...selector.contexts].some((one) => one === context) &&
      names.flatMap(spellings).some((name) => globMatches(selector.glob, name))
  }

  /** An attribute by any of its names. */
  attribute(names: readonly string[], context: string): Cell {
    return this.settle(this.program.defaults.attribute, this.attributeHit(names, context))
  }

  /** A key inside the log body: no default of its own, it has its parent's. */
  keyRule(names: readonly string[], context: string): Cell | undefined {
    return this.rule(this.attributeHit(names, context))
  }

  place(place: string): Cell {
    return this.settle(this.program.defaults.name, (selector) => selector.is === 'place' && selector.place === place)
  }

  private bodyHit(path: readonly string[]): Hit {
    return (selector) => {
      if (selector.is !== 'body' || selector.keys.length > path.length) return false
      if (!selector.deep && selector.keys.length !== path.length) return false
      return selector.keys.every((key, at) => key.toLowerCase() === path[at].toLowerCase())
    }
  }

  body(): Cell {
    return this.settle(this.program.defaults.body, this.bodyHit([]))
  }

  bodyPath(path: readonly string[]): Cell | undefined {
    return this.rule(this.bodyHit(path))
  }
}
