import { integer, type StepDatabase, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, type Halves, migratorOn } from './grounds.ts'

const customers: Halves = {
  upgrade: (op) =>
    op.createTable('customers', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(50), { nullable: false })
      t.primaryKey(['id'])
    }),
}
const split = async (db: StepDatabase): Promise<void> => {
  await db.execute('UPDATE "customers" SET "label" = UPPER("name")')
}
const join = async (db: StepDatabase): Promise<void> => {
  await db.execute('UPDATE "customers" SET "name" = LOWER("label") WHERE "name" IS NULL')
}

const byFunctions: Halves = {
  upgrade: (op) => {
    op.addColumn('customers', 'label', varchar(50))
    op.run('split the names', { up: split, down: join, from: ['customers.name'] })
    op.dropColumn('customers', 'name', { preserve: true })
  },
}
const bySql: Halves = {
  upgrade: (op) => {
    op.addColumn('customers', 'label', varchar(50))
    op.sql('UPDATE customers SET label = UPPER(name)', {
      inverse: 'UPDATE customers SET name = LOWER(label) WHERE name IS NULL',
    })
    op.dropColumn('customers', 'name', { preserve: true })
  },
}
const byNull: Halves = {
  upgrade: (op) => {
    op.addColumn('customers', 'label', varchar(50))
    op.run('split the names', { up: split, down: join, from: ['customers.name'] })
    op.alterColumn('customers', 'name', { nullable: true })
  },
}
const reindexed: Halves = {
  upgrade: (op) => {
    op.addColumn('customers', 'label', varchar(50))
    op.run('split the names', { up: split, down: join, from: ['customers.name'] })
    op.dropIndex('customers', 'customers_name')
    op.dropColumn('customers', 'name', { preserve: true })
  },
}
const withIndex: Halves = {
  upgrade: (op) => {
    customers.upgrade(op)
    op.createIndex('customers', 'customers_name', ['name'])
  },
}
const names = 'SELECT id, name FROM customers ORDER BY id'
const refusesNull = (ground: Ground) => expect(ground.sql('INSERT INTO customers (id, name) VALUES (9, NULL)')).rejects

describeOnAll('NOT NULL of a derived downgrade', (openGround) => {
  test.each([
    ['a function', customers, byFunctions],
    ['SQL', customers, bySql],
    ['a function that follows the index of the column', withIndex, reindexed],
  ])('comes behind %s that fills rows which came since the upgrade', async (_, base, revision) => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, base, revision)
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO customers VALUES (1, 'Ann')")
    await migrator.upgrade()
    await ground.sql("INSERT INTO customers (id, label) VALUES (2, 'BOB')")
    await migrator.downgrade('r1')
    expect(await ground.rows(names)).toEqual([
      ['1', 'Ann'],
      ['2', 'bob'],
    ])
    await refusesNull(ground).toThrow()
    await migrator.upgrade()
    expect(await ground.rows('SELECT id, label FROM customers ORDER BY id')).toEqual([
      ['1', 'ANN'],
      ['2', 'BOB'],
    ])
  })

  test('comes behind the function where the upgrade only took it off the column', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, customers, byNull)
    await migrator.upgrade()
    await ground.sql("INSERT INTO customers (id, label) VALUES (2, 'BOB')")
    await migrator.downgrade('r1')
    expect(await ground.rows(names)).toEqual([['2', 'bob']])
    await refusesNull(ground).toThrow()
  })
})
