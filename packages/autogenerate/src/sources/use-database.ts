import { MigrateError, type UnloadedDialect } from '@org/migrate-core/dialect'

type UseDatabase = NonNullable<NonNullable<UnloadedDialect['shadow']>['useDatabase']>

/** What gives an empty database of the dialect's server. Throws SHADOW_REFUSED where there is none, with what cannot be done without it. */
export function useDatabaseOf({ shadow, connection }: UnloadedDialect, failed: string): UseDatabase {
  if (shadow?.useDatabase !== undefined) return shadow.useDatabase
  const why = `no database can be made beside ${connection.database}`
  throw new MigrateError('SHADOW_REFUSED', { why }, `${failed}: ${why}`)
}
