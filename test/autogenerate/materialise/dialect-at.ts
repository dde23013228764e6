import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

export function dialectAt(url: string): UnloadedDialect {
  if (url.startsWith('sqlite:')) return sqliteDialect({ url })
  return url.startsWith('postgres') ? postgresDialect({ url }) : mysqlDialect({ url })
}
