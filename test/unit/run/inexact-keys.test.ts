import { join } from 'node:path'
import { type OperationRecorder, type SqlValue, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { longRun } from '../../kit/scale.ts'
import { describeOnDialects, familyOf, type ServerName } from '../../kit/servers.ts'
import { executeIn, rowsOf, temporaryFolder } from './kit.ts'

interface KeyCase {
  /** The columns of the primary key. */
  readonly columns: string
  readonly key: readonly string[]
  /** The rows' keys as the server's own SQL has them. */
  readonly rows: readonly string[]
}

const one = (type: string, ...rows: readonly string[]): KeyCase => ({ columns: `k ${type} NOT NULL`, key: ['k'], rows })

/** Read as a number, or as text, each of these is another value than it is to the server that compares it. */
const common: readonly KeyCase[] = [
  one('real', '0.1', '0.3', '1e-7', '16777216', '-0.7'),
  one('double precision', '0.1', '0.30000000000000004', '1e300'),
  one('decimal(30,10)', '12345678901234567890.1', '12345678901234567890.2', '12345678901234567890.3'),
  one('varchar(20)', "'a'", "'B'", "'c'", "'ñ'"),
  one('char(8)', "'a'", "'b'"),
  {
    columns: 'k decimal(30,10) NOT NULL, l int NOT NULL',
    key: ['k', 'l'],
    rows: ['12345678901234567890.1, 1', '12345678901234567890.1, 2', '12345678901234567890.2, 1'],
  },
]

const cases: { readonly [F in 'sqlite' | 'postgres' | 'mysql']: readonly KeyCase[] } = {
  sqlite: [
    ...common.filter(({ columns }) => !columns.includes('decimal')),
    one('text COLLATE NOCASE', "'a'", "'B'", "'c'"),
  ],
  postgres: [
    ...common,
    one('timestamptz', "'2026-10-25 02:30:00+02'", "'2026-10-25 02:30:00+01'", "'2026-10-25 02:30:00.000001+01'"),
    one('bytea', "'\\x00'", "'\\xff'"),
    one('"char"', "'a'", "'b'"),
    one('interval', "'1 day'", "'25 hours'"),
  ],
  mysql: [
    one('float', '0.1', '0.3', '1e-7', '16777216', '-0.7'),
    one('float(10,3)', '0.1', '0.3', '7.125'),
    ...common.slice(1),
    one("enum('z','a','m')", "'z'", "'a'", "'m'"),
    one("set('z','a','m')", "'z'", "'a'", "'m,a'", "'z,a'"),
    one('bit(12)', "b'1'", "b'100000000001'", "b'11'"),
    one('year', '1999', '2026'),
    one('timestamp(6)', "'2026-10-25 02:30:00.000001'", "'2026-10-25 02:30:00.000002'"),
    one('time(6)', "'-10:00:00.5'", "'09:00:00'", "'100:00:00'"),
    one('varbinary(8)', "x'00'", "x'ff'", "x'0000'"),
    one('varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci', "'a'", "'B'", "'ä'"),
    {
      columns: "k enum('z','a','m') NOT NULL, l float NOT NULL",
      key: ['k', 'l'],
      rows: ["'z', 0.1", "'z', 0.2", "'a', 0.1", "'m', 0.3"],
    },
  ],
}

/** Types that compare as they are read; they stay so in the long run. */
const plain = /^k (?:year|time|timestamp\(|varbinary|bytea|"char"|interval|char)/

const casesOf = (family: keyof typeof cases): readonly KeyCase[] =>
  cases[family].filter(({ columns }) => longRun || !plain.test(columns))

type Run = (text: string) => Promise<readonly Record<string, unknown>[]>

async function upgradesRows(dialect: UnloadedDialect, run: Run, { columns, key, rows }: KeyCase): Promise<void> {
  await run(`CREATE TABLE t (${columns}, n int, PRIMARY KEY (${key.join(', ')}))`)
  for (const [at, row] of rows.entries()) await run(`INSERT INTO t VALUES (${row}, ${at})`)
  const passed: SqlValue[] = []
  const migrator = migratorOf(dialect, [
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op: OperationRecorder) => op.alterTable('t', (t) => t.addColumn('extra', varchar(20))),
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade: (op: OperationRecorder) =>
        op.run('pass', {
          down: 'none',
          up: (db) =>
            db
              .backfill({
                table: 't',
                columns: ['n'],
                batch: 1,
                step: async (page) => {
                  passed.push(...page.map(({ n = null }) => n))
                  if (passed.length > rows.length) throw new Error('a row came twice')
                },
              })
              .then(() => undefined),
        }),
    },
  ])
  await migrator.upgrade('r1')
  await run("UPDATE t SET extra = 'value'")
  const before = await run('SELECT * FROM t ORDER BY n')
  await migrator.downgrade('base')
  const { reports } = await migrator.upgrade()
  expect(reports).toEqual([])
  expect(await run('SELECT * FROM t ORDER BY n')).toEqual(before)
  expect(passed.map(Number).sort((a, b) => a - b)).toEqual(rows.map((_, at) => at))
}

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

const title = 'a key that is read as something else than what it is compared with'

describeOnDialects(['postgres', 'mariadb', 'mysql'], title, (createDatabase, server) => {
  for (const each of casesOf(familyOf(server))) {
    it(`finds each row, and passes each row once: ${each.columns}`, async () => {
      const db = await createDatabase()
      await upgradesRows(dialectOf(server, db.url), db.sql, each)
    })
  }
})

describe(`sqlite: ${title}`, () => {
  const folder = temporaryFolder()
  for (const each of casesOf('sqlite')) {
    it(`finds each row, and passes each row once: ${each.columns}`, async () => {
      const file = join(folder.path, 'app.db')
      const run: Run = async (text) => {
        if (/^select/i.test(text)) return rowsOf(file, text) as Record<string, unknown>[]
        executeIn(file, text)
        return []
      }
      await upgradesRows(sqliteDialect({ url: `sqlite:${file}` }), run, each)
    })
  }
})
