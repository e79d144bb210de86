// The schemas of a program's events, as validation asks them, and what it says of an event.
import type { EventChecks } from '../events/event-classes.ts'
import { createValidator, type EventValidator, type Violation } from '../events/validate.ts'
import type { Program } from '../ruleset/program.ts'

/** Why an event does not go on. */
export type Unfit = 'schema-violation' | 'unknown-event'

/** An event that was held against its schema. */
export interface CheckedEvent {
  /** Undefined: no schema knows it. */
  readonly event: string | undefined
  readonly violations: readonly Violation[]
  /** Names of attributes that the schema does not have, canonical and as privacy leaves them. */
  readonly unknownAttributes: readonly string[]
}

/** Sees every event that is held against its schema. For the command line. */
export type OnEvent = (checked: CheckedEvent) => void

export interface Schema {
  readonly validate: EventValidator
  readonly properties: EventChecks['properties']
}

/** The schemas of a program's events; each is compiled when the first record of the event comes. */
export class EventSchemas {
  readonly #schemas = new Map<string, Schema>()

  constructor({ events }: Pick<Program, 'events'>) {
    for (const [name, { checks }] of events) {
      if (checks !== undefined) {
        this.#schemas.set(name, { validate: createValidator(checks), properties: checks.properties })
      }
    }
  }

  get(event: string | undefined): Schema | undefined {
    return event === undefined ? undefined : this.#schemas.get(event)
  }
}
