import type { Capabilities } from '@org/migrate-core/dialect'

/** PostgreSQL of the versions that are maintained: DDL is part of the transaction, and a table is altered in place. */
export const capabilities = Object.freeze({
  transactionalDdl: 'yes',
  nonTransactional: 'segments',
  enumTypes: true,
  storedTexts: 'rewritten',
  // https://www.postgresql.org/docs/current/sql-createview.html: a view is replaced by one that begins with the same columns.
  bindsViews: true,
  // An index is a relation of its schema: https://www.postgresql.org/docs/current/sql-createindex.html
  sharedNames: Object.freeze(['index', 'key'] as const),
  // NAMEDATALEN is 64 with its closing NUL: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
  identifierLimit: Object.freeze({ length: 63, unit: 'bytes' }),
}) satisfies Capabilities

/** Older ones lack what statements here take for granted, and have had no fixes for years. */
export const oldestMajor = 13
