import type { TableModel } from '@org/migrate-core/dialect'
import { hasOnly, isSet, lockTable, ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser, RecogniserInspection, ToolHistory } from '../recogniser.ts'

interface NamedTable {
  readonly tool: string
  readonly table: string
  /** The columns by which the table is known; the rows are in the order of the first. */
  readonly columns: readonly [string, ...string[]]
  /** A table with other columns besides is another program's. Default false. */
  readonly only?: true
  /** The column with the name, and that with the time. */
  readonly name: string
  readonly time?: string
  /** Default `each`. */
  readonly records?: ToolHistory['records']
  /** Tables that it has besides, by their names and columns. */
  readonly besides?: Readonly<Record<string, readonly string[]>>
  /** The table of its lock, with the column that numbers its rows, and how the lock is freed. */
  readonly lock?: { readonly table: string; readonly by: string; readonly release?: string }
}

async function heldLock(
  inspection: RecogniserInspection,
  { tool, lock }: NamedTable,
  history: TableModel,
): Promise<Pick<ToolHistory, 'tables' | 'problems'>> {
  const table = lock && lockTable(inspection, lock.table, history)
  if (lock === undefined || table === undefined) return { tables: [], problems: [] }
  const rows = await rowsOf(inspection, table, lock.by)
  const problem = `${table.ref.name} says that a run of ${tool} is under way, or was stopped${lock.release ?? '.'}`
  return { tables: [table.ref], problems: rows.some((row) => isSet(row.is_locked)) ? [problem] : [] }
}

/** Tools whose whole history is one table with a row for each name. */
function named(of: NamedTable): Recogniser {
  const { tool, columns, besides = {}, lock } = of
  return {
    tool,
    tables: [of.table, ...Object.keys(besides), ...(lock === undefined ? [] : [lock.table])],
    async recognise(inspection) {
      const table = ownTable(inspection, of.table, columns)
      if (table === undefined || (of.only && !hasOnly(table, columns))) return undefined
      const held = await heldLock(inspection, of, table)
      const more = Object.entries(besides).flatMap(([name, known]) => ownTable(inspection, name, known)?.ref ?? [])
      const rows = await rowsOf(inspection, table, columns[0])
      return {
        tool,
        tables: [table.ref, ...more, ...held.tables],
        records: of.records ?? 'each',
        applied: rows.map((row) => ({
          name: textOf(row[of.name]),
          ...(of.time === undefined ? {} : timestampOf(row[of.time])),
        })),
        problems: held.problems,
      }
    },
  }
}

/** One row for each head; what is before them is in Alembic's files alone. */
export const alembic = named({
  tool: 'Alembic',
  table: 'alembic_version',
  columns: ['version_num'],
  only: true,
  name: 'version_num',
  records: 'last',
})
export const knex = named({
  tool: 'Knex',
  table: 'knex_migrations',
  columns: ['id', 'name', 'batch', 'migration_time'],
  name: 'name',
  time: 'migration_time',
  lock: { table: 'knex_migrations_lock', by: 'index', release: ': `knex migrate:unlock` frees it.' },
})
/** Kysely runs them in the order of their names, whatever their times say. */
export const kysely = named({
  tool: 'Kysely',
  table: 'kysely_migration',
  columns: ['name', 'timestamp'],
  name: 'name',
  time: 'timestamp',
  lock: { table: 'kysely_migration_lock', by: 'id' },
})
/** `timestamp` is that in the name of the class, in milliseconds. Laravel has a table `migrations` of another shape. */
export const typeorm = named({
  tool: 'TypeORM',
  table: 'migrations',
  columns: ['id', 'timestamp', 'name'],
  only: true,
  name: 'name',
  time: 'timestamp',
  // Where it keeps the texts of views and generated columns.
  besides: { typeorm_metadata: ['type', 'name', 'value'] },
})
export const nodePgMigrate = named({
  tool: 'node-pg-migrate',
  table: 'pgmigrations',
  columns: ['id', 'name', 'run_on'],
  name: 'name',
  time: 'run_on',
})
export const mikroOrm = named({
  tool: 'MikroORM',
  table: 'mikro_orm_migrations',
  columns: ['id', 'name', 'executed_at'],
  name: 'name',
  time: 'executed_at',
})
export const peeweeMigrate = named({
  tool: 'peewee-migrate',
  table: 'migratehistory',
  columns: ['id', 'name', 'migrated_at'],
  name: 'name',
  time: 'migrated_at',
})
/** The table of `wrangler d1 migrations apply`; the names are those of the files. */
export const wrangler = named({
  tool: 'Wrangler',
  table: 'd1_migrations',
  columns: ['id', 'name', 'applied_at'],
  only: true,
  name: 'name',
  time: 'applied_at',
})
