import { findColumn, type Row, type TableModel } from '@org/migrate-core/dialect'
import { hasOnly, isSet, lockTable, ownTable, rowsOf, textOf, timestampOf } from './own-tables.ts'
import type { AppliedMigration, Recogniser, RecogniserInspection, ToolHistory } from './recogniser.ts'

type ReadRows = Pick<ToolHistory, 'applied' | 'problems'>

interface OneTable {
  readonly tool: string
  readonly table: string
  /** The columns by which the table is known; the rows are in the order of the first. */
  readonly columns: readonly [string, ...string[]]
  /** A table with other columns besides is another program's. Default false. */
  readonly only?: true
  /** Whether it is this tool's, where several call a table so. */
  readonly isIt?: (inspection: RecogniserInspection) => boolean
  /** What its rows say: the column with the name, and that with the time; or a function of all of them. */
  readonly read: { readonly name: string; readonly time?: string } | ((rows: readonly Row[]) => ReadRows)
  /** Default `each`. */
  readonly records?: ToolHistory['records']
  /** Tables that it has besides, by their names and columns. */
  readonly besides?: Readonly<Record<string, readonly string[]>>
  /** The table of its lock, with the column that numbers its rows, and how the lock is freed. */
  readonly lock?: { readonly table: string; readonly by: string; readonly release?: string }
}

async function heldLock(
  inspection: RecogniserInspection,
  { tool, lock }: OneTable,
  history: TableModel,
): Promise<Pick<ToolHistory, 'tables' | 'problems'>> {
  const table = lock && lockTable(inspection, lock.table, history)
  if (lock === undefined || table === undefined) return { tables: [], problems: [] }
  const rows = await rowsOf(inspection, table, lock.by)
  const problem = `${table.ref.name} says that a run of ${tool} is under way, or was stopped${lock.release ?? '.'}`
  return { tables: [table.ref], problems: rows.some((row) => isSet(row.is_locked)) ? [problem] : [] }
}

function readRows(read: OneTable['read'], rows: readonly Row[]): ReadRows {
  if (typeof read === 'function') return read(rows)
  const { name, time } = read
  const migration = (row: Row) => ({ name: textOf(row[name]), ...(time === undefined ? {} : timestampOf(row[time])) })
  return { applied: rows.map(migration), problems: [] }
}

/** Tools whose whole history is the rows of one table. */
function inOneTable(of: OneTable): Recogniser {
  const { tool, columns, besides = {}, lock } = of
  return {
    tool,
    tables: [of.table, ...Object.keys(besides), ...(lock === undefined ? [] : [lock.table])],
    async recognise(inspection) {
      const table = ownTable(inspection, of.table, columns)
      if (table === undefined || (of.only && !hasOnly(table, columns)) || of.isIt?.(inspection) === false)
        return undefined
      const held = await heldLock(inspection, of, table)
      const more = Object.entries(besides).flatMap(([name, known]) => ownTable(inspection, name, known)?.ref ?? [])
      const { applied, problems } = readRows(of.read, await rowsOf(inspection, table, columns[0]))
      return {
        tool,
        tables: [table.ref, ...more, ...held.tables],
        records: of.records ?? 'each',
        applied,
        problems: [...problems, ...held.problems],
      }
    },
  }
}

/** One row for each head; what is before them is in Alembic's files alone. */
const alembic = inOneTable({
  tool: 'Alembic',
  table: 'alembic_version',
  columns: ['version_num'],
  only: true,
  read: { name: 'version_num' },
  records: 'last',
})

const drizzleTable = '__drizzle_migrations'
const drizzleColumns = ['hash', 'created_at']

/**
 * drizzle-orm's migrator. `created_at` is the time in the journal, or in the name of the folder, not that of the run; on SQLite the
 * column `id` is NULL in every row. On PostgreSQL the table has a schema of its own by default.
 */
