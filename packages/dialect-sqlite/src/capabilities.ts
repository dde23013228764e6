import type { Capabilities } from '@org/migrate-core/dialect'

/** SQLite as the driver bundles it: DDL is part of the transaction, and most changes of a table rebuild it. */
export const capabilities: Capabilities = Object.freeze({
  transactionalDdl: 'yes',
  nonTransactional: 'single',
  rebuildsTables: true,
  // https://www.sqlite.org/foreignkeys.html: a parent is looked up when rows are written.
  lateReferences: true,
  // https://www.sqlite.org/datatype3.html
  dynamicTypes: true,
  // https://www.sqlite.org/autoinc.html
  counterKey: 'primary',
  generatedColumns: 'rebuilt',
  withoutComments: true,
  // https://www.sqlite.org/lang_createindex.html: the names of indexes stand in sqlite_schema, beside those of tables.
  foldedNames: Object.freeze(['table', 'column'] as const),
  sharedNames: Object.freeze(['index'] as const),
})

/** What a session can or can't do that is not the same on every SQLite. */
export type SessionCapabilities = Pick<Capabilities, 'foreignKeysStayOn'>
