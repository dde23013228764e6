import type { StepDatabase } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

describeOnEach(['mariadb', 'mysql'], 'updateEach', (createDatabase) => {
  it.each([
    ['a', 'A'],
    ['straße', 'STRASSE'],
    ['é', 'e'],
  ])('refuses %s and %s, which the collation takes for one key, and changes nothing', async (one, other) => {
    const db = await createDatabase()
    await db.sql(
      'CREATE TABLE t (k varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PRIMARY KEY, v varchar(20))',
    )
    await db.sql(`INSERT INTO t VALUES ('${one}', 'old'), ('b', 'old'), ('ü', 'old')`)
    const step = (keys: readonly string[]) => async (database: StepDatabase) => {
      const rows = keys.map((k) => ({ key: { k }, set: { v: `new ${k}` } }))
      await database.updateEach({ table: 't', rows })
    }
    const error = await errorOf(migratorOn(db, (op) => op.run('step', step([one, 'b', other]))).upgrade())
    expect(error.code).toBe('INVALID_OPTION')
    expect(error.message).toContain('two rows have keys that the database takes for one')
    expect(await db.sql("SELECT count(*) AS n FROM t WHERE v = 'old'")).toEqual([{ n: '3' }])
    await migratorOn(db, (op) => op.run('step', step(['Ü', 'b']))).upgrade()
    expect(await db.sql("SELECT v FROM t WHERE v <> 'old' ORDER BY v")).toEqual([{ v: 'new b' }, { v: 'new Ü' }])
  })
  it('gives each of many rows its own value, by numbers that no double tells apart too', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id bigint PRIMARY KEY, v varchar(20), moved varchar(20))')
    const last = 9007199254740992n
    const ids = [...Array.from({ length: 250 }, (_, at) => last - 125n + BigInt(at)), -last, -last - 1n]
    await db.sql(`INSERT INTO t (id) VALUES ${ids.map((id) => `(${id})`).join(', ')}`)
    await migratorOn(db, (op) =>
      op.run('step', async (database) => {
        const rows = ids.map((id) => ({ key: { id }, set: { v: `${id}`, moved: id < 0n ? null : `to ${id}` } }))
        expect(await database.updateEach({ table: 't', rows })).toBe(252)
      }),
    ).upgrade()
    const right = "v = CONCAT(id) AND moved <=> IF(id < 0, NULL, CONCAT('to ', id))"
    expect(await db.sql(`SELECT count(*) AS n FROM t WHERE ${right}`)).toEqual([{ n: '252' }])
  })
})
