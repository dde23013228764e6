import { check } from '@org/migrate-autogenerate'
import { bigint, expression, integer, native } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const migratorAt = (url: string, ...chain: readonly Recorded[]) => migratorOf(postgresDialect({ url }), line(...chain))

const long = 'a_table_with_a_name_of_more_than_forty_letters'
const other = 'a_column_with_a_name_of_more_than_forty_letters'
const wide = 'tabelle_für_größen_und_maße_aller_möglichen_öffnungen'
/** Tables and columns whose made names the server truncates, or not. */
const names = [
  ['t', 'a'],
  ['t', other],
  [long, 'a'],
  [long, other],
  [long, 'a_column_of_just_twenty'],
  ['x'.repeat(63), 'y'.repeat(63)],
  ['x'.repeat(63), 'a'],
  ['x'.repeat(31), 'y'.repeat(28)],
  [wide, 'höhe_über_der_öffnung_äußerer_zäune_und_größen_übrige'],
  ['表'.repeat(21), '列'.repeat(21)],
] as const

describeOnDialects(['postgres', 'postgres-next'], 'names that the server makes', (createDatabase) => {
  test.each(names)(
    'the constraints of %s (%s) are dropped by traits in the run that makes them',
    async (table, column) => {
      const { url, sql } = await createDatabase()
      const createTables: Recorded = (op) =>
        op.createTable(table, (t) => {
          t.column('id', integer(), { nullable: false })
          t.column(column, integer())
          t.primaryKey(['id'])
          t.unique([column])
          t.unique(['id', column])
          t.check(expression(`"${column}" > 0`))
          t.check(expression(`"${column}" < 9`))
          t.foreignKey({ columns: [column], references: { table, columns: ['id'] } })
        })
      const dropped: Recorded = (op) =>
        op.alterTable(table, (t) => {
          t.dropConstraint({ kind: 'unique', columns: [column] })
          t.dropConstraint({ kind: 'unique', columns: ['id', column] })
          t.dropConstraint({ kind: 'foreignKey', columns: [column] })
          t.dropConstraint({ kind: 'primaryKey' })
        })
      const keys = `SELECT count(*) AS n FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid
      JOIN pg_namespace AS s ON s.oid = r.relnamespace WHERE s.nspname = 'public' AND r.relname NOT LIKE 'migrate%' AND c.contype <> 'n'`
      const migrator = migratorAt(url, createTables, dropped)
      expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
      expect(await sql(keys)).toEqual([{ n: '2' }])
      await migrator.downgrade('r1')
      expect(await sql(keys)).toEqual([{ n: '6' }])
      await migrator.upgrade()
      expect(await sql(keys)).toEqual([{ n: '2' }])
    },
  )

  test.each(names)('the serial column of %s (%s) has the sequence that its default names', async (table, column) => {
    const { url, sql } = await createDatabase()
    const createTables: Recorded = (op) =>
      op.createTable(table, (t) => t.column(column, native('postgres', 'serial'), { nullable: false }))
    const widened: Recorded = (op) => op.alterTable(table, (t) => t.alterColumn(column, { type: bigint() }))
    const renamed: Recorded = (op) => op.alterTable(table, (t) => t.renameColumn(column, 'n'))
    const migrator = migratorAt(url, createTables, widened, renamed)
    await migrator.upgrade()
    const owned = `SELECT s.relname AS name FROM pg_depend AS d JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S' WHERE d.deptype = 'a'`
    const second = await createDatabase()
    await second.sql(`CREATE TABLE "${table}" (n serial)`)
    expect(await sql(owned)).toEqual(await second.sql(owned))
    await migrator.downgrade('base')
    await migrator.upgrade()
    expect((await check(migrator)).findings.filter(({ level }) => level === 'problem')).toEqual([])
  })

  test('tables whose truncated names are the same have theirs numbered, as the server does', async () => {
    const { url, sql } = await createDatabase()
    const tables = ['2022', '2023', '2024'].map((year) => `customer_subscription_billing_history_items_archive_${year}`)
    const column = 'customer_subscription_identifier'
    const createTables: Recorded = (op) => {
      for (const table of tables) {
        op.createTable(table, (t) => {
          t.column('id', native('postgres', 'serial'), { nullable: false })
          t.column(column, native('postgres', 'serial'), { nullable: false })
          t.primaryKey(['id'])
          t.unique([column])
        })
      }
    }
    const dropped: Recorded = (op) => {
      for (const table of tables) {
        op.alterTable(table, (t) => {
          t.dropConstraint({ kind: 'unique', columns: [column] })
          t.alterColumn(column, { type: bigint() })
        })
      }
    }
    const migrator = migratorAt(url, createTables, dropped)
    expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
    expect(await sql("SELECT conname FROM pg_constraint WHERE contype = 'u' AND conname LIKE 'customer%'")).toEqual([])
    await migrator.downgrade('r1')
    const keys = "SELECT conname AS name FROM pg_constraint WHERE contype = 'u' AND conname LIKE 'customer%' ORDER BY 1"
    const second = await createDatabase()
    for (const table of tables)
      await second.sql(`CREATE TABLE ${table} (id serial PRIMARY KEY, ${column} serial UNIQUE)`)
    expect(await sql(keys)).toEqual(await second.sql(keys))
    await migrator.upgrade()
  })
})
