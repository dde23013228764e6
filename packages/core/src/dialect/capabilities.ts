/**
 * What of a table has a name. `key`: a primary key, a unique or an exclusion constraint, which is an index as well.
 */
export type NamedPart = 'index' | 'key' | 'foreignKey' | 'check'

/**
 * Facts about one server, derived from its version when connected; a dialect without a connection assumes its newest. Each flag
 * answers one question.
 */
export interface Capabilities {
  /**
   * `yes`: DDL is part of the transaction; `implicitCommit`: each DDL statement commits, so that our tables are made outside a
   * transaction and each revision is journaled.
   */
  readonly transactionalDdl: 'yes' | 'implicitCommit'
  /**
   * A statement that cannot run in a transaction: `segments`, it splits its revision and what is done of that is recorded in a
   * table; `single`, it has to be the only one of its revision.
   */
  readonly nonTransactional: 'segments' | 'single'
  readonly identifierLimit?: { readonly length: number; readonly unit: 'bytes' | 'characters' }
  /** Names of tables that differ in letters only are one table, and the server may store other letters than it got. Absent: they are two. */
  readonly tableNames?: 'folded'
  /** What has one name in whatever case it is written, and keeps the case that it was given. Absent: nothing. */
  readonly foldedNames?: readonly ('table' | 'column')[]
  /** What has to have a name that nothing of the same sort has in any table of the schema. Absent: names count within their table. */
  readonly sharedNames?: readonly NamedPart[]
  /** Changes of a table may rebuild it, in a transaction with foreign keys off. Absent: tables are changed in place. */
  readonly rebuildsTables?: true
  /**
   * Foreign keys can't be switched off: a rebuild takes along every table that refers to the rebuilt one. Absent: a transaction may
   * run without them.
   */
  readonly foreignKeysStayOn?: true
  /**
   * A transaction is one list of statements, sent whole: nothing that is read in it sees what it has written. Absent: a transaction is a
   * conversation.
   */
  readonly statementList?: true
  /** How many bytes a row of a table may have. Absent: more than any record of a revision. */
  readonly rowBytes?: number
  /** A renewal of a lease waits for the DDL of any session, as a rival's claim does (Galera). Absent: a rival may be answered first. */
  readonly leasesWaitForDdl?: true
  /** Enums are types of their own, with a name. Absent: their values stand in the columns. */
  readonly enumTypes?: true
  /** A foreign key may refer to what is made later, or goes first. Absent: what it refers to is there as long as it is. */
  readonly lateReferences?: true
  /** A foreign key may refer to the first columns of any index. Absent: to those of a primary or a unique key. */
  readonly referencesAnyIndex?: true
  /** A column holds values of any type and length. Absent: a value that its type has no room for is refused or changed. */
  readonly dynamicTypes?: true
  /**
   * What a column that counts by itself cannot be without: `any`, a key that it is the first column of; `primary`, the primary key,
   * which is made with it. Absent: nothing.
   */
  readonly counterKey?: 'any' | 'primary'
  /** A column does not begin or end to count by itself while a foreign key stands on it. Absent: it may. */
  readonly keysFixCounters?: true
  /**
   * What becomes of a generated column when a column that it is computed from gets another type: `rebuilt`, it follows whatever it is;
   * `recomputed`, it follows if its expression stays. Absent: the change is refused while it is there.
   */
  readonly generatedColumns?: 'rebuilt' | 'recomputed'
  /**
   * The server keeps views and triggers in its own words: their texts are not compared with what a revision says, only that they
   * are there. Absent: it keeps the author's text.
   */
  readonly storedTexts?: 'rewritten'
  /** A view cannot change under another one that reads it. Absent: it is replaced where it is. */
  readonly bindsViews?: true
  /** A view that reads what is renamed is broken until it is made again. Absent: the server writes the new name into it. */
  readonly renamesBreakViews?: true
  /** The server stores no comments: those of a declaration are left out, with a note. Absent: it stores them. */
  readonly withoutComments?: true
}
