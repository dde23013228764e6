import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, migratorOn } from './grounds.ts'

const table = (op: OperationRecorder, name: string): void =>
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', varchar(9))
    t.column('b', varchar(9))
    t.primaryKey(['id'])
  })

/** Writes another value to each cell, and preserves the former one. */
const marked = (op: OperationRecorder, label: string, of: string): void =>
  op.run(label, {
    up: async (db) => {
      for (const { id, a } of await db.query<{ id: bigint; a: string | null }>(`SELECT id, a FROM ${of} ORDER BY id`)) {
        const written = `${a ?? ''}!`
        await db.preserve({ table: of, key: { id }, column: 'a', value: a, written })
        await db.execute(`UPDATE ${of} SET a = ? WHERE id = ?`, [written, id])
      }
    },
    down: 'restore',
    from: [],
  })

describeOnAll('two data steps that preserve cells under one name', (openGround) => {
  test('give both back where the name went from one column to another between them', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      { upgrade: (op) => table(op, 't') },
      {
        upgrade: (op) => {
          marked(op, 'first', 't')
          op.alterTable('t', (t) => t.renameColumn('a', 'c'))
          op.alterTable('t', (t) => t.renameColumn('b', 'a'))
          marked(op, 'second', 't')
        },
      },
    )
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO t VALUES (1, 'one', 'uno'), (2, NULL, 'dos')")
    await migrator.upgrade()
    expect(await ground.rows('SELECT id, c, a FROM t ORDER BY id')).toEqual([
      ['1', 'one!', 'uno!'],
      ['2', '!', 'dos!'],
    ])
    const { reports } = await migrator.downgrade('r1')
    expect(reports).toEqual([])
    expect(await ground.rows('SELECT id, a, b FROM t ORDER BY id')).toEqual([
      ['1', 'one', 'uno'],
      ['2', null, 'dos'],
    ])
    expect(await migrator.status()).toMatchObject({ preserved: 0 })
  })

  test('give both back where the name went from one table to another between them', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      {
        upgrade: (op) => {
          table(op, 't')
          table(op, 'u')
        },
      },
      {
        upgrade: (op) => {
          marked(op, 'first', 't')
          op.renameTable('t', 'v')
          op.renameTable('u', 't')
          marked(op, 'second', 't')
        },
      },
    )
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO t VALUES (1, 'one', 'x'); INSERT INTO u VALUES (1, 'uno', 'y')")
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await ground.rows('SELECT a FROM t')).toEqual([['one']])
    expect(await ground.rows('SELECT a FROM u')).toEqual([['uno']])
  })
})