const drizzleKit: Recogniser = {
  tool: 'drizzle-kit',
  tables: [drizzleTable],
  async recognise(inspection) {
    const table =
      ownTable(inspection, drizzleTable, drizzleColumns, { schema: 'drizzle', name: drizzleTable }) ??
      ownTable(inspection, drizzleTable, drizzleColumns)
    if (table === undefined) return undefined
    const named = findColumn(table, 'name') !== undefined
    const rows = await rowsOf(inspection, table, 'created_at')
    return {
      tool: 'drizzle-kit',
      version: named ? '1.0' : '0.x',
      tables: [table.ref],
      records: named ? 'each' : 'mark',
      applied: rows.map((row) => {
        const hash = textOf(row.hash)
        const folder = textOf(row.name)
        return { name: folder === '' ? hash : folder, ...timestampOf(row.created_at), ...(hash === '' ? {} : { hash }) }
      }),
      problems: [],
    }
  },
}

const knex = inOneTable({
  tool: 'Knex',
  table: 'knex_migrations',
  columns: ['id', 'name', 'batch', 'migration_time'],
  read: { name: 'name', time: 'migration_time' },
  lock: { table: 'knex_migrations_lock', by: 'index', release: ': `knex migrate:unlock` frees it.' },
})

/** Kysely runs them in the order of their names, whatever their times say. */
const kysely = inOneTable({
  tool: 'Kysely',
  table: 'kysely_migration',
  columns: ['name', 'timestamp'],
  read: { name: 'name', time: 'timestamp' },
  lock: { table: 'kysely_migration_lock', by: 'id' },
})

const sequelizeShapes = [['name'], ['name', 'createdAt', 'updatedAt']]

/** Umzug's storage for Sequelize, and sequelize-cli, which keeps its seeds in a table of the same shape. */
const sequelize: Recogniser = {
  tool: 'Sequelize/Umzug',
  tables: ['SequelizeMeta', 'SequelizeData'],
  async recognise(inspection) {
    const [table, seeds] = ['SequelizeMeta', 'SequelizeData'].map((name) => {
      const candidate = ownTable(inspection, name, ['name'])
      return candidate !== undefined && sequelizeShapes.some((shape) => hasOnly(candidate, shape))
        ? candidate
        : undefined
    })
    if (table === undefined) return undefined
    const rows = await rowsOf(inspection, table, 'name')
    return {
      tool: 'Sequelize/Umzug',
      tables: [table.ref, ...(seeds === undefined ? [] : [seeds.ref])],
      records: 'each',
      applied: rows.map((row) => ({ name: textOf(row.name), ...timestampOf(row.createdAt) })),
      problems: [],
    }
  },
}

/** A migration that failed and was repeated has several rows; one that was rolled back is not applied. */
const prisma = inOneTable({
  tool: 'Prisma',
  table: '_prisma_migrations',
  columns: [
    'migration_name',
    ...['id', 'checksum', 'finished_at', 'logs', 'rolled_back_at', 'started_at', 'applied_steps_count'],
  ],
  read(all) {
    const rows = all.filter((row) => row.rolled_back_at === null)
    return {
      applied: rows
        .filter((row) => row.finished_at !== null)
        .map((row) => ({
          name: textOf(row.migration_name),
          ...timestampOf(row.finished_at),
          hash: textOf(row.checksum),
        })),
      problems: rows
        .filter((row) => row.finished_at === null)
        .map(
          ({ migration_name: name }) =>
            `The migration ${textOf(name)} of Prisma has started and not finished: run \`prisma migrate resolve\`.`,
        ),
    }
  },
})

/** `timestamp` is that in the name of the class, in milliseconds. Laravel has a table `migrations` of another shape. */
const typeorm = inOneTable({
  tool: 'TypeORM',
  table: 'migrations',
  columns: ['id', 'timestamp', 'name'],
  only: true,
  read: { name: 'name', time: 'timestamp' },
  // Where it keeps the texts of views and generated columns.
  besides: { typeorm_metadata: ['type', 'name', 'value'] },
})

