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

/** Logical replication of a table (PostgreSQL). Read only with `whole`; not part of equality. */
export interface TableReplication {
  /** The publications that it is in, by name. */
  readonly publications: readonly string[]
  /** One of them publishes UPDATE or DELETE: the server refuses both where the table has no replica identity. */
  readonly changes?: true
  /** What tells its rows apart: an index by its name. Absent: the primary key. */
  readonly identity?: 'full' | 'nothing' | { readonly index: string }
  /** It receives the rows of a subscription. */
  readonly subscribed?: true
}

/** Row security of a table (PostgreSQL). */
export interface RowSecurity {
  /** Rows are hidden from whom no policy shows them. */
  readonly enabled: boolean
  /** It holds for the table's owner, too. */
  readonly forced: boolean
}
