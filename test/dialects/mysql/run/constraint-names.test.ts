import { expression, integer, type OperationRecorder } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const create = (op: OperationRecorder, names: { readonly key?: string; readonly check?: string }): void =>
  op.createTable('item', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('parent', integer())
    t.primaryKey(['id'])
    t.foreignKey({
      columns: ['parent'],
      references: { table: 'item', columns: ['id'] },
      ...(names.key === undefined ? {} : { name: names.key }),
    })
    t.check(expression('id > 0'), names.check === undefined ? {} : { name: names.check })
  })

describeOnEach(['mysql', 'mariadb'], 'a table that is renamed', (createDatabase, server) => {
  const tables =
    "SELECT table_name AS n FROM information_schema.tables WHERE table_schema = database() AND table_name LIKE 'item%' ORDER BY n"

  it('keeps the names of its constraints, and a new one of its name is refused before the rename', async () => {
    const db = await createDatabase()
    await migratorOn(db, (op) => create(op, {})).upgrade()
    const second = (names: Parameters<typeof create>[1]) =>
      migratorOn(
        db,
        (op) => create(op, {}),
        (op) => {
          op.renameTable('item', 'item_old')
          create(op, names)
        },
      )
    const refused = await errorOf(second({ check: 'positive' }).upgrade())
    expect([refused.code, refused.message]).toEqual([
      'INVALID_OPERATION',
      'foreign key item_parent_fk of item: the table item_old has one of that name, and a name is of one table only',
    ])
    expect(await db.sql(tables)).toEqual([{ n: 'item' }])
    if (server === 'mysql') {
      const check = await errorOf(second({ key: 'of_parent' }).upgrade())
      expect(check.message).toContain('check item_check of item: the table item_old has one of that name')
      expect(await db.sql(tables)).toEqual([{ n: 'item' }])
    }
    const named = second({ key: 'of_parent', check: 'positive' })
    await named.upgrade()
    expect(await db.sql(tables)).toEqual([{ n: 'item' }, { n: 'item_old' }])
    await named.downgrade('-1')
    expect(await db.sql(tables)).toEqual([{ n: 'item' }])
  })
})
