import {
  type ColumnOptions,
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  revisions,
} from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../../kit/servers.ts'

type Change = (op: OperationRecorder) => void

const migratorOn = ({ url }: TestDatabase, ...changes: readonly Change[]) =>
  createMigrator({
    dialect: postgresDialect({ url }),
    tiers: [
      graphOf(
        revisions(
          changes.map((upgrade, at) => ({
            revision: `r${at}`,
            downRevision: at === 0 ? null : `r${at - 1}`,
            upgrade,
          })),
        ),
      ),
    ],
  })

type Identity = NonNullable<ColumnOptions['identity']>
type Options = Parameters<OperationRecorder['createSequence']>[1]
type Alteration = Parameters<OperationRecorder['alterSequence']>[1]

describeOn('postgres', 'a sequence that counts down', (createDatabase) => {
  const next = async (db: TestDatabase): Promise<number> =>
    Number((await db.sql(`SELECT nextval('s')::int AS n`))[0]?.n)

  it.each<[Options, Alteration, number, readonly number[]]>([
    [{ increment: '-1' }, { increment: '-5' }, 2, [-1, -2, -7, -12, -13, -14, -19, -24]],
    [{ increment: '-1' }, { maxValue: '-10' }, 0, [-10, -11, -12, -13, -14, -15]],
    [{ increment: '-1' }, { maxValue: '100' }, 2, [-1, -2, -3, -4, -5, -6, -7, -8]],
    [{ increment: '-1', start: '50', maxValue: '100' }, { start: null }, 2, [50, 49, 48, 47, 46, 45, 44, 43]],
    [{ increment: '-1', start: '-5' }, { start: '-9' }, 2, [-5, -6, -7, -8, -9, -10, -11, -12]],
    // One that rises, whose start follows its bounds.
    [{}, { minValue: '10' }, 0, [10, 11, 12, 13, 14, 15]],
    [{}, { minValue: '-10' }, 2, [1, 2, 3, 4, 5, 6, 7, 8]],
  ])(
    'goes on where it stood, up, down and up again: %j, %j after %i numbers',
    async (first, change, before, numbers) => {
      const db = await createDatabase()
      const migrator = migratorOn(
        db,
        (op) => op.createSequence('s', first),
        (op) => op.alterSequence('s', change),
      )
      await migrator.upgrade('r0')
      const given: number[] = []
      for (let at = 0; at < before; at += 1) given.push(await next(db))
      for (const step of ['up', 'down', 'up']) {
        await (step === 'up' ? migrator.upgrade() : migrator.downgrade('r0'))
        given.push(await next(db), await next(db))
      }
      expect(given).toEqual(numbers)
    },
  )

  it.each<[Options, Alteration, readonly [number, number], number]>([
    [{}, { increment: '-1' }, [-1, 1], 2],
    [{ increment: '-1' }, { increment: null }, [1, -1], -2],
  ])('takes the bounds of its direction: %j, %j', async (first, change, [start, startBefore], last) => {
    const db = await createDatabase()
    const create: Change = (op) => op.createSequence('s', first)
    const migrator = migratorOn(db, create, (op) => op.alterSequence('s', change))
    await migrator.upgrade()
    await migrator.downgrade('r0')
    await migrator.upgrade()
    expect(await next(db)).toBe(start)
    // A number of the one direction is none of the other.
    const { code } = await errorOf(migrator.downgrade('r0'))
    expect(code).toBe('BLOCKING_ROWS')
    await db.sql(`SELECT setval('s', ${start}, false)`)
    await migrator.downgrade('base')
    await migratorOn(db, create).upgrade()
    expect([await next(db), await next(db)]).toEqual([startBefore, last])
  })
})

