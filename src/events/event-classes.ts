// What the schemas of events say to privacy and to validation, as plain data: the part of them that a ruleset is made of.

/** What the schema of an event says of its records' own attributes. */
export interface EventClasses {
  /** Canonical attribute name → what it is. */
  readonly attributes: ReadonlyMap<string, AttributeClass>
  /** What records are held against where validation is on. Undefined: nothing. */
  readonly checks?: EventChecks
}

/** What must hold of a record's attributes: the assertions of JSON Schema, references followed. */
export interface EventChecks {
  readonly required: readonly string[]
  readonly properties: Readonly<Record<string, Property>>
}

/** As much of an attribute's schema as machines read. */
export interface Property {
  readonly type?: 'string' | 'boolean' | 'integer' | 'number' | 'array'
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly maxItems?: number
  readonly items?: { readonly type: 'string' | 'boolean' | 'integer' | 'number'; readonly enum?: readonly unknown[] }
}

/** What an event's schema says of one attribute. */
export interface AttributeClass {
  /** A class name; it counts like a rule's. Undefined: the schema does not say. */
  readonly class: string | undefined
  /**
   * Of a type that can hold no free text: where rules and schema leave the attribute to the detectors, a value that
   * fits stays as it is, and none that does not fit does. Undefined: any value.
   */
  readonly closed: 'boolean' | 'enum' | 'number' | undefined
  /** Of an enum: the texts. */
  readonly values?: readonly string[]
  /** Of a number: the bounds, both included. */
  readonly range?: { readonly min: number; readonly max: number }
}
