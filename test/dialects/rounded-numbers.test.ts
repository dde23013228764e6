import { bigint, decimal, double, expression, integer, type OperationRecorder } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, migratorOf } from '../kit/migrator.ts'
import { describeEverywhere } from '../unit/ensure/ground.ts'

/** A snowflake, as many services have them. In JavaScript it is 1234567890123456800. */
const id = Number('1234567890123456789')

const create = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', bigint(), { nullable: false })
    t.column('amount', decimal(30, 0))
    t.column('far', double())
    t.primaryKey(['id'])
  })

describeEverywhere('an integer that JavaScript has rounded', (openGround) => {
  test.each<[string, (op: OperationRecorder) => void, string]>([
    ['in a row', (op) => op.insertRows('t', [{ id: 1 }, { id }]), 'insert 2 rows into t: row 2, id:'],
    ['in a decimal', (op) => op.insertRows('t', [{ id: 1, amount: id }]), 'insert 1 row into t: row 1, amount:'],
    ['in the key of a row to delete', (op) => op.deleteRows('t', [{ id }]), 'delete 1 row from t: row 1, id:'],
  ])('is refused %s', async (_, change, start) => {
    const ground = await openGround()
    const migrator = migratorOf(ground.dialect(), line(create, change))
    await migrator.upgrade('r1')
    await ground.sql('INSERT INTO t (id) VALUES (1234567890123456800)')
    const { code, message } = await errorOf(migrator.upgrade())
    expect([code, message]).toEqual([
      'INVALID_OPERATION',
      `${start} JavaScript rounds integers beyond 9007199254740991, and it has 1234567890123456768 here; write the digits that are meant as a bigint, with n behind them`,
    ])
    expect(await ground.sql('SELECT count(*) AS n FROM t')).toHaveLength(1)
  })

  test('is refused as a default', async () => {
    const ground = await openGround()
    const migrator = migratorOf(
      ground.dialect(),
      line((op) => op.createTable('u', (u) => u.column('id', bigint(), { default: id }))),
    )
    const { code, message } = await errorOf(migrator.upgrade())
    expect([code, message]).toEqual([
      'INVALID_OPERATION',
      'create table u: JavaScript rounds integers beyond 9007199254740991, and the default of id is 1234567890123456768 here; write the digits that are meant as a text',
    ])
  })

  test('is what was written as a bigint or as a text, and any number of a float', async () => {
    const ground = await openGround()
    const migrator = migratorOf(
      ground.dialect(),
      line(create, (op) => {
        op.alterColumn('t', 'amount', { default: '1234567890123456789' })
        op.insertRows('t', [{ id: 1234567890123456789n, far: 1e300 }])
      }),
    )
    await migrator.upgrade()
    const rows = await ground.sql(
      'SELECT count(*) AS n FROM t WHERE id = 1234567890123456789 AND amount = 1234567890123456789 AND far = 1e300',
    )
    expect(rows.map(({ n }) => Number(n))).toEqual([1])
  })
})

describeEverywhere('a default beyond every number of JavaScript', (openGround) => {
  test('has no place in an integer column', async () => {
    const ground = await openGround()
    const migrator = migratorOf(
      ground.dialect(),
      line((op) => op.createTable('u', (u) => u.column('n', integer(), { default: expression('-1e400') }))),
    )
    // A column of SQLite takes any value.
    if (ground.name === 'sqlite') return expect((await migrator.upgrade()).applied).toEqual(['main:r1'])
    const { code, message } = await errorOf(migrator.upgrade())
    expect([code, message]).toEqual([
      'INVALID_OPERATION',
      'create table u: the default of n, -1e400, is outside of what 32 bits hold',
    ])
  })
})
