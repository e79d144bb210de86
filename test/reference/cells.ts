// Which class a cell has, by the definition alone: every rule is tried on every name, nothing is remembered.
import { type Action, rankOf } from '../../src/actions/action.ts'
import type { AttributeClass } from '../../src/events/event-classes.ts'
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
  let known = globs.get(glob)
  if (!known) {
    const pattern = glob
      .toLowerCase()
      .split('*')
      .map((literal) => literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    globs.set(glob, (known = new RegExp(`^${pattern.join('.*')}$`, 'su')))
  }
  return known.test(name.toLowerCase())
}

const globs = new Map<string, RegExp>()

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

  get serviceName(): string | undefined {
    return this.service.name
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

  private exception(hit: Hit): Cell | undefined {
    const valid = this.program.exceptions.filter(({ expires }) => expires === undefined || expires >= this.today)
    return this.matching(valid, false, hit)
  }

  private settle(fallback: string, rule: Cell | undefined, exception: Cell | undefined): Cell {
    const usual = this.cell(fallback)
    const base = exception ?? usual
    if (!rule) return base
    if (!exception && usual.action.is === 'drop') return rule
    return strictness(rule) >= strictness(base) ? rule : base
  }

  /** An exception that names the attribute is beaten only by a rule that names it too. */
  private settleNames(names: readonly string[], context: string, ofSchema: readonly Cell[]): Cell {
    const hit = this.attributeHit(names, context)
    const named: Hit = (selector) => selector.is === 'attribute' && !selector.glob.includes('*') && hit(selector)
    const { attribute } = this.program.defaults
    const exception = this.exception(named)
    if (exception) return this.settle(attribute, this.rule(named), exception)
    const rule = this.rule(hit)
    const all = rule ? [rule, ...ofSchema] : ofSchema
    return this.settle(attribute, all.length ? this.strictest(all) : undefined, this.exception(hit))
  }

  private attributeHit(names: readonly string[], context: string): Hit {
    return (selector) =>
      selector.is === 'attribute' &&
      [...selector.contexts].some((one) => one === context) &&
      names.flatMap(spellings).some((name) => globMatches(selector.glob, name))
  }

  /** An attribute by any of its names. */
  attribute(names: readonly string[], context: string): Cell {
    return this.settleNames(names, context, [])
  }

  /** What the event's schema says of an attribute: every entry that one of its names stands for, nearest last. */
  private inSchema(names: readonly string[], event: string | undefined): readonly AttributeClass[] {
    const schema = event === undefined ? undefined : this.program.events.get(event)
    const said = names.flatMap(spellings).map((name) => schema?.attributes.get(name.toLowerCase()))
    return said.filter((one) => one !== undefined)
  }

  /** An attribute of an event's own record: the schema's class is one more rule. */
  eventAttribute(
    names: readonly string[],
    context: string,
    event: string | undefined,
  ): Cell & { readonly closed: AttributeClass | undefined } {
    const said = context === 'span' || context === 'log' ? this.inSchema(names, event) : []
    const classes = said.flatMap((one) => one.class ?? []).map((name) => this.cell(name))
    const cell = this.settleNames(names, context, classes)
    const isLeft = cell.action.is === 'detect' || cell.action.is === 'truncate'
    const byName = (name: string): readonly AttributeClass[] => this.inSchema([name], event)
    const nearest = names.toReversed().flatMap((name) => byName(name).slice(0, 1))
    const type = said.length && nearest[0]?.closed ? nearest[0] : undefined
    return { ...cell, closed: isLeft ? type : undefined }
  }

  /** A key inside the log body: no default of its own, it has its parent's. */
  keyRule(names: readonly string[], context: string): Cell | undefined {
    return this.rule(this.attributeHit(names, context))
  }

  place(place: string): Cell {
    const hit: Hit = (selector) => selector.is === 'place' && selector.place === place
    return this.settle(this.program.defaults.name, this.rule(hit), this.exception(hit))
  }

  private bodyHit(path: readonly string[]): Hit {
    return (selector) => {
      if (selector.is !== 'body' || selector.keys.length > path.length) return false
      if (!selector.deep && selector.keys.length !== path.length) return false
      return selector.keys.every((key, at) => key.toLowerCase() === path[at].toLowerCase())
    }
  }

  body(): Cell {
    const hit = this.bodyHit([])
    return this.settle(this.program.defaults.body, this.rule(hit), this.exception(hit))
  }

  bodyPath(path: readonly string[]): Cell | undefined {
    return this.rule(this.bodyHit(path))
  }
}
