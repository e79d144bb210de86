// What the schemas of events say to privacy, as plain data.

/** What the schema of an event says of its records' own attributes. */
export interface EventClasses {
  /** Canonical attribute name → what it is. */
  readonly attributes: ReadonlyMap<string, AttributeClass>
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
