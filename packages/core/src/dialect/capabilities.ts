/**
 * What of a table has a name. `key`: a primary key, a unique or an exclusion constraint, which is an index as well.
 */
export type NamedPart = 'index' | 'key' | 'foreignKey' | 'check'

/** Facts about one server, derived from its version when connected; a dialect without a connection assumes its newest. */
export interface Capabilities {
  /** `yes`: DDL is part of the transaction; `implicitCommit`: each DDL statement commits. */
  readonly transactionalDdl: 'yes' | 'implicitCommit'
  readonly alterColumn: 'native' | 'redefine' | 'rebuild'
  readonly schemas: boolean
  readonly identifierLimit?: { readonly length: number; readonly unit: 'bytes' | 'characters' }
  /**
   * A statement that cannot run in a transaction: `segments`, it splits its revision and what is done of that is recorded in a
   * table; `single`, it has to be the only one of its revision.
   */
  readonly nonTransactional: 'segments' | 'single'
  /**
   * The server keeps views and triggers in its own words: their texts are not compared with what a revision says, only that they
   * are there. Absent: it keeps the author's text.
   */
  readonly storedTexts?: 'rewritten'
  /** The server stores no comments: those of a declaration are left out, with a note. Absent: it stores them. */
  readonly withoutComments?: true
  /** A view that reads what is renamed is broken until it is made again. Absent: the server writes the new name into it. */
  readonly renamesBreakViews?: true
  /** What has to have a name that nothing of the same sort has in any table of the schema. Absent: names count within their table. */
  readonly sharedNames?: readonly NamedPart[]
}
