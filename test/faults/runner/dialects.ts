import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { mysqlDriver, postgresDriver } from '../../kit/drivers.ts'

/** Those that faults are injected into. */
export type DisturbedDialect = 'sqlite' | 'postgres' | 'mysql'

const makers: { readonly [N in DisturbedDialect]: (url: string) => UnloadedDialect } = {
  sqlite: (url) => sqliteDialect({ url }),
  postgres: (url) => postgresDialect({ url, ...postgresDriver }),
  mysql: (url) => mysqlDialect({ url, ...mysqlDriver }),
}

export function dialectFor(name: DisturbedDialect, url: string): UnloadedDialect {
  return makers[name](url)
}
