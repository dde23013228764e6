import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, migratorOn } from './grounds.ts'

const numbered = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
    t.column('name', varchar(9))
    t.primaryKey(['id'])
  })

describeOnAll('the counter of a table that an upgrade drops and preserves', (openGround, server) => {
  test.each<readonly [string, (op: OperationRecorder) => void, ((op: OperationRecorder) => void) | undefined]>([
    ['a derived downgrade', (op) => op.dropTable('t', { preserve: true }), undefined],
    [
      'a written downgrade, behind a rename',
      (op) => {
        op.renameTable('t', 'u')
        op.dropTable('u', { preserve: true })
      },
      numbered,
    ],
  ])('gives out no number for another row after %s', async (_what, upgrade, downgrade) => {
    // A table of MySQL and MariaDB has its counter among its options: one that an author makes again has what they write.
    if (downgrade !== undefined && /mariadb|mysql/.test(server)) return
    const ground = await openGround()
    const second = { upgrade, ...(downgrade === undefined ? {} : { downgrade }) }
    const migrator = migratorOn(ground.dialect, { upgrade: numbered }, second)
    await migrator.upgrade('r1')
    for (const name of ['a', 'b', 'c']) await ground.sql(`INSERT INTO t (name) VALUES ('${name}')`)
    await ground.sql('DELETE FROM t WHERE id = 3')
    await migrator.upgrade()
    await migrator.downgrade('r1')
    await ground.sql("INSERT INTO t (name) VALUES ('d')")
    expect(await ground.rows('SELECT id, name FROM t ORDER BY id')).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['4', 'd'],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
    expect(await ground.rows('SELECT count(*) FROM migrate_preserved')).toEqual([['0']])
  })
})

describeOnAll('the counter that an upgrade adds to a column', (openGround) => {
  test('gives out no number for another row after a downgrade and the next upgrade', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      {
        upgrade: (op) =>
          op.createTable('t', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('name', varchar(9))
            t.primaryKey(['id'])
          }),
      },
      {
        upgrade: (op) => {
          op.renameTable('t', 'u')
          op.alterTable('u', (t) => t.alterColumn('id', { identity: { mode: 'autoIncrement' } }))
        },
      },
    )
    await migrator.upgrade()
    for (const name of ['a', 'b', 'c']) await ground.sql(`INSERT INTO u (name) VALUES ('${name}')`)
    await ground.sql('DELETE FROM u WHERE id = 3')
    await migrator.downgrade('r1')
    await migrator.upgrade()
    await ground.sql("INSERT INTO u (name) VALUES ('d')")
    expect(await ground.rows('SELECT id, name FROM u ORDER BY id')).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['4', 'd'],
    ])
  })
})
