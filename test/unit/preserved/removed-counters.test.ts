import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, migratorOn } from './grounds.ts'

const numbered = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
    t.column('name', varchar(9))
    t.primaryKey(['id'])
  })

describeOnAll('the counter of a table that an upgrade drops and preserves', (openGround) => {
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

describeOnAll('the counter of a column that an upgrade switches off', (openGround) => {
  test.each<readonly [string, (op: OperationRecorder) => void]>([
    ['is', (op) => op.alterColumn('t', 'id', { identity: null })],
    ['and preserve', (op) => op.alterColumn('t', 'id', { identity: null, preserve: true })],
    [
      'and rename',
      (op) => {
        op.renameColumn('t', 'id', 'number')
        op.alterColumn('t', 'number', { identity: null })
        op.renameTable('t', 'u')
      },
    ],
    [
      'and drop the column',
      (op) => {
        op.alterColumn('t', 'id', { identity: null })
        op.alterTable('t', (t) => t.dropConstraint({ kind: 'primaryKey' }))
        op.dropColumn('t', 'id', { preserve: true })
      },
    ],
  ])('gives out no number for another row after the downgrade: the operations %s', async (_what, upgrade) => {
    const ground = await openGround()
    const first = (op: OperationRecorder): void =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
        t.column('name', varchar(9), { nullable: false })
        t.primaryKey(['id'])
        t.unique(['name'])
      })
    const migrator = migratorOn(ground.dialect, { upgrade: first }, { upgrade })
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
    expect(await ground.rows('SELECT count(*) FROM migrate_preserved')).toEqual([['0']])
  })
})

describeOnAll('the counter of a column that SQL of the author switches off', (openGround) => {
  test('is named by the plan, since the SQL is sent as it is', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      { upgrade: numbered },
      {
        upgrade: (op) =>
          op.sql('SELECT 1', { effects: (e) => e.alterColumn('t', 'id', { identity: null }), inverse: 'SELECT 1' }),
      },
    )
    await migrator.upgrade('r1')
    expect((await migrator.plan()).steps[0]?.notes).toContain(
      'the counter of t.id is not preserved: switched on again it goes on behind the greatest number that is there',
    )
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
