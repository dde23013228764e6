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

describeOnEach(
  ['mysql', 'mariadb'],
  'a name of a constraint that a table outside the plan has',
  (createDatabase, server) => {
    const createT = (op: OperationRecorder): void =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.primaryKey(['id'])
      })
    const elsewhere =
      'CREATE TABLE elsewhere (id int PRIMARY KEY, n int, CONSTRAINT t_n_fk FOREIGN KEY (n) REFERENCES elsewhere (id), CONSTRAINT taken CHECK (n > 0))'
    const messageOf = async (change: (op: OperationRecorder) => void) => {
      const db = await createDatabase()
      await migratorOn(db, createT).upgrade()
      await db.sql(elsewhere)
      const migrator = migratorOn(db, createT, change)
      const refused = await errorOf(migrator.plan('head'))
      expect((await errorOf(migrator.upgrade())).message).toBe(refused.message)
      return [refused.code, refused.message]
    }
    const taken = 'of t: the table elsewhere has one of that name, and a name is of one table only'

    it('is refused by the plan, also where this tool makes the name', async () => {
      const key = { columns: ['n'], references: { table: 't', columns: ['id'] } }
      expect(await messageOf((op) => op.addForeignKey('t', key))).toEqual([
        'INVALID_OPERATION',
        `foreign key t_n_fk ${taken}`,
      ])
      if (server === 'mariadb') return
      const check = ['INVALID_OPERATION', `check taken ${taken}`]
      expect(await messageOf((op) => op.addCheck('t', expression('n > 1'), { name: 'TAKEN' }))).toEqual([
        'INVALID_OPERATION',
        `check TAKEN ${taken}`,
      ])
      expect(
        await messageOf((op) => {
          op.addCheck('t', expression('n > 1'), { name: 'own' })
          op.renameConstraint('t', 'own', 'taken')
        }),
      ).toEqual(check)
    })
  },
)

describeOnEach(['mysql'], 'a check that is NOT ENFORCED', (createDatabase) => {
  it.each([
    ['drop', (op: OperationRecorder) => op.dropConstraint('t', 'lax')],
    ['rename', (op: OperationRecorder) => op.renameConstraint('t', 'lax', 'strict')],
  ])('is not missing where a revision would %s it', async (verb, change) => {
    const db = await createDatabase()
    const createT = (op: OperationRecorder): void => {
      op.createTable('t', (t) => t.column('n', integer()))
      op.sql('ALTER TABLE t ADD CONSTRAINT lax CHECK (n > 0) NOT ENFORCED', { inverse: 'ALTER TABLE t DROP CHECK lax' })
    }
    await migratorOn(db, createT).upgrade()
    const migrator = migratorOn(db, createT, change)
    const { code, message, remedy } = await errorOf(migrator.plan('head'))
    expect([code, message]).toEqual([
      'UNSUPPORTED',
      expect.stringContaining(`${verb} check lax of t: it is NOT ENFORCED`),
    ])
    expect(remedy).toContain('`ALTER TABLE `t` DROP CHECK `lax``')
    await db.sql('ALTER TABLE `t` DROP CHECK `lax`')
  })
})

describeOnEach(['mysql', 'mariadb'], 'a unique key and a foreign key of one name', (createDatabase) => {
  it('are not renamed by it: which is meant is not certain', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE p (id int PRIMARY KEY)')
    await db.sql(
      'CREATE TABLE c (id int PRIMARY KEY, n int, UNIQUE KEY n (n), CONSTRAINT n FOREIGN KEY (n) REFERENCES p (id))',
    )
    const before = await db.sql('SHOW CREATE TABLE c')
    for (const rename of [
      (op: OperationRecorder) => op.renameConstraint('c', 'n', 'm'),
      (op: OperationRecorder) => op.renameIndex('c', 'n', 'm'),
    ]) {
      const { code, message } = await errorOf(migratorOn(db, rename).upgrade())
      expect(code).toBe('INVALID_OPERATION')
      expect(message).toMatch(/are called so: drop the one that is meant/)
    }
    expect(await db.sql('SHOW CREATE TABLE c')).toEqual(before)
    await migratorOn(db, (op) => {
      op.dropConstraint('c', { name: 'n', kind: 'foreignKey' })
      op.addForeignKey('c', { name: 'm', columns: ['n'], references: { table: 'p', columns: ['id'] } })
    }).upgrade()
    const [table] = await db.sql('SHOW CREATE TABLE c')
    expect(String(table?.['Create Table'])).toMatch(/UNIQUE KEY `n` \(`n`\)[\s\S]*CONSTRAINT `m` FOREIGN KEY/)
  })
})
