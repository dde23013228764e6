import { faultRemedy } from '../compile/statement-error.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { TableModel } from '../model/schema-model.ts'

export function foreignTable({ connection: { database } }: UnloadedDialect, table: string, why: string): MigrateError {
  return new MigrateError(
    'BOOKKEEPING_INVALID',
    { table, why },
    `The table ${table} in ${database} is not one of ours: ${why}.`,
    { remedy: 'Give our tables other names with the option `tables`.' },
  )
}

/** Refuses names of our tables that are taken, and tables that this user may not see. Throws BOOKKEEPING_INVALID, STATEMENT_FAILED. */
export async function refuseObstacles(
  dialect: UnloadedDialect,
  session: Session,
  absent: readonly TableModel[],
): Promise<void> {
  if (absent.length === 0) return
  const [first] = (await dialect.introspection.obstacles?.(session, absent)) ?? []
  if (first === undefined) return
  const { table, hidden, why } = first
  if (hidden !== true) throw foreignTable(dialect, table, why)
  const { database } = dialect.connection
  const message = `The table ${table} in ${database} cannot be read: ${why}.`
  throw new MigrateError(
    'STATEMENT_FAILED',
    { fault: 'permission', database },
    message,
    faultRemedy(dialect, 'permission'),
  )
}

/** How many tables the database has; a dialect that counts them stops at `most`. */
export async function tableCount({ introspection }: UnloadedDialect, session: Session, most: number): Promise<number> {
  if (introspection.tableCount !== undefined) return introspection.tableCount(session, most)
  return (await introspection.schema(session, { only: 'tables' })).tables.size
}
