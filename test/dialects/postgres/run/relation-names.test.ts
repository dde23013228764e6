import { createMigrator, expression, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../../kit/servers.ts'

type Change = (op: OperationRecorder) => void

const createT: Change = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.unique(['n'], { name: 'of_n' })
    t.index('by_n', ['n'])
  })

const migratorOn = ({ url }: TestDatabase, ...changes: readonly Change[]) =>
  createMigrator({
    dialect: postgresDialect({ url }),
    tiers: [
      graphOf(
        revisions(
          changes.map((upgrade, at) => ({
            revision: `r${at}`,
            downRevision: at === 0 ? null : `r${at - 1}`,
            upgrade,
          })),
        ),
      ),
    ],
  })

const elsewhere = `CREATE TABLE elsewhere (id int CONSTRAINT taken UNIQUE, CONSTRAINT positive CHECK (id > 0));
  CREATE SCHEMA other; CREATE TABLE other.free (id int)`

describeOn('postgres', 'a name that a relation outside the plan has', (createDatabase) => {
  const unique = 'the unique constraint taken of elsewhere'
  it.each<[string, string, Change]>([
    ['unique constraint taken of t', unique, (op) => op.addUnique('t', ['n'], { name: 'taken' })],
    ['primary key taken of t', unique, (op) => op.addPrimaryKey('t', ['id'], { name: 'taken' })],
    ['index taken of t', unique, (op) => op.createIndex('t', 'taken', ['n'])],
    ['index elsewhere of t', 'the table elsewhere', (op) => op.createIndex('t', 'elsewhere', ['n'])],
    ['index taken of t', unique, (op) => op.renameIndex('t', 'by_n', 'taken')],
    ['unique constraint taken of t', unique, (op) => op.renameConstraint('t', 'of_n', 'taken')],
    ['table taken', unique, (op) => op.createTable('taken', (t) => t.column('id', integer()))],
    ['table taken', unique, (op) => op.renameTable('t', 'taken')],
    ['view taken', unique, (op) => op.createView('taken', expression('SELECT 1 AS n'))],
    ['sequence taken', unique, (op) => op.createSequence('taken')],
    ['sequence elsewhere', 'the table elsewhere', (op) => op.createSequence('elsewhere')],
  ])('is refused by the plan: %s, %s, %#', async (text, holder, change) => {
    const db = await createDatabase()
    await migratorOn(db, createT).upgrade()
    await db.sql(elsewhere)
    const migrator = migratorOn(db, createT, change)
    const { code, message } = await errorOf(migrator.plan('head'))
    const why = 'has this name, and in a schema the names of tables, indexes, keys, views and sequences differ'
    expect([code, message]).toEqual(['INVALID_OPERATION', `${text}: ${holder} ${why}`])
  })

  it('is free in another schema, for a check, under a guard, and once an operation before has dropped or renamed it', async () => {
    const db = await createDatabase()
    await db.sql(elsewhere)
    const migrator = migratorOn(db, createT, (op) => {
      op.createIndex('t', 'free', ['n'])
      op.addCheck('t', expression('n > 0'), { name: 'positive' })
      op.createIndex('t', 'by_n', ['n'], { ifNotExists: true })
      op.renameConstraint('elsewhere', 'taken', 'given')
      op.renameIndex('t', 'by_n', 'taken')
      op.dropIndex('t', 'taken')
      op.addUnique('t', ['id'], { name: 'taken' })
      op.dropTable('elsewhere')
      op.createSequence('given')
    })
    await migrator.upgrade()
    const names = `SELECT relname AS n FROM pg_class WHERE relname IN ('free', 'taken', 'given', 'elsewhere') AND relnamespace = 'public'::regnamespace ORDER BY n`
    expect(await db.sql(names)).toEqual([{ n: 'free' }, { n: 'given' }, { n: 'taken' }])
    await migrator.downgrade('r0')
    expect(await db.sql(names)).toEqual([{ n: 'elsewhere' }, { n: 'taken' }])
  })
})
