import { native } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

describeOn('postgres', 'an array that becomes text[]', (createDatabase) => {
  it.each([
    ['mood[]', ['{"a,b",NULL}', '{"it\'s \\"x\\"",NULL,"NULL"}', '{}', null]],
    ['integer[]', ['{1,NULL,-3}', '{{1,2},{3,4}}', '{}', null]],
    ['numeric(10,2)[]', ['{1.50,NULL}']],
    ['jsonb[]', ['{"{\\"a\\": \\"b,c\\"}",NULL}']],
    ['timestamp with time zone[]', ['{"2020-01-02 03:04:05.123456+00",infinity}']],
    ['bytea[]', ['{"\\\\x00ff",NULL}']],
  ])('%s has its values in between and afterwards', async (type, arrays) => {
    const db = await createDatabase()
    const literals = arrays.map((each) => (each === null ? 'NULL' : `$v$${each}$v$`))
    await db.sql(`CREATE TYPE mood AS ENUM ('a,b', 'it''s "x"', 'NULL'); CREATE TABLE t (id serial PRIMARY KEY, v ${type});
      INSERT INTO t (v) VALUES ${literals.map((each) => `(${each})`).join(', ')}`)
    const values = () => db.sql('SELECT v::text AS v, pg_typeof(v)::text AS type FROM t ORDER BY id')
    const migrate = (usingBack?: string) =>
      migratorOf(
        postgresDialect({ url: db.url }),
        line((op) =>
          op.alterColumn('t', 'v', {
            type: native('postgres', 'text[]'),
            ...(usingBack && { using: 'v::text[]', usingBack }),
          }),
        ),
      )
    const [plain, converting] = [migrate(), migrate(`v::text::${type}`)]
    const [before, between] = [type.replace('(10,2)', ''), 'text[]'].map((each) =>
      arrays.map((v) => ({ v, type: each })),
    )
    expect(await values()).toEqual(before)
    await plain.upgrade()
    expect(await values()).toEqual(between)
    // The plan refuses, and the advice of it works.
    await expect(plain.plan('base')).rejects.toMatchObject({ code: 'CAST_NEEDED' })
    await db.sql('DROP TABLE migrate_version, migrate_history')
    await db.sql(`ALTER TABLE t ALTER v TYPE ${type} USING v::text::${type}`)
    await converting.upgrade()
    expect(await values()).toEqual(between)
    await converting.downgrade('base')
    expect(await values()).toEqual(before)
    await converting.upgrade()
    expect(await values()).toEqual(between)
  })
})
