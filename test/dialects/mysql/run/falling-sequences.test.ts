import { check } from '@org/migrate-autogenerate'
import { createMigrator, graphOf, type OperationRecorder, revisions } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../../kit/servers.ts'

type Change = (op: OperationRecorder) => void
type Options = NonNullable<Parameters<OperationRecorder['createSequence']>[1]>
type Alteration = Parameters<OperationRecorder['alterSequence']>[1]

const migratorOn = ({ url }: TestDatabase, ...changes: readonly Change[]) =>
  createMigrator({
    dialect: mysqlDialect({ url }),
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

const altered = (db: TestDatabase, first: Options, change: Alteration) =>
  migratorOn(
    db,
    (op) => op.createSequence('s', first),
    (op) => op.alterSequence('s', change),
  )

describeOn('mariadb', 'a sequence', (createDatabase) => {
  const next = async (db: TestDatabase): Promise<number> => Number((await db.sql('SELECT NEXT VALUE FOR s AS n'))[0]?.n)

  it.each<[Options, readonly [number, number]]>([
    [{ increment: '-1' }, [-1, -2]],
    [{ increment: '-1', start: '-5' }, [-5, -6]],
    [{ increment: '-2', maxValue: '100' }, [100, 98]],
    [{ increment: '-1', minValue: '-3' }, [-1, -2]],
  ])('that counts down begins at its end, and is read as it was made: %j', async (options, numbers) => {
    const db = await createDatabase()
    const migrator = migratorOn(db, (op) => op.createSequence('s', options))
    await migrator.upgrade()
    expect([await next(db), await next(db)]).toEqual(numbers)
    expect((await check(migrator)).findings).toEqual([])
  })

  // Without a cache the server forgets no number by an ALTER.
  it.each<[Options, Alteration, number, readonly number[]]>([
    [{ increment: '-1' }, { increment: '-5' }, 2, [-1, -2, -3, -8, -13, -14, -15, -20]],
    [{ increment: '-1' }, { maxValue: '-10' }, 0, [-10, -11, -12, -13, -14, -15]],
    [{ increment: '-1' }, { maxValue: '100' }, 2, [-1, -2, -3, -4, -5, -6, -7, -8]],
    [{ increment: '-1', start: '50', maxValue: '100' }, { start: null }, 2, [50, 49, 48, 47, 46, 45, 44, 43]],
    [{ increment: '-1', start: '-5' }, { start: '-9' }, 2, [-5, -6, -7, -8, -9, -10, -11, -12]],
    [{ minValue: '-50', maxValue: '50', start: '5' }, { increment: '-1' }, 2, [5, 6, 7, 6, 5, 6, 7, 6]],
    [{}, { minValue: '10' }, 0, [10, 11, 12, 13, 14, 15]],
    [{}, { minValue: '-10' }, 2, [1, 2, 3, 4, 5, 6, 7, 8]],
  ])(
    'goes on where it stood, up, down and up again: %j, %j after %i numbers',
    async (first, change, before, numbers) => {
      const db = await createDatabase()
      const migrator = altered(db, { ...first, cache: 1 }, change)
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

  it.each<[Options, Alteration, readonly [number, number]]>([
    [{}, { increment: '-1' }, [-1, 1]],
    [{ increment: '-1' }, { increment: null }, [1, -1]],
    [{ minValue: '1', maxValue: '10' }, { minValue: '20', maxValue: '30' }, [20, 1]],
    [{ increment: '-1', minValue: '-20', maxValue: '20' }, { minValue: null, maxValue: null }, [-1, -1]],
  ])(
    'that gave no number yet begins within its new bounds, and its old ones: %j, %j',
    async (first, change, starts) => {
      const db = await createDatabase()
      const migrator = altered(db, first, change)
      await migrator.upgrade()
      await migrator.downgrade('r0')
      await migrator.upgrade()
      await migrator.downgrade('r0')
      expect(await next(db)).toBe(starts[1])
      const other = await createDatabase()
      await altered(other, first, change).upgrade()
      expect(await next(other)).toBe(starts[0])
    },
  )

  it.each<[Options, Alteration, number]>([
    [{}, { increment: '-1' }, 3],
    [{}, { maxValue: '2' }, 3],
    [{ increment: '-1' }, { minValue: '-2' }, -3],
    [{ minValue: '1', maxValue: '10' }, { minValue: '20', maxValue: '30' }, 3],
    // It would begin again at its start, and give numbers that it gave.
    [{ cycle: true }, { minValue: '20' }, 3],
  ])('whose numbers its new bounds leave out is reported, and as it was: %j, %j', async (first, change, last) => {
    const db = await createDatabase()
    const migrator = altered(db, { ...first, cache: 1 }, change)
    await migrator.upgrade('r0')
    await next(db)
    await next(db)
    const error = await errorOf(migrator.upgrade())
    expect([error.code, error.message]).toEqual(['BLOCKING_ROWS', expect.stringContaining('sequence s')])
    expect(await next(db)).toBe(last)
    await db.sql('ALTER SEQUENCE s RESTART')
    await migrator.upgrade()
    expect((await check(migrator)).findings).toEqual([])
  })

  it('that begins again at its end takes an end before its number', async () => {
    const db = await createDatabase()
    const migrator = altered(db, { cycle: true, cache: 1 }, { maxValue: '2' })
    await migrator.upgrade('r0')
    expect([await next(db), await next(db), await next(db)]).toEqual([1, 2, 3])
    await migrator.upgrade()
    expect([await next(db), await next(db), await next(db)]).toEqual([1, 2, 1])
  })
})
