import type { Migrator, MigratorOptions, Revision } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { migratorOf } from '../../kit/migrator.ts'

export function dialectOf(url: string): UnloadedDialect {
  if (url.startsWith('postgres')) return postgresDialect({ url })
  return url.startsWith('sqlite:') ? sqliteDialect({ url }) : mysqlDialect({ url })
}

export function migratorAt(url: string, chain: readonly Revision[], options: Partial<MigratorOptions> = {}): Migrator {
  return migratorOf(dialectOf(url), chain, options)
}
