import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import type { DatabaseName, ServiceDatabase } from './kit.ts'

/** The dialect of a migrator beside the service. */
export function dialectOf(name: DatabaseName, { env }: ServiceDatabase): UnloadedDialect {
  if (name === 'sqlite') return sqliteDialect({ url: `sqlite:///${env.DATA_DIR}/webui.db` })
  const url = env.DATABASE_URL ?? ''
  return name === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
}