describeOn('postgres', 'an identity that counts down', (createDatabase) => {
  const identity = { mode: 'byDefault', increment: -1 } as const
  const ids = async (db: TestDatabase): Promise<readonly number[]> =>
    (await db.sql('SELECT id::int AS id FROM t ORDER BY id DESC')).map(({ id }) => Number(id))
  const insert = (db: TestDatabase): Promise<unknown> => db.sql('INSERT INTO t (n) VALUES (0)')

  it('begins after the rows that are there, and rises and falls with them', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int); INSERT INTO t VALUES (-1, 0), (-2, 0)')
    const migrator = migratorOn(db, (op) => op.alterTable('t', (t) => t.alterColumn('id', { identity })))
    await migrator.upgrade()
    await insert(db)
    expect(await ids(db)).toEqual([-1, -2, -3])
    await migrator.downgrade('base')
    await db.sql('INSERT INTO t VALUES (-4, 0)')
    await migrator.upgrade()
    await insert(db)
    expect(await ids(db)).toEqual([-1, -2, -3, -4, -5])
  })

  it('begins after the numbers that a revision gives', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, (op) => {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false, identity: { ...identity, start: 50, maxValue: '100' } })
        t.column('n', integer())
        t.primaryKey(['id'])
      })
      op.insertRows('t', [
        { id: 50, n: 0 },
        { id: 49, n: 0 },
      ])
    })
    await migrator.upgrade()
    await insert(db)
    expect(await ids(db)).toEqual([50, 49, 48])
  })

  it('takes the bounds of its direction, and goes on where it stood', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(
      db,
      (op) =>
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false, identity: { mode: 'byDefault' } })
          t.column('n', integer())
        }),
      (op) => op.alterTable('t', (t) => t.alterColumn('id', { identity })),
      (op) => op.alterTable('t', (t) => t.alterColumn('id', { identity: { ...identity, increment: -10 } })),
    )
    await migrator.upgrade('r1')
    await insert(db)
    await migrator.upgrade()
    await insert(db)
    await migrator.downgrade('r1')
    await insert(db)
    expect(await ids(db)).toEqual([-1, -11, -12])
    expect((await errorOf(migrator.downgrade('r0'))).code).toBe('BLOCKING_ROWS')
  })
})

describeOn('postgres', 'an identity that ends before some of the rows', (createDatabase) => {
  const rising = { mode: 'byDefault', maxValue: '90' } as const
  const falling = { mode: 'byDefault', increment: -1, minValue: '-90' } as const

  it.each([
    ['of plain numbers', 'CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)', rising, [7, 200], 8],
    ['of plain numbers', 'CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)', falling, [-7, -200], -8],
    ['of plain numbers', 'CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)', rising, [200], 1],
    [
      'after a serial',
      "CREATE TABLE t (id serial PRIMARY KEY, n int); SELECT setval('t_id_seq', 500)",
      rising,
      [7, 200],
      8,
    ],
    [
      'after a serial',
      "CREATE TABLE t (id serial PRIMARY KEY, n int); SELECT setval('t_id_seq', 50)",
      rising,
      [7, 200],
      51,
    ],
  ] as const)('counts on after those that it can give, %s: %s, %o, rows %j', async (_, table, identity, rows, next) => {
    const db = await createDatabase()
    await db.sql(table)
    for (const id of rows) await db.sql(`INSERT INTO t VALUES (${id}, 0)`)
    const migrator = migratorOn(db, (op) => op.alterTable('t', (t) => t.alterColumn('id', { identity, default: null })))
    await migrator.upgrade()
    const inserted = await db.sql('INSERT INTO t (n) VALUES (1) RETURNING id')
    expect(Number(inserted[0]?.id)).toBe(next)
  })
})

describeOn('postgres', 'an identity with an end', (createDatabase) => {
  it.each<[Identity, readonly number[], number]>([
    [{ mode: 'byDefault', maxValue: '1000' }, [5, 2000], 6],
    [{ mode: 'always', increment: -1, minValue: '-1000' }, [-5, -2000], -6],
    [{ mode: 'byDefault', maxValue: '1000' }, [2000], 1],
  ])('%j numbers on from the rows within it: %j', async (identity, ids, next) => {
    const db = await createDatabase()
    const migrator = migratorOn(db, (op) => {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false, identity })
        t.primaryKey(['id'])
      })
      op.insertRows(
        't',
        ids.map((id) => ({ id })),
        { key: ['id'] },
      )
    })
    await migrator.upgrade()
    expect(await db.sql('INSERT INTO t DEFAULT VALUES RETURNING id')).toEqual([{ id: next }])
  })
})
