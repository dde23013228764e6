import { ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

interface Shape {
  readonly tool: string
  readonly table: string
  /** The column that numbers the rows, that with the name, and that with the time of the run. */
  readonly columns: readonly [number: string, name: string, time: string]
}

/** Tools whose whole history is a numbered table of names and times. */
function named({ tool, table: name, columns }: Shape): Recogniser {
  const [number, called, time] = columns
  return {
    tool,
    tables: [name],
    async recognise(inspection) {
      const table = ownTable(inspection, name, columns)
      if (table === undefined) return undefined
      const rows = await rowsOf(inspection, table, number)
      return {
        tool,
        tables: [table.ref],
        records: 'each',
        applied: rows.map((row) => ({ name: textOf(row[called]), ...timestampOf(row[time]) })),
        problems: [],
      }
    },
  }
}

export const nodePgMigrate = named({
  tool: 'node-pg-migrate',
  table: 'pgmigrations',
  columns: ['id', 'name', 'run_on'],
})
export const mikroOrm = named({
  tool: 'MikroORM',
  table: 'mikro_orm_migrations',
  columns: ['id', 'name', 'executed_at'],
})
export const peeweeMigrate = named({
  tool: 'peewee-migrate',
  table: 'migratehistory',
  columns: ['id', 'name', 'migrated_at'],
})
