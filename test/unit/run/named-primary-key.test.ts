import { integer, type OperationRecorder } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { describeEverywhere } from '../ensure/ground.ts'

const chain = [
  {
    revision: 'a1',
    downRevision: null,
    upgrade: (op: OperationRecorder) =>
      op.createTable('items', (t) => {
        t.column('a', integer(), { nullable: false })
        t.column('b', integer(), { nullable: false })
        t.primaryKey(['a'], { name: 'items_pk' })
      }),
  },
  {
    revision: 'b1',
    downRevision: 'a1',
    upgrade(op: OperationRecorder) {
      op.dropConstraint('items', { name: 'items_pk', kind: 'primaryKey' })
      op.addPrimaryKey('items', ['a', 'b'], { name: 'items_pk' })
    },
  },
]

// MySQL calls each primary key PRIMARY: https://dev.mysql.com/doc/refman/8.4/en/create-table.html
describeEverywhere('a primary key with a name', (openGround) => {
  it('is dropped by that name, and by the derived downgrade of its addition', async () => {
    const ground = await openGround()
    const migrator = migratorOf(ground.dialect(), chain)
    await migrator.upgrade()
    await ground.sql('INSERT INTO items VALUES (1, 1)')
    await ground.sql('INSERT INTO items VALUES (1, 2)')
    await expect(ground.sql('INSERT INTO items VALUES (1, 2)')).rejects.toThrow()
    await ground.sql('DELETE FROM items WHERE b = 2')
    expect((await migrator.downgrade('-1')).applied).toEqual(['main:b1'])
    await expect(ground.sql('INSERT INTO items VALUES (1, 2)')).rejects.toThrow()
    expect((await migrator.upgrade()).applied).toEqual(['main:b1'])
  })
  it('is not left in silence by ifExists and the name that only PostgreSQL gives', async () => {
    const ground = await openGround()
    const without = (drop: (op: OperationRecorder) => void) => [
      {
        revision: 'a1',
        downRevision: null,
        upgrade: (op: OperationRecorder) =>
          op.createTable('items', (t) => {
            t.column('a', integer(), { nullable: false })
            t.primaryKey(['a'])
          }),
      },
      { revision: 'b1', downRevision: 'a1', upgrade: drop },
    ]
    const byName = migratorOf(
      ground.dialect(),
      without((op) => op.dropConstraint('items', 'items_pkey', { ifExists: true })),
    )
    await byName.upgrade('a1')
    await ground.sql('INSERT INTO items VALUES (1)')
    const isNamed = ground.name === 'postgres'
    if (isNamed) await byName.upgrade()
    else {
      expect(await errorOf(byName.upgrade())).toMatchObject({
        code: 'OBJECT_MISSING',
        remedy: expect.stringContaining("`{ kind: 'primaryKey' }`"),
      })
      await expect(ground.sql('INSERT INTO items VALUES (1)')).rejects.toThrow()
      const byKind = without((op) => op.dropConstraint('items', { kind: 'primaryKey' }, { ifExists: true }))
      await migratorOf(ground.dialect(), byKind).upgrade()
    }
    await ground.sql('INSERT INTO items VALUES (1)')
    expect(await ground.sql('SELECT a FROM items')).toHaveLength(2)
  })

  it('is not meant by another name, which ifExists finds not to be there', async () => {
    const ground = await openGround()
    const guarded = (op: OperationRecorder) => op.dropConstraint('items', 'items_a_key', { ifExists: true })
    const migrator = migratorOf(ground.dialect(), [
      ...chain.slice(0, 1),
      { revision: 'b1', downRevision: 'a1', upgrade: guarded },
    ])
    await migrator.upgrade()
    await ground.sql('INSERT INTO items VALUES (1, 1)')
    await expect(ground.sql('INSERT INTO items VALUES (1, 2)')).rejects.toThrow()
  })
})
