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

  const createX: Change = (op) =>
    op.createTable('x', (t) => {
      t.column('id', integer(), { nullable: false, identity: { mode: 'always' } })
      t.column('n', integer())
      t.primaryKey(['id'], { name: 'x_key' })
      t.index('x_by_n', ['n'])
    })

  it.each<[string, string, string]>([
    [
      'index x_by_n of other.x',
      'index x_by_n of other.y',
      'CREATE TABLE other.y (n int); CREATE INDEX x_by_n ON other.y (n)',
    ],
    ['primary key x_key of other.x', 'table other.x_key', 'CREATE TABLE other.x_key (n int)'],
    ['primary key x_key of other.x', 'view other.x_key', 'CREATE VIEW other.x_key AS SELECT 1 AS n'],
    [
      'index x_by_n of other.x',
      'unique constraint x_by_n of other.y',
      'CREATE TABLE other.y (n int CONSTRAINT x_by_n UNIQUE)',
    ],
    ['sequence x_id_seq of other.x', 'sequence other.x_id_seq', 'CREATE SEQUENCE other.x_id_seq'],
    ['sequence x_id_seq of other.x', 'table other.x_id_seq', 'CREATE TABLE other.x_id_seq (n int)'],
    [
      'sequence x_id_seq of other.x',
      'sequence x_id_seq of an identity of other.y',
      'CREATE TABLE other.y (n int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME other.x_id_seq))',
    ],
    [
      'sequence x_id_seq of other.x',
      'sequence other.x_id_seq',
      'CREATE SEQUENCE other.x_id_seq; CREATE TABLE other.y (n int); ALTER SEQUENCE other.x_id_seq OWNED BY other.y.n',
    ],
  ])('in the schema that a table goes to is refused by the plan: %s, the %s', async (text, holder, sql) => {
    const db = await createDatabase()
    await migratorOn(db, createX).upgrade()
    await db.sql(`CREATE SCHEMA other; ${sql}`)
    const move: Change = (op) => op.setSchema('table', 'x', 'other')
    const why = 'has this name, and in a schema the names of tables, indexes, keys, views and sequences differ'
    const expected = ['INVALID_OPERATION', `${text}: the ${holder} ${why}`]
    const { code, message } = await errorOf(migratorOn(db, createX, move).plan('head'))
    expect([code, message]).toEqual(expected)
    // The server refuses it too.
    await expect(db.sql('ALTER TABLE x SET SCHEMA other')).rejects.toMatchObject({ code: '42P07' })
    if (text.startsWith('sequence')) return
    // So are the names of what the plan itself makes.
    await db.sql('DROP TABLE x; TRUNCATE migrate_version, migrate_history')
    const created: Change = (op) => {
      createX(op)
      move(op)
    }
    const later = await errorOf(migratorOn(db, created).plan('head'))
    expect([later.code, later.message]).toEqual(expected)
  })

  it('is free for a table that goes to another schema where it is that of a constraint or a type, or of an object of another schema', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE SCHEMA other; CREATE TABLE other.y (n int CONSTRAINT x_by_n CHECK (n > 0));
      CREATE SCHEMA third; CREATE SEQUENCE third.x_id_seq`)
    const migrator = migratorOn(db, createX, (op) => op.setSchema('table', 'x', 'other'))
    await migrator.upgrade()
    await db.sql('INSERT INTO other.x (n) VALUES (1)')
    await migrator.downgrade('r0')
    expect(await db.sql('INSERT INTO x (n) VALUES (2) RETURNING id::int')).toEqual([{ id: 2 }])
  })
})
