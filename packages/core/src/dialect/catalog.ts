/** The names of all tables and columns, as one query of the catalog gives them. */
export interface CatalogNames {
  /** The schema whose tables have none in their key. */
  readonly schema?: string
  /** By the key of the table. Empty for a table whose columns are another program's (a virtual table). */
  readonly columns: ReadonlyMap<string, readonly string[]>
}

/** Why a table of ours cannot be made or read under its name, although no table of that name is seen. */
export interface Obstacle {
  /** The table of ours. */
  readonly table: string
  /** The table may exist: this user may not see it. Absent: another object has its name. */
  readonly hidden?: true
  /** For people: `a view has its name`. */
  readonly why: string
}
