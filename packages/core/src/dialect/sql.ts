import type { SqlClass } from '../sql/classification.ts'
import type { SqlGrammar } from '../sql/lexer.ts'
import type { Quote, SqlFragment } from '../sql/tag.ts'

/**
 * What comes of SQL that is sent again where the schema stands as it did before it: nothing that its author did not want, or an
 * error of that kind, which then says that it had run.
 */
export type RerunOutcome = 'harmless' | 'exists' | 'missing'

/** SQL as text: how it is written for this server, and how an author's is read. */
export interface DialectSql {
  readonly quote: Quote
  /** How a file of SQL falls into statements. */
  readonly grammar: SqlGrammar
  classify(sql: string): SqlClass
  /**
   * Of SQL that commits by itself. Undefined where it may have run although the schema does not show it, and would do more the
   * second time. Absent: nothing commits by itself here.
   */
  classifyRerun?(sql: string): RerunOutcome | undefined
  /**
   * Of a statement that the server refuses in a transaction: a text with the same effect on the schema that it takes there, empty where
   * there is no effect. Undefined: every other statement. Absent: no statement is known to be refused.
   */
  withinTransaction?(sql: string): string | undefined
  /**
   * The tables of the current schema whose columns one statement may change. Undefined where its text doesn't tell. Absent: no text
   * tells here.
   */
  touchedTables?(sql: string): readonly string[] | undefined
  /** SQL of a data step, which has its names in double quotes, in this server's spelling; placeholders stay `?`. */
  portable(sql: string): string
  /** Whether SQL calls a function that gives a lock of the session back. Absent: no lock is held by the session. */
  releasesLocks?(sql: string): boolean
  /**
   * A query as one that reads what is committed now. Absent: a plain query in a transaction doesn't fix what later ones see of the
   * schema.
   */
  lockingRead?(query: SqlFragment): SqlFragment
  /**
   * The server's own clock as whole milliseconds since 1970, an expression that moves on within a transaction too. With it the
   * dialect has a lock row in the database; absent (SQLite, whose lock is a file beside it): none.
   */
  readonly clock?: SqlFragment
}
