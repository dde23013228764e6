import { createMigrator, graphOf, integer, type OperationRecorder, revisions, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeEverywhere, describeOnSqlite, type Ground } from '../unit/ensure/ground.ts'

type Upgrade = (op: OperationRecorder) => void

const roles: Upgrade = (op) => {
  op.createTable('roles', (t) => {
    t.column('a', integer(), { nullable: false })
    t.column('b', integer(), { nullable: false })
    t.column('name', varchar(20), { nullable: false })
    t.primaryKey(['a', 'b'])
    t.unique(['name'])
  })
}

/** A table before it, which must not be there either where the plan refuses. */
const users =
  (columns: readonly string[], references: { readonly table: string; readonly columns: readonly string[] }): Upgrade =>
  (op) => {
    op.createTable('before', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('r', integer())
      t.column('plain', integer())
      t.column('n', varchar(20))
      t.primaryKey(['id'])
      t.foreignKey({ columns, references })
    })
  }

const migratorOf = (ground: Ground, ...upgrades: readonly Upgrade[]) =>
  createMigrator({
    dialect: ground.dialect(),
    tiers: [
      graphOf(
        revisions(
          upgrades.map((upgrade, at) => ({
            revision: `r${at + 1}`,
            downRevision: at === 0 ? null : `r${at}`,
            upgrade,
          })),
        ),
      ),
    ],
  })

describeEverywhere('a foreign key', (openGround) => {
  const refused = async (upgrade: Upgrade, error: Record<string, unknown>) => {
    const ground = await openGround()
    await migratorOf(ground, roles).upgrade('heads')
    await expect(migratorOf(ground, roles, upgrade).upgrade('heads')).rejects.toMatchObject(error)
    await expect(ground.sql('SELECT * FROM before')).rejects.toThrow()
    await expect(ground.sql('SELECT * FROM users')).rejects.toThrow()
  }

  test('to a column that is not there is refused before anything runs', async () => {
    await refused(users(['r'], { table: 'roles', columns: ['id'] }), {
      code: 'OBJECT_MISSING',
      message: expect.stringContaining('column roles.id'),
    })
  })

  test('to columns without a key is refused before anything runs', async () => {
    const why = 'the foreign key refers to roles (b), which needs'
    const error = { code: 'INVALID_OPERATION', message: expect.stringContaining(why) }
    await refused(users(['r'], { table: 'roles', columns: ['b'] }), error)
  })

  test('to a column of its own table without a key is refused before anything runs', async () => {
    const why = 'the foreign key refers to users (plain), which needs'
    await refused(users(['r'], { table: 'users', columns: ['plain'] }), { message: expect.stringContaining(why) })
  })

  test('that is added to a table is refused likewise', async () => {
    const ground = await openGround()
    const upgrade: Upgrade = (op) => {
      op.createTable('users', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
      op.addForeignKey('users', { columns: ['id'], references: { table: 'roles', columns: ['b'] } })
    }
    await migratorOf(ground, roles).upgrade('heads')
    await expect(migratorOf(ground, roles, upgrade).upgrade('heads')).rejects.toMatchObject({
      code: 'INVALID_OPERATION',
    })
    await expect(ground.sql('SELECT * FROM users')).rejects.toThrow()
  })

  test.each([
    ['a unique constraint', users(['n'], { table: 'roles', columns: ['name'] })],
    ['a primary key', users(['r', 'id'], { table: 'roles', columns: ['a', 'b'] })],
    [
      'a unique index that the same revision makes before it',
      (op) => {
        op.createIndex('roles', 'roles_b', ['b'], { unique: true })
        users(['r'], { table: 'roles', columns: ['b'] })(op)
      },
    ],
  ] satisfies [string, Upgrade][])('to %s is made', async (_, upgrade) => {
    const ground = await openGround()
    await migratorOf(ground, roles, upgrade).upgrade('heads')
    await ground.sql('INSERT INTO users (id) VALUES (1)')
    expect(await ground.sql('SELECT id FROM users')).toEqual([{ id: 1 }])
  })
})

// The servers refuse the key before its other side is there.
describeOnSqlite('a foreign key on SQLite', (openGround) => {
  test('to a key that the same revision makes behind it is made', async () => {
    const ground = await openGround()
    const upgrade: Upgrade = (op) => {
      users(['r'], { table: 'roles', columns: ['b'] })(op)
      op.createIndex('roles', 'roles_b', ['b'], { unique: true })
    }
    await migratorOf(ground, roles, upgrade).upgrade('heads')
    await ground.sql('INSERT INTO users (id) VALUES (1)')
    expect(await ground.sql('SELECT id FROM users')).toEqual([{ id: 1 }])
  })
})
