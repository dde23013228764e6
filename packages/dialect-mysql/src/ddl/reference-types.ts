import type { SqlToken } from '@org/migrate-core/dialect'

export interface TableUse {
  /** The place of its name among the tokens. */
  readonly at: number
  readonly name: string
  readonly schema?: string
  readonly alias?: string
}

/** One SELECT, or one statement that writes: what an unqualified column may belong to. */
export interface Scope {
  readonly parent: Scope | undefined
  readonly tables: TableUse[]
  /** The names that its SELECT gives to what it selects. */
  readonly outputs: Set<string>
  /** It reads a derived table or a function, whose columns are not known here. */
  derived: boolean
  /** The names of what it selects count: it is a view, a derived table or a table of WITH. */
  readonly named: boolean
}

export interface ColumnUse {
  readonly at: number
  readonly name: string
  readonly qualifier?: { readonly at: number; readonly name: string }
  readonly scope: Scope
  /** It is all of an item of a SELECT, so that its name is the name of what is selected. */
  readonly isOutput: boolean
  /** It stands where the name of an output counts, too: GROUP BY, HAVING, ORDER BY. */
  readonly afterSelect: boolean
}

/** `*`, or `t.*`. */
export interface StarUse {
  readonly at: number
  readonly qualifier?: string
  readonly scope: Scope
}

export interface References {
  readonly tokens: readonly SqlToken[]
  readonly tables: readonly TableUse[]
  readonly columns: readonly ColumnUse[]
  readonly stars: readonly StarUse[]
  /** Names that the text itself declares: variables, and the tables of WITH. */
  readonly declared: ReadonlySet<string>
}
