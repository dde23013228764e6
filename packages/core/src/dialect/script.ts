import type { SchemaModel } from '../model/schema-model.ts'
import type { SqlValue } from '../model/sql-value.ts'
import type { SqlFragment } from '../sql/tag.ts'

/** Something that has to hold where a script runs, or it stops there. */
export interface Precondition {
  /** An expression of SQL that is true where it holds. */
  readonly condition: string
  /** For the user who runs the script; a server may cut it. */
  readonly message: string
  /** The condition asks this table, which may not be there: then `holds` is the answer. */
  readonly unless?: { readonly missing: string; readonly holds: boolean }
}

/** How a server's own client runs a script, and what its text can ask of the server. Statements are without their semicolon. */
export interface ScriptParts<Dialect> {
  /** Lines of the client, not of SQL, that make it stop at the first error. Absent: it stops by itself. */
  readonly client: readonly string[]
  /** The name of the client, where it takes a carriage return out that comes before a line feed, in strings too. */
  readonly stripsCarriageReturns?: string
  /** By which the texts of the script mean what they mean in a session of ours. */
  readonly settings: readonly string[]
  /** Begins a transaction, as a run does; COMMIT ends it. Absent: the whole script is one transaction. */
  readonly begin?: string
  /** Statements of which one fails unless the precondition holds. */
  require(precondition: Precondition): readonly string[]
  /** The servers that take this text, as a precondition on the one that runs it. */
  readonly server: Precondition & { readonly name: string }
  /** The same dialect for older servers, the newest first: where their text is the same, they may run it as well. */
  readonly older: readonly (() => Dialect)[]
  /** The same dialect for a version of the server; undefined where that is not supported. Absent: the text is the same for all of them. */
  forServer?(version: string): Dialect | undefined
  /** The lock of a run, taken if it is free, and given back; `key` as in `runLock`. Absent: each transaction is the lock. */
  lock?(key: string): { readonly take: Precondition; readonly release: string }
  /** The moment at which a statement runs, in UTC: as text of ISO 8601 with milliseconds, and as a timestamp. */
  readonly now: { readonly text: SqlFragment; readonly timestamp: SqlFragment }
  /** A value as text of a script, where that can be shorter than one that means the same under every setting. */
  literal?(value: SqlValue): SqlFragment
  /** The statement with what ends it for the client. Throws UNSUPPORTED for one that the client can't send. Absent: a semicolon. */
  ended?(sql: string): string
  /** Checks what the transaction has put off. Absent: nothing is ever put off, or only to the end. */
  readonly checkDeferred?: readonly string[]
  /**
   * What stands around a transaction with foreign keys off, and in it behind its BEGIN and before its COMMIT, so that it leaves no more
   * rows that point nowhere, and no view that does not work, than there were. Absent: they are never off.
   */
  unchecked?(after: SchemaModel): Unchecked
}

interface Unchecked {
  readonly before: readonly string[]
  readonly afterBegin: readonly string[]
  readonly beforeCommit: readonly string[]
  readonly after: readonly string[]
}
