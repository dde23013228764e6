import type { InputRow } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../kit/migrator.ts'
import { describeOnEach } from '../kit/servers.ts'

describeOnEach(
  ['postgres', 'mysql', 'mariadb'],
  'rows by values of another type than the column',
  (createDatabase, server) => {
    it('are counted, and deleted, as the column has them', async () => {
      const { url, sql } = await createDatabase()
      await sql('CREATE TABLE t (code varchar(9) PRIMARY KEY, live boolean)')
      await sql(
        "INSERT INTO t VALUES ('1', true), ('01', true), ('1.0', true), ('a', false), ('0', false), ('2', false)",
      )
      const dialect = server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
      const migrator = migratorOf(
        dialect,
        line((op) =>
          op.deleteRows('t', [
            { code: 1, live: 1 },
            { code: 0, live: 0 },
            { code: 2, live: 1 },
          ]),
        ),
      )
      const { steps } = await migrator.plan()
      expect(steps[0]?.losses).toMatchObject([{ how: 'deleted', object: 'table t', rows: 2 }])
      await migrator.upgrade(undefined, { allowDataLoss: true })
      expect(await sql('SELECT code FROM t ORDER BY code')).toEqual(['01', '1.0', '2', 'a'].map((code) => ({ code })))
    })

    it('are updated and restored in a data step as the column has them, and no others', async () => {
      const { url, sql } = await createDatabase()
      await sql('CREATE TABLE t (code varchar(9) PRIMARY KEY, v varchar(9))')
      await sql("INSERT INTO t VALUES ('1', 'old'), ('01', 'old'), ('1.0', 'old'), ('2', 'old')")
      const dialect = server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
      const migrator = migratorOf(
        dialect,
        line((op) =>
          op.run('step', {
            up: async (db) => {
              for (const code of [1, 2])
                await db.preserve({ table: 't', key: { code }, column: 'v', value: 'old', written: 'new' })
              const rows = [1, 2].map((code) => ({ key: { code }, set: { v: 'new' } }))
              expect(await db.updateEach({ table: 't', rows })).toBe(2)
            },
            down: 'restore',
          }),
        ),
      )
      await migrator.upgrade()
      expect(await sql("SELECT code FROM t WHERE v = 'new' ORDER BY code")).toEqual([{ code: '1' }, { code: '2' }])
      await migrator.downgrade('base')
      expect(await sql("SELECT count(*) AS n FROM t WHERE v = 'old'")).toMatchObject([{ n: '4' }])
    })
  },
)

describeOnEach(['mysql', 'mariadb'], 'rows whose key the column stores otherwise', (createDatabase) => {
  it.each([
    ['float', [0.1, '1.1', -2]],
    ['char(5)', ['a ', 'B', 'Ü  ']],
    ['binary(3)', [new Uint8Array([1]), new Uint8Array([2, 255]), 'a']],
    ['varchar(20)', [1e21, 1.5, 'x ']],
  ])('of %s are found, counted and deleted', async (type, keys) => {
    const { url, sql } = await createDatabase()
    await sql(`CREATE TABLE t (k ${type} PRIMARY KEY, v int)`)
    const rows = keys.map((k) => ({ k, v: 1 }))
    const migrator = migratorOf(
      mysqlDialect({ url }),
      line(
        (op) => op.insertRows('t', rows, { key: ['k'] }),
        (op) =>
          op.run('step', {
            up: async (db) => {
              expect(await db.updateEach({ table: 't', rows: keys.map((k) => ({ key: { k }, set: { v: 2 } })) })).toBe(
                3,
              )
            },
            down: 'none',
          }),
      ),
    )
    await migrator.upgrade()
    expect(await sql('SELECT count(*) AS n FROM t WHERE v = 2')).toEqual([{ n: '3' }])
    const { steps } = await migrator.plan('base', { direction: 'down' })
    expect(steps.flatMap(({ losses }) => losses)).toMatchObject([{ how: 'deleted', object: 'table t', rows: 3 }])
    await migrator.downgrade('base', { allowDataLoss: true })
    expect(await sql('SELECT count(*) AS n FROM t')).toEqual([{ n: '0' }])
  })
})

