import { integer, type Migrator, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, type Halves, migratorOn } from './grounds.ts'

const users: Halves = {
  upgrade: (op) =>
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(40))
      t.primaryKey(['id'])
    }),
}

const withNote: Halves = {
  upgrade: (op) =>
    op.alterTable('users', (t) => {
      t.addColumn('note', varchar(40))
    }),
}

const renamed: Halves = {
  upgrade: (op) => {
    op.alterTable('users', (t) => t.renameColumn('note', 'remark'))
    op.alterTable('users', (t) => t.renameColumn('id', 'number'))
    op.renameTable('users', 'people')
    op.alterTable('people', (t) => t.renameColumn('name', 'title'))
  },
}

/** Values of `note` that newer data has superseded; then the table, its key and the column are renamed. */
async function superseded(ground: Ground, migrator: Migrator): Promise<void> {
  await migrator.upgrade('r2')
  await ground.sql("INSERT INTO users (id, name, note) VALUES (1, 'a', 'one'), (2, 'b', 'two')")
  await migrator.downgrade('r1')
  await migrator.stamp('r2')
  await ground.sql('ALTER TABLE users ADD COLUMN note varchar(40)')
  await migrator.upgrade()
}

describeOnAll('values that are restored by hand', (openGround) => {
  test('come back to the table, the row and the column that a later revision has renamed', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, users, withNote, renamed)
    await superseded(ground, migrator)
    expect(await migrator.preserved.list()).toMatchObject([{ table: 'users', column: 'note', values: 2 }])
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 2, missing: 0, refused: 0 })
    expect(await ground.rows('SELECT number, title, remark FROM people ORDER BY number')).toEqual([
      ['1', 'a', 'one'],
      ['2', 'b', 'two'],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
  })

  test('come back under the former names once the rename is reverted', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, users, withNote, renamed)
    await superseded(ground, migrator)
    await migrator.downgrade('r2')
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 2, missing: 0, refused: 0 })
    expect(await ground.rows('SELECT id, note FROM users ORDER BY id')).toEqual([
      ['1', 'one'],
      ['2', 'two'],
    ])
  })

  test.each([
    ['preserved lists', { table: 'users', column: 'note' }],
    ['the present schema has', { table: 'people', column: 'remark' }],
  ])('are chosen by the name that %s', async (_, selection) => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, users, withNote, renamed)
    await superseded(ground, migrator)
    expect(await migrator.preserved.restore('r2', { table: 'users', column: 'other' })).toMatchObject({ restored: 0 })
    expect(await migrator.preserved.restore('r2', selection)).toMatchObject({ restored: 2 })
  })

  test('do not go to another table that has the former name in the present schema', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, users, withNote, renamed, secondUsers)
    await superseded(ground, migrator)
    await ground.sql("INSERT INTO users (id, note) VALUES (1, 'other')")
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 2, missing: 0, refused: 0 })
    expect(await ground.rows('SELECT note FROM users')).toEqual([['other']])
    expect(await ground.rows('SELECT remark FROM people ORDER BY number')).toEqual([['one'], ['two']])
  })

  test('stay preserved where their name went from one table to another in the revision itself', async () => {
    const ground = await openGround()
    const table = (op: OperationRecorder, name: string): void =>
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('a', varchar(9))
        t.primaryKey(['id'])
      })
    const dropped = (op: OperationRecorder): void => op.alterTable('t', (t) => t.dropColumn('a', { preserve: true }))
    const migrator = migratorOn(
      ground.dialect,
      {
        upgrade: (op) => {
          table(op, 't')
          table(op, 'u')
        },
      },
      {
        upgrade: (op) => {
          dropped(op)
          op.renameTable('t', 'v')
          op.renameTable('u', 't')
        },
      },
    )
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO t VALUES (1, 'one'); INSERT INTO u VALUES (1, 'uno')")
    await migrator.upgrade()
    await migrator.stamp('r1')
    await ground.sql('ALTER TABLE v ADD COLUMN a varchar(9)')
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 0, missing: 1, refused: 0 })
    expect(await ground.rows('SELECT a FROM t')).toEqual([['uno']])
    expect(await migrator.status()).toMatchObject({ preserved: 1 })
  })
})

/** A table by the name that the other one had. */
const secondUsers: Halves = {
  upgrade: (op) =>
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('note', varchar(40))
      t.primaryKey(['id'])
    }),
}
