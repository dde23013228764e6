import type { Capabilities } from '@org/migrate-core/dialect'

/** SQLite as the driver bundles it: DDL is part of the transaction, and most changes of a table rebuild it. */
export const capabilities: Capabilities = Object.freeze({
  transactionalDdl: 'yes',
  alterColumn: 'rebuild',
  schemas: false,
  nonTransactional: 'single',
  withoutComments: true,
  // https://www.sqlite.org/lang_createindex.html: the names of indexes stand in sqlite_schema, beside those of tables.
  sharedNames: Object.freeze(['index'] as const),
})
