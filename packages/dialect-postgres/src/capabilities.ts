import type { Capabilities } from '@org/migrate-core/dialect'

/** PostgreSQL of the versions that are maintained: DDL is part of the transaction, and a table is altered in place. */
export const capabilities = Object.freeze({
  transactionalDdl: 'yes',
  alterColumn: 'native',
  schemas: true,
  outside: 'segments',
  // NAMEDATALEN is 64 with its closing NUL: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
  identifierLimit: Object.freeze({ length: 63, unit: 'bytes' }),
}) satisfies Capabilities

/** A server by its major version: within one, nothing that matters here changes. */
export interface PostgresServer {
  readonly major: number
}

export const oldestMajor = 13

/** What a dialect without a connection assumes. */
export const newestMajor = 18
