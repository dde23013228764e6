import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, migratorOf } from '../kit/migrator.ts'
import { describeEverywhere } from '../unit/ensure/ground.ts'

const create = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('code', varchar(5))
    t.primaryKey(['id'])
  })

describeEverywhere('rows that an upgrade inserts by a key that is none of the table', (openGround) => {
  test.each<[string, string | null, string]>([
    ['a text', 'x', "'x'"],
    ['NULL', null, 'NULL'],
  ])('are not deleted with a row of the application that has the same: %s', async (_, code, literal) => {
    const ground = await openGround()
    const insert = (op: OperationRecorder): void =>
      op.insertRows(
        't',
        [
          { id: 1, code },
          { id: 2, code: 'two' },
        ],
        { key: ['code'] },
      )
    const migrator = migratorOf(ground.dialect(), line(create, insert))
    await migrator.upgrade()
    await ground.sql(`INSERT INTO t (id, code) VALUES (7, ${literal})`)
    const { code: error, details } = await errorOf(migrator.downgrade('r1'))
    expect([error, details]).toEqual([
      'BLOCKING_ROWS',
      {
        check: 'row of t with the same code as one that the upgrade inserted',
        rows: [`code ${code}, rows alike 2`],
      },
    ])
    const all = (await ground.sql('SELECT id FROM t ORDER BY id')).map(({ id }) => Number(id))
    expect(all).toEqual([1, 2, 7])
    await ground.sql('DELETE FROM t WHERE id = 7')
    await migrator.downgrade('r1')
    expect(await ground.sql('SELECT id FROM t')).toEqual([])
  })

  test('are deleted where several of them have the same, and no other row', async () => {
    const ground = await openGround()
    const rows = [1, 2].map((id) => ({ id, code: 'x' }))
    const migrator = migratorOf(
      ground.dialect(),
      line(create, (op) => op.insertRows('t', rows, { key: ['code'] })),
    )
    await migrator.upgrade()
    await ground.sql("INSERT INTO t (id, code) VALUES (7, 'y')")
    await migrator.downgrade('r1')
    expect((await ground.sql('SELECT id FROM t')).map(({ id }) => Number(id))).toEqual([7])
  })

  test('go with their table, whose rows are lost anyway', async () => {
    const ground = await openGround()
    const both = (op: OperationRecorder): void => {
      create(op)
      op.insertRows('t', [{ id: 1, code: 'x' }], { key: ['code'] })
    }
    const migrator = migratorOf(ground.dialect(), line(both))
    await migrator.upgrade()
    await ground.sql("INSERT INTO t (id, code) VALUES (7, 'x')")
    await migrator.downgrade('base', { allowDataLoss: true })
    await expect(async () => ground.sql('SELECT id FROM t')).rejects.toThrow(/\bt'|\bt"|: t/)
  })

  test('are reported by the downgrade that does not find them by their key any more', async () => {
    const ground = await openGround()
    const seed = (op: OperationRecorder): void => {
      op.insertRows(
        't',
        [1, 2].map((id) => ({ id, code: `c${id}` })),
        { key: ['code'] },
      )
      op.insertRows('t', [{ id: 3, code: 'c3' }], { key: ['id'] })
    }
    const migrator = migratorOf(ground.dialect(), line(create, seed))
    await migrator.upgrade()
    await ground.sql("UPDATE t SET code = 'own' WHERE id = 2")
    const { reports } = await migrator.downgrade('r1')
    expect(reports).toMatchObject([
      {
        label: 'delete 2 rows from t',
        what: 'the database deleted 1 of 2 rows: the others are gone, go with a row that they refer to, or have another key now and stay',
      },
    ])
    expect((await ground.sql('SELECT id FROM t')).map(({ id }) => Number(id))).toEqual([2])
  })
})
