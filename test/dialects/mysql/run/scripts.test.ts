import { integer } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { Recorded } from '../../../kit/migrator.ts'
import { driverText } from '../../../kit/script-text.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const cases: readonly { readonly title: string; readonly setup: readonly string[]; readonly upgrade: Recorded }[] = [
  {
    title: 'on a table with dates of zeros among its defaults and rows',
    setup: [
      "SET sql_mode = ''; CREATE TABLE t (id int PRIMARY KEY, d date NOT NULL DEFAULT '0000-00-00', n int); INSERT INTO t (id) VALUES (1)",
    ],
    upgrade: (op) => {
      op.alterTable('t', (t) => {
        t.alterColumn('d', { nullable: true })
        t.addColumn('extra', integer())
      })
    },
  },
  {
    title: 'beside a trigger in the names of ANSI_QUOTES',
    setup: [
      'CREATE TABLE t (id int PRIMARY KEY, n int)',
      `SET sql_mode = 'ANSI_QUOTES'; CREATE TRIGGER one BEFORE INSERT ON "t" FOR EACH ROW SET NEW."n" = (SELECT count("n") FROM "t" WHERE "n" > 0)`,
    ],
    upgrade: (op) => op.alterTable('t', (t) => t.renameColumn('n', 'amount')),
  },
]

const mysqlCases: typeof cases = [
  {
    title: 'on a table with a check that is not enforced',
    setup: [
      'CREATE TABLE t (id int PRIMARY KEY, n int, CONSTRAINT c CHECK (n > 5) NOT ENFORCED); INSERT INTO t VALUES (1, 1)',
    ],
    upgrade: (op) =>
      op.alterTable('t', (t) => {
        t.alterColumn('n', { nullable: false })
        t.addColumn('extra', integer())
      }),
  },
]

describeOnDialects(['mysql', 'mariadb'], 'a script does what a run does', (createDatabase, server) => {
  async function createWith(statements: readonly string[]): Promise<TestDatabase> {
    const db = await createDatabase()
    for (const text of statements) await db.sql(text)
    return db
  }

  it.each([...cases, ...(server === 'mysql' ? mysqlCases : [])])('$title', async (each) => {
    const db = await createWith(each.setup)
    const migrator = migratorOn(db, each.upgrade)
    const text = driverText(await migrator.script('head', { from: 'current' }))
    await migrator.upgrade()
    const other = await createWith(each.setup)
    // A client of the strictest modes that the server has.
    await other.sql(`SET sql_mode = 'TRADITIONAL,ANSI'; ${text}`)
    expect(await objectsOf(other)).toEqual(await objectsOf(db))
    const back = driverText(await migrator.script('base', { from: 'current', command: 'downgrade' }))
    await migrator.downgrade('base')
    await other.sql(back)
    expect(await objectsOf(other)).toEqual(await objectsOf(db))
  })
})
