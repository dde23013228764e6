import type { Capabilities } from '@org/migrate-core/dialect'

/** MySQL and MariaDB: each DDL statement commits, and a column is changed by writing its whole definition again. */
export const capabilities = Object.freeze({
  // https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
  transactionalDdl: 'implicitCommit',
  alterColumn: 'redefine',
  // What MySQL calls a schema is a database of its own.
  schemas: false,
  outside: 'segments',
  // https://dev.mysql.com/doc/refman/8.4/en/identifier-length.html
  identifierLimit: Object.freeze({ length: 64, unit: 'characters' }),
}) satisfies Capabilities
