import { integer, type OperationRecorder } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
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
})
