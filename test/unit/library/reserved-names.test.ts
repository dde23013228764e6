import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare as compareSchemas } from '@org/migrate-autogenerate'
import {
  column,
  createMigrator,
  type Exports,
  graphOf,
  integer,
  type OperationRecorder,
  readDeclared,
  revisions,
  table,
  text,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterAll, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'

const compare = (dialect: UnloadedDialect, exports: Exports) =>
  compareSchemas(migratorOf(dialect, []), readDeclared(exports))
const key = column(integer(), { nullable: false })

describeOn('postgres', 'the names of system columns', (createDatabase) => {
  it.each(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])(
    '%s is refused with the reason, before a file is written',
    async (name) => {
      const dialect = postgresDialect({ url: (await createDatabase()).url })
      await expect(compare(dialect, { t: table('t', { id: key, [name]: column(text()) }) })).rejects.toMatchObject({
        code: 'INVALID_NAME',
        message: `the column name t.${name} is reserved: every table of PostgreSQL has a system column of this name`,
      })
    },
  )

  it('in other letters are free', async () => {
    const dialect = postgresDialect({ url: (await createDatabase()).url })
    const { changes } = await compare(dialect, {
      t: table('t', { id: key, XMIN: column(text()), oid: column(text()) }),
    })
    expect(changes.map(({ describe }) => describe)).toEqual(['create table t'])
  })
})

for (const server of ['mariadb', 'mysql'] as const) {
  describeOn(server, 'the names of columns that InnoDB adds itself', (createDatabase) => {
    it.each(['DB_ROW_ID', 'db_trx_id', 'Db_Roll_Ptr'])('%s is refused with the reason', async (name) => {
      const dialect = mysqlDialect({ url: (await createDatabase()).url })
      const why = 'is reserved: InnoDB adds a column of this name to its tables'
      await expect(compare(dialect, { t: table('t', { id: key, [name]: column(text()) }) })).rejects.toMatchObject({
        code: 'INVALID_NAME',
        message: `the column name t.${name} ${why}`,
      })
      const steps: readonly ((op: OperationRecorder) => void)[] = [
        (op) => op.alterTable('t', (t) => void t.addColumn(name, text())),
        (op) => op.alterTable('t', (t) => void t.renameColumn('a', name)),
      ]
      for (const step of steps) {
        const upgrade = (op: OperationRecorder): void => op.createTable(table('t', { id: key, a: column(text()) }))
        const first = { revision: 'a1', downRevision: null, upgrade }
        const tiers = [graphOf(revisions([first, { revision: 'b2', downRevision: 'a1', upgrade: step }]))]
        await expect(createMigrator({ dialect, tiers }).plan('head')).rejects.toMatchObject({ code: 'INVALID_NAME' })
      }
    })

    it('is free in a table of another engine', async () => {
      const dialect = mysqlDialect({ url: (await createDatabase()).url })
      const first = {
        revision: 'a1',
        downRevision: null,
        upgrade: (op: OperationRecorder) =>
          op.createTable(table('t', { id: key, DB_ROW_ID: column(text()) }, { options: { engine: 'MyISAM' } })),
      }
      const { applied } = await migratorOf(dialect, [first]).upgrade('head')
      expect(applied).toEqual(['main:a1'])
    })
  })
}

const folder = mkdtempSync(join(tmpdir(), 'reserved-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  ['a table', { t: table('sqlite_t', { id: key }) }, 'sqlite_t'],
  ['a table in other letters', { t: table('SQLite_t', { id: key }) }, 'SQLite_t'],
  ['an index', { t: table('t', { id: key }, { indexes: [{ name: 'sqlite_i', columns: ['id'] }] }) }, 'sqlite_i'],
])('sqlite: the name of %s that begins with sqlite_ is refused with the reason', async (_, exports, name) => {
  await expect(compare(sqliteDialect({ url: join(folder, 'a.db') }), exports)).rejects.toMatchObject({
    code: 'INVALID_NAME',
    message: `the name ${name} is reserved: names that begin with sqlite_ are for SQLite itself`,
  })
})
