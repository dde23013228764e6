import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, migratorOn } from './grounds.ts'

const notes = (op: OperationRecorder, name: string, guard: { ifNotExists?: true } = {}): void =>
  op.createTable(
    name,
    (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('text', varchar(9))
      t.primaryKey(['id'])
    },
    guard,
  )

describeOnAll('what was made by hand between a downgrade and an upgrade that would make it', (openGround, server) => {
  test('holds the newer values of a column, and takes those of rows that have none', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      { upgrade: (op) => notes(op, 't') },
      {
        upgrade: (op) => {
          op.alterTable('t', (t) => t.addColumn('more', varchar(9), { ifNotExists: true }))
          op.renameTable('t', 'u')
        },
      },
    )
    await migrator.upgrade()
    await ground.sql("INSERT INTO u VALUES (1, 'a', 'old'), (2, 'b', 'old')")
    await migrator.downgrade('r1')
    await ground.sql('ALTER TABLE t ADD COLUMN more varchar(9)')
    await ground.sql("UPDATE t SET more = 'newer' WHERE id = 1")
    const { reports } = await migrator.upgrade()
    expect(await ground.rows('SELECT id, more FROM u ORDER BY id')).toEqual([
      ['1', 'newer'],
      ['2', 'old'],
    ])
    expect(reports).toMatchObject([
      {
        what: 'u.more: it was there already when the upgrade came to make it, so the old value stays preserved',
        count: 1,
      },
    ])
    expect(await migrator.status()).toMatchObject({ superseded: 1 })
  })

  test('holds the newer rows of a table, and takes those that it lacks', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      { upgrade: (op) => notes(op, 'z') },
      { upgrade: (op) => notes(op, 't', { ifNotExists: true }) },
    )
    await migrator.upgrade()
    await ground.sql("INSERT INTO t VALUES (1, 'old'), (2, 'old')")
    await migrator.downgrade('r1')
    // With the character set of the other table there.
    await ground.sql(
      /mariadb|mysql/.test(server)
        ? 'CREATE TABLE t LIKE z'
        : 'CREATE TABLE t (id integer NOT NULL, text varchar(9), PRIMARY KEY (id))',
    )
    await ground.sql("INSERT INTO t VALUES (1, 'newer')")
    await migrator.upgrade()
    expect(await ground.rows('SELECT * FROM t ORDER BY id')).toEqual([
      ['1', 'newer'],
      ['2', 'old'],
    ])
    expect(await migrator.status()).toMatchObject({ superseded: 1 })
  })
})