describeOnEach(['postgres', 'mysql', 'mariadb'], 'a text that is no number', (createDatabase, server) => {
  it('finds no row of a column of numbers', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE TABLE t (id int PRIMARY KEY, ratio double precision, v varchar(9))')
    await sql("INSERT INTO t VALUES (0, 0, 'none'), (1, 0.5, 'one')")
    const dialect = server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
    for (const key of [{ id: 'abc' }, { id: '' }, { id: '1abc' }, { ratio: 'abc' }]) {
      const code = server === 'postgres' ? 'STATEMENT_FAILED' : 'INVALID_OPERATION'
      const deleted = migratorOf(
        dialect,
        line((op) => op.deleteRows('t', [key])),
      )
      await expect(deleted.upgrade(undefined, { allowDataLoss: true })).rejects.toMatchObject({ code })
      const updated = migratorOf(
        dialect,
        line((op) =>
          op.run('step', {
            up: async (db) => void (await db.updateEach({ table: 't', rows: [{ key, set: { v: 'new' } }] })),
            down: 'none',
          }),
        ),
      )
      await expect(updated.upgrade()).rejects.toThrow()
    }
    expect(await sql('SELECT v FROM t ORDER BY id')).toEqual([{ v: 'none' }, { v: 'one' }])
  })
})

const rounded: Readonly<
  Record<'postgres' | 'mysql' | 'mariadb', readonly (readonly [type: string, key: InputRow[string]])[]>
> = {
  postgres: [
    ['numeric(6,2)', '1.239'],
    ['timestamp(0)', '2024-01-02 03:04:05.678'],
    ['timestamptz(3)', '2024-01-02 03:04:05.6789+02'],
    ['time(0)', '03:04:05.6'],
    ['interval(0)', '1.6 seconds'],
    ['price', '5.128'],
    ['words', 5],
    ['citext', 5],
  ],
  mysql: [['json', { b: 1, a: [1, 2] }]],
  mariadb: [['bit(4)', new Uint8Array([5])]],
}
const roundedAlike: (typeof rounded)['mysql'] = [
  ['decimal(6,2)', '1.239'],
  ['datetime(3)', '2024-01-02 03:04:05.6789'],
  ['timestamp', '2024-01-02 03:04:05.678'],
  ['time', '03:04:05.6'],
  ['date', '2024-01-02 11:22:33'],
  ['int', '-1.5'],
]

describeOnEach(
  ['postgres', 'mysql', 'mariadb'],
  'rows whose key is stored otherwise than written',
  (createDatabase, server) => {
    it('are counted, and deleted by the downgrade of insertRows, and no others', async () => {
      const { url, sql } = await createDatabase()
      if (server === 'postgres')
        await sql('CREATE EXTENSION citext; CREATE DOMAIN price AS numeric(6,2); CREATE DOMAIN words AS text')
      const cases = [...rounded[server], ...(server === 'postgres' ? [] : roundedAlike)]
      for (const [at, [type]] of cases.entries()) {
        await sql(`CREATE TABLE t${at} (k ${type} NULL, v int)`)
        await sql(`INSERT INTO t${at} VALUES (NULL, 2)`)
      }
      const migrator = migratorOf(
        server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url }),
        line((op) => {
          for (const [at, [, k]] of cases.entries()) op.insertRows(`t${at}`, [{ k, v: 1 }], { key: ['k'] })
        }),
      )
      await migrator.upgrade()
      const { losses } = await migrator.downgrade('base', { allowDataLoss: true })
      expect(losses).toHaveLength(cases.length)
      for (const [at] of cases.entries()) expect(await sql(`SELECT k, v FROM t${at}`)).toEqual([{ k: null, v: 2 }])
    })
  },
)
