export interface StoredProgram {
  readonly kind: 'procedure' | 'function' | 'event'
  readonly name: string
  readonly definition: string
}

/** A domain, a range, a composite type: what no operation makes, and what has names that objects of operations cannot have. */
export interface OtherObject {
  /** For people: `domain d`. */
  readonly what: string
  /** Tables, views, sequences and indexes cannot have its name. */
  readonly isRelation: boolean
  /** Enums cannot have it, and no table, view or sequence is made with it. */
  readonly isType: boolean
}
