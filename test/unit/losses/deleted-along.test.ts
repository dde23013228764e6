import { integer, type OperationRecorder, type PlannedLoss, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, migratorOn } from '../preserved/grounds.ts'

const tables = (op: OperationRecorder): void => {
  op.createTable('roles', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(9))
    t.primaryKey(['id'])
  })
  for (const [name, onDelete] of [
    ['users', 'cascade'],
    ['pets', 'setNull'],
  ] as const)
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('role', integer())
      t.primaryKey(['id'])
      t.foreignKey({
        name: `${name}_role`,
        columns: ['role'],
        references: { table: 'roles', columns: ['id'] },
        onDelete,
      })
    })
}
const admin = (op: OperationRecorder): void => op.insertRows('roles', [{ id: 1, name: 'admin' }], { key: ['id'] })
const rows = `INSERT INTO roles VALUES (2, 'guest'); INSERT INTO users VALUES (1, 1), (2, 2), (3, 1);
  INSERT INTO pets VALUES (1, 1), (2, NULL)`
const cause = 'with the rows of roles that it refers to'

describeOnAll('rows that the server deletes or empties along with deleted rows', (openGround) => {
  test('are losses of a downgrade that deletes what the upgrade inserted', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, { upgrade: tables }, { upgrade: admin })
    await migrator.upgrade()
    await ground.sql(rows)
    const losses = [
      { object: 'table roles', how: 'deleted', rows: 1, preserved: false },
      {
        object: 'table users',
        how: 'deleted',
        rows: 2,
        preserved: false,
        why: `deleted ${cause}, and so is what refers to them`,
      },
      { object: 'column pets.role', how: 'converted', rows: 1, preserved: false, why: `becomes NULL ${cause}` },
    ]
    const plan = await migrator.plan('r1')
    expect(plan.steps[0]?.losses).toHaveLength(3)
    expect(plan.steps[0]?.losses).toEqual(expect.arrayContaining(losses))
    const result = await migrator.downgrade('r1')
    for (const loss of losses)
      expect(result.losses).toContainEqual(expect.objectContaining({ object: loss.object, rows: loss.rows }))
    expect(await ground.rows('SELECT id, role FROM users')).toEqual([['2', '2']])
    expect(await ground.rows('SELECT id, role FROM pets ORDER BY id')).toEqual([
      ['1', null],
      ['2', null],
    ])
  })

  test('are preserved with tables that the same downgrade drops, and so are no losses beside them', async () => {
    const ground = await openGround()
    const both = (op: OperationRecorder): void => {
      tables(op)
      admin(op)
      op.renameTable('roles', 'ranks')
    }
    const migrator = migratorOn(ground.dialect, { upgrade: both })
    await migrator.upgrade()
    await ground.sql(rows.replaceAll('roles', 'ranks'))
    const losses = [
      ['table pets', 'dropped', 2, true],
      ['table ranks', 'dropped', 2, true],
      ['table users', 'dropped', 3, true],
    ]
    const shown = (all: readonly PlannedLoss[] = []) =>
      all.map(({ object, how, rows: count, preserved }) => [object, how, count, preserved]).sort()
    expect(shown((await migrator.plan('base')).steps[0]?.losses)).toEqual(losses)
    expect(shown((await migrator.downgrade('base')).losses)).toEqual(losses)
    await migrator.upgrade()
    expect(await ground.rows('SELECT id, name FROM ranks ORDER BY id')).toEqual([
      ['1', 'admin'],
      ['2', 'guest'],
    ])
    expect(await ground.rows('SELECT id, role FROM users ORDER BY id')).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '1'],
    ])
  })

  test('are none where no row refers to them, and are not counted under names of the same revision', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      { upgrade: tables },
      { upgrade: admin },
      {
        upgrade: (op) => {
          op.renameTable('roles', 'ranks')
          op.alterTable('ranks', (t) => t.renameColumn('id', 'number'))
          op.deleteRows('ranks', [{ number: 1 }])
        },
      },
    )
    await migrator.upgrade('r2')
    await ground.sql("INSERT INTO roles VALUES (2, 'guest'); INSERT INTO users VALUES (2, 2)")
    expect((await migrator.plan('r1')).steps[0]?.losses.map(({ object, rows }) => [object, rows]).sort()).toEqual([
      ['column pets.role', 0],
      ['table roles', 1],
      ['table users', 0],
    ])
    await ground.sql('INSERT INTO users VALUES (1, 1)')
    const [step] = (await migrator.plan('r3')).steps
    expect(step?.losses).toContainEqual({ object: 'table ranks', how: 'deleted', preserved: false })
    const { losses } = await migrator.upgrade()
    expect(losses).toContainEqual(expect.objectContaining({ object: 'table users', how: 'deleted', rows: 1 }))
    expect(await ground.rows('SELECT id FROM users')).toEqual([['2']])
  })

  test('are counted once, whatever the number of keys by which they refer, and not where they are named themselves', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      {
        upgrade: (op) => {
          op.createTable('users', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('boss', integer())
            t.primaryKey(['id'])
            t.foreignKey({
              name: 'users_boss',
              columns: ['boss'],
              references: { table: 'users', columns: ['id'] },
              onDelete: 'cascade',
            })
          })
          op.createTable('messages', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('sender', integer())
            t.column('receiver', integer())
            t.primaryKey(['id'])
            for (const column of ['sender', 'receiver'])
              t.foreignKey({
                name: `messages_${column}`,
                columns: [column],
                references: { table: 'users', columns: ['id'] },
                onDelete: 'cascade',
              })
          })
        },
      },
      { upgrade: (op) => op.deleteRows('users', [{ id: 1 }, { id: 2 }]) },
    )
    await migrator.upgrade('r1')
    await ground.sql('INSERT INTO users VALUES (1, NULL), (2, 1), (3, 1), (4, NULL)')
    await ground.sql('INSERT INTO messages VALUES (1, 1, 1), (2, 1, 4), (3, 4, 4)')
    const [step] = (await migrator.plan()).steps
    expect(step?.losses.map(({ object, rows, why }) => [object, rows, why === undefined]).sort()).toEqual([
      ['table messages', 2, false],
      ['table users', 1, false],
      ['table users', 2, true],
    ])
    await migrator.upgrade()
    expect(await ground.rows('SELECT id FROM users')).toEqual([['4']])
    expect(await ground.rows('SELECT id FROM messages')).toEqual([['3']])
  })

  test('are counted where the key by which others are deleted is NULL in them', async () => {
    const ground = await openGround()
    const users = (op: OperationRecorder): void =>
      op.createTable('users', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', varchar(9))
        t.column('boss', integer())
        t.primaryKey(['id'])
        const references = { table: 'users', columns: ['id'] }
        t.foreignKey({ name: 'users_boss', columns: ['boss'], references, onDelete: 'cascade' })
      })
    const deletes = (op: OperationRecorder): void => op.deleteRows('users', [{ name: 'ada' }])
    const migrator = migratorOn(ground.dialect, { upgrade: users }, { upgrade: deletes })
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO users VALUES (1, 'ada', NULL), (2, NULL, 1), (3, 'bob', 1), (4, NULL, NULL)")
    const [step] = (await migrator.plan()).steps
    expect(step?.losses.map(({ object, rows, why }) => [object, rows, why === undefined]).sort()).toEqual([
      ['table users', 1, true],
      ['table users', 2, false],
    ])
    await migrator.upgrade()
    expect(await ground.rows('SELECT id FROM users')).toEqual([['4']])
  })
})
