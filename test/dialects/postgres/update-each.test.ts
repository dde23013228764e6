import type { StepDatabase } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'

describeOn('postgres', 'updateEach', (createDatabase) => {
  it.each([
    ['varchar(3)', 'abcdef', 'abc'],
    ['char(3)', 'abcdef', 'abc'],
    ['numeric(5,2)', '1.004', '1.00'],
    ['bit(3)', '101111', '101'],
    ['varchar(3)[]', '{abcdef}', '{abc}'],
    ['timestamp(0)', '2024-01-01 00:00:00.4', '2024-01-01 00:00:00'],
  ])('with a key that does not fit into %s finds no row', async (type, key, stored) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (k ${type} PRIMARY KEY, v text)`)
    await db.sql(`INSERT INTO t VALUES ('${stored}', 'old')`)
    const found: number[] = []
    const step = async (database: StepDatabase): Promise<void> => {
      for (const k of [key, stored])
        found.push(await database.updateEach({ table: 't', rows: [{ key: { k }, set: { v: k } }] }))
    }
    await migratorOf(
      postgresDialect({ url: db.url }),
      line((op) => op.run('step', step)),
    ).upgrade()
    expect(found).toEqual([0, 1])
    expect(await db.sql('SELECT v FROM t')).toEqual([{ v: stored }])
  })

  it.each([
    ['varchar(5)', 'TOOLONGNAME'],
    ['char(5)', 'TOOLONGNAME'],
    ['bit varying(3)', '101111'],
    ['varchar(3)[]', '{abcdef}'],
  ])('refuses a value that is too long for %s, in the first row as in any', async (type, value) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, v ${type})`)
    await db.sql('INSERT INTO t VALUES (1, NULL), (2, NULL)')
    const step = async (database: StepDatabase): Promise<void> => {
      await database.updateEach({ table: 't', rows: [{ key: { id: 1n }, set: { v: value } }] })
    }
    const error = await errorOf(
      migratorOf(
        postgresDialect({ url: db.url }),
        line((op) => op.run('step', step)),
      ).upgrade(),
    )
    expect(error.code).toBe('STATEMENT_FAILED')
    expect(error.message).toContain('too long')
  })
})