const nodePgMigrate = inOneTable({
  tool: 'node-pg-migrate',
  table: 'pgmigrations',
  columns: ['id', 'name', 'run_on'],
  read: { name: 'name', time: 'run_on' },
})

const mikroOrm = inOneTable({
  tool: 'MikroORM',
  table: 'mikro_orm_migrations',
  columns: ['id', 'name', 'executed_at'],
  read: { name: 'name', time: 'executed_at' },
})

const railsMetadata = { ar_internal_metadata: ['key', 'value'] }
const hasRailsMetadata = (inspection: RecogniserInspection): boolean =>
  ownTable(inspection, 'ar_internal_metadata', railsMetadata.ar_internal_metadata) !== undefined

/** Several tools call their table `schema_migrations`. These two have `version` alone in it, and Rails a table beside it. */
const dbmate = inOneTable({
  tool: 'dbmate',
  table: 'schema_migrations',
  columns: ['version'],
  only: true,
  isIt: (inspection) => !hasRailsMetadata(inspection),
  read: { name: 'version' },
})
const rails = inOneTable({
  tool: 'Rails',
  table: 'schema_migrations',
  columns: ['version'],
  only: true,
  isIt: hasRailsMetadata,
  read: { name: 'version' },
  besides: railsMetadata,
})

/** One row with the highest version; while a migration runs, and after one that failed, it is dirty. */
const golangMigrate = inOneTable({
  tool: 'golang-migrate',
  table: 'schema_migrations',
  columns: ['version', 'dirty'],
  only: true,
  records: 'last',
  read: (rows) => ({
    applied: rows.map((row) => ({ name: textOf(row.version) })),
    problems: rows
      .filter((row) => isSet(row.dirty))
      .map(
        ({ version }) =>
          `The migration ${textOf(version)} of golang-migrate failed or is running: schema_migrations calls it dirty.`,
      ),
  }),
})

/**
 * One row for each thing that it did, also for what was undone or taken out later. A repeatable migration has no version. The
 * checksum is a CRC of its own kind, which says nothing of the bytes.
 */
const flyway = inOneTable({
  tool: 'Flyway',
  table: 'flyway_schema_history',
  columns: ['installed_rank', 'version', 'description', 'type', 'script', 'checksum', 'installed_on', 'success'],
  read(rows) {
    const applied = new Map<string, AppliedMigration>()
    const problems: string[] = []
    for (const row of rows) {
      const [version, script, type] = [textOf(row.version), textOf(row.script), textOf(row.type).toUpperCase()]
      const key = version === '' ? script : version
      if (type === 'SCHEMA') continue
      if (!isSet(row.success)) problems.push(`The migration ${script} of Flyway failed: run \`flyway repair\`.`)
      else if (type.startsWith('UNDO') || type === 'DELETE') applied.delete(key)
      else {
        // A baseline has a version and no file.
        const called = type === 'BASELINE' || script === '' ? version : script
        applied.set(key, { name: called, ...timestampOf(row.installed_on) })
      }
    }
    return { applied: [...applied.values()], problems }
  },
})

const peeweeMigrate = inOneTable({
  tool: 'peewee-migrate',
  table: 'migratehistory',
  columns: ['id', 'name', 'migrated_at'],
  read: { name: 'name', time: 'migrated_at' },
})

/** The table of `wrangler d1 migrations apply`; the names are those of the files. */
const wrangler = inOneTable({
  tool: 'Wrangler',
  table: 'd1_migrations',
  columns: ['id', 'name', 'applied_at'],
  only: true,
  read: { name: 'name', time: 'applied_at' },
})

/** Every tool that is known. A new one is a record in this file, and a name here. */
export const recognisers: readonly Recogniser[] = Object.freeze([
  ...[alembic, drizzleKit, knex, kysely, sequelize, prisma, typeorm, nodePgMigrate, mikroOrm, dbmate, rails],
  ...[golangMigrate, flyway, peeweeMigrate, wrangler],
])
