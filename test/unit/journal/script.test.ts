import { createMigrator, graphOf, integer, type OperationRecorder, revisions, text } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { driverText } from '../../kit/script-text.ts'
import { describeOn } from '../../kit/servers.ts'

const first = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  message: 'first',
  upgrade(op: OperationRecorder) {
    op.createTable('item', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', text())
      t.primaryKey(['id'])
    })
    op.insertRows('item', [{ id: 1, name: "it's" }])
  },
}

describeOn('postgres', 'a script', (createDatabase) => {
  const second = {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    message: 'second',
    upgrade(op: OperationRecorder) {
      op.alterTable('item', (t) => t.addColumn('size', integer()))
      op.createIndex('item', 'item_size', ['size'], { concurrently: true })
      op.alterTable('item', (t) => t.addColumn('note', text()))
    },
  }
  const tiers = [graphOf(revisions([first, second]))]

  it('ends the transaction before what cannot be in one, and begins another after it', async () => {
    const db = await createDatabase()
    const dialect = postgresDialect({ url: db.url })
    const printed = await createMigrator({ dialect, tiers }).script()
    const statements = printed
      .split('\n')
      .filter((line) => /^(BEGIN|COMMIT|CREATE|ALTER)/.test(line))
      .map((line) => /^(BEGIN|COMMIT|CREATE INDEX CONCURRENTLY|CREATE TABLE "item"|ALTER TABLE "item")/.exec(line)?.[1])
      .filter((word) => word !== undefined)
    expect(statements).toEqual([
      // The tables of the bookkeeping, and where the database is.
      'BEGIN',
      'COMMIT',
      'BEGIN',
      'CREATE TABLE "item"',
      'COMMIT',
      'BEGIN',
      'ALTER TABLE "item"',
      'COMMIT',
      'CREATE INDEX CONCURRENTLY',
      'BEGIN',
      'ALTER TABLE "item"',
      'COMMIT',
    ])
    // One text is one transaction of its own for the server, so a client sends the parts one by one.
    for (const statement of driverText(printed).split(/;\n/))
      if (statement.replace(/^--.*$/gm, '').trim() !== '') await db.sql(statement)
    expect(await createMigrator({ dialect, tiers }).status()).toMatchObject({
      state: 'atHead',
      revision: ['bbbbbbbbbbbb'],
    })
    expect(await db.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'item_size'::regclass")).toEqual([
      { indisvalid: true },
    ])
    expect(await db.sql('SELECT name FROM item')).toEqual([{ name: "it's" }])
  })
})

for (const server of ['mariadb', 'mysql'] as const) {
  describeOn(server, 'a script', (createDatabase) => {
    it('gives the database that a run gives', async () => {
      const db = await createDatabase()
      const dialect = mysqlDialect({ url: db.url })
      const second = {
        revision: 'bbbbbbbbbbbb',
        downRevision: 'aaaaaaaaaaaa',
        message: 'second',
        upgrade(op: OperationRecorder) {
          op.alterTable('item', (t) => t.addColumn('size', integer()))
          op.insertRows('item', [{ id: 2, name: 'back\\slash', size: 3 }])
        },
      }
      const tiers = [graphOf(revisions([first, second]))]
      await db.sql(driverText(await createMigrator({ dialect, tiers }).script()))
      expect(await createMigrator({ dialect, tiers }).status()).toMatchObject({
        state: 'atHead',
        revision: ['bbbbbbbbbbbb'],
      })
      const rows = await db.sql('SELECT id, name, size FROM item ORDER BY id')
      expect(rows.map((row) => ({ ...row }))).toEqual([
        { id: 1, name: "it's", size: null },
        { id: 2, name: 'back\\slash', size: 3 },
      ])
    })
  })
}
