import { pushChanges, surveyPush } from '@org/migrate-autogenerate'
import { bigint, column, double, integer, readDeclared, table, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { describeEverywhere, valuesOf } from '../../unit/losses/kit.ts'

const declared = (type: Parameters<typeof column>[0]) =>
  readDeclared({
    t: table('t', { id: column(integer(), { nullable: false }), a: column(type) }, { primaryKey: ['id'] }),
  })

describeEverywhere('a push that converts values', (ground) => {
  it('is refused where a text loses its spelling, unless that is allowed', async () => {
    const at = await ground()
    const migrator = migratorOf(at.dialect(), [])
    await pushChanges(migrator, declared(varchar(40)))
    await at.sql("INSERT INTO t (id, a) VALUES (1, '007'), (2, '8'), (3, NULL)")
    const error = await errorOf(pushChanges(migrator, declared(integer())))
    expect(error.code).toBe('DATA_LOSS')
    expect(error.message).toMatch(
      /^The push would lose for good:\n {2}\d values? of column t\.a, changed by the conversion \(/,
    )
    // PostgreSQL converts texts only by an expression, which may change the value of any row.
    expect(error.details).toMatchObject({ losses: [{ table: 'column t.a', rows: at.name === 'postgres' ? 3 : 1 }] })
    expect(await valuesOf(at, 'a')).toEqual(['007', '8', null])
    await pushChanges(migrator, declared(integer()), { allowDestructive: true })
    expect(await valuesOf(at, 'a')).toEqual(['7', '8', null])
  })

  it('is made without a question where every value comes back, and where the table has no row', async () => {
    const at = await ground()
    const migrator = migratorOf(at.dialect(), [])
    await pushChanges(migrator, declared(varchar(40)))
    await pushChanges(migrator, declared(integer()))
    await at.sql('INSERT INTO t (id, a) VALUES (1, 7), (2, NULL)')
    expect((await surveyPush(migrator, declared(bigint()))).losses).toEqual([])
    await pushChanges(migrator, declared(bigint()))
    await pushChanges(migrator, declared(double()))
    expect(await valuesOf(at, 'a')).toEqual(['7', null])
  })

  it('counts the values that lose digits', async () => {
    const at = await ground()
    const migrator = migratorOf(at.dialect(), [])
    await pushChanges(migrator, declared(bigint()))
    await at.sql('INSERT INTO t (id, a) VALUES (1, 9007199254740993), (2, 5), (3, 9007199254740995)')
    const { losses } = await surveyPush(migrator, declared(double()))
    expect(losses).toMatchObject([{ object: 'column t.a', how: 'converted', rows: 2, preserved: false }])
    expect((await errorOf(pushChanges(migrator, declared(double())))).code).toBe('DATA_LOSS')
    expect((await surveyPush(migrator, declared(bigint()))).changes).toEqual([])
  })

  it('counts the values that lose what is after the point', async () => {
    const at = await ground()
    const migrator = migratorOf(at.dialect(), [])
    await pushChanges(migrator, declared(double()))
    await at.sql('INSERT INTO t (id, a) VALUES (1, 1.5), (2, 2)')
    const { losses } = await surveyPush(migrator, declared(integer()))
    // SQLite keeps 1.5 in an integer column.
    const expected = at.name === 'sqlite' ? [] : [{ object: 'column t.a', how: 'converted', rows: 1 }]
    expect(losses).toMatchObject(expected)
  })
})
