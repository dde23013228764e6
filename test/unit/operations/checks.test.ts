import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import { type Dialect, emptySchema, type SqlText } from '@org/migrate-core/dialect'
import { conflicts, record } from '@org/migrate-core/internal'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'

const dialects = {
  sqlite: await sqliteDialect({ url: ':memory:' }).load(),
  postgres: await postgresDialect({ url: 'postgres://localhost/d' }).load(),
  mariadb: await mysqlDialect({ url: 'mariadb://localhost/d' }).load(),
  mysql: await mysqlDialect({ url: 'mysql://localhost/d' }).load(),
}
type Server = keyof typeof dialects
const servers = Object.keys(dialects) as readonly Server[]

const compiled = (dialect: Dialect, query: SqlText) =>
  dialect.compiler.table.expectNone({
    operation: { kind: 'expectNone', what: 'rows', query },
    before: emptySchema,
    after: emptySchema,
  })

describe('a text that is not one SELECT is refused before anything is sent', () => {
  const everywhere: readonly (readonly [query: string, why: RegExp])[] = [
    ['SELECT 1; SELECT 2', /2 statements/],
    ['SELECT 1; DROP TABLE users', /2 statements/],
    ['SELECT 1) AS a; DELETE FROM users; SELECT * FROM (SELECT 1', /no SELECT/],
    ['DELETE FROM users', /no SELECT/],
    ['INSERT INTO users VALUES (1) /* SELECT */', /no SELECT/],
    ['UPDATE users SET id = 1', /no SELECT/],
    ['CREATE TABLE t (id INT)', /no SELECT/],
    ['DROP TABLE users', /no SELECT/],
    ['BEGIN', /no SELECT/],
    ['COMMIT', /no SELECT/],
    ['ROLLBACK', /no SELECT/],
    ['SAVEPOINT a', /no SELECT/],
    ['EXPLAIN SELECT 1', /no SELECT/],
    ['WITH gone AS (SELECT 1) DELETE FROM users', /no SELECT/],
    ['SELECT 1) AS a, (SELECT 2', /parentheses/],
    ['SELECT 1)', /parentheses/],
    ['SELECT (1', /parentheses/],
    ['-- nothing', /no query/],
    [';', /no query/],
    ['nonsense', /no SELECT/],
  ]
  test.each(servers.flatMap((server) => everywhere.map(([query, why]) => ({ server, query, why }))))(
    '$server: $query',
    ({ server, query, why }) => {
      expect(() => compiled(dialects[server], query)).toThrowError(
        expect.objectContaining({
          code: 'INVALID_OPERATION',
          details: { operation: 'expect no rows', why: expect.stringMatching(why) },
        }),
      )
    },
  )

  const some: readonly (readonly [Server, string])[] = [
    ['sqlite', 'PRAGMA foreign_keys = OFF'],
    ['sqlite', 'PRAGMA integrity_check'],
    ['sqlite', "ATTACH DATABASE 'a.db' AS a"],
    ['postgres', 'WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone'],
    ['postgres', 'SELECT * INTO copy FROM users'],
    ['postgres', 'EXPLAIN ANALYZE DELETE FROM users'],
    ['postgres', 'DO $$ BEGIN DELETE FROM users; END $$'],
    ['postgres', 'CALL work()'],
    ['mysql', 'SELECT 1 /*! INTO OUTFILE "/tmp/a" */'],
    ['mysql', "SELECT * FROM users INTO OUTFILE '/tmp/a'"],
    ['mysql', 'SHOW TABLES'],
    ['mysql', 'CALL work()'],
    ['mysql', 'SET @a = 1'],
    ['mariadb', '/*M! DELETE FROM users */'],
    ['mariadb', 'BEGIN NOT ATOMIC DELETE FROM users; END'],
  ]
  test.each(some)('%s: %s', (server, query) => {
    expect(() => compiled(dialects[server], query)).toThrowError(expect.objectContaining({ code: 'INVALID_OPERATION' }))
  })

  test('also where it stands behind SQL whose effects are unknown', async () => {
    const tiers = [
      graphOf(
        revisions([
          {
            revision: 'r1',
            downRevision: null,
            upgrade: (op) => {
              op.sql('CREATE TABLE made (id INT)')
              op.alterTable('made', (t) => t.dropColumn('id'))
              op.expectNone('rows', 'DELETE FROM made')
            },
          },
        ]),
      ),
    ]
    await expect(createMigrator({ dialect: dialects.sqlite, tiers }).plan()).rejects.toMatchObject({
      code: 'INVALID_OPERATION',
      location: { revision: 'r1', operation: 'expect no rows', source: expect.stringContaining('checks.test.ts') },
    })
  })
})

test('what is sent is the query with a count beside its rows, in the words of each server', () => {
  const query = {
    sqlite: 'SELECT "a" FROM "t";',
    postgres: 'SELECT "a"::text FROM "t" -- all',
    mysql: 'SELECT `a` FROM `t` # all',
  }
  expect(servers.map((server) => compiled(dialects[server], query))).toEqual(
    [
      `SELECT "q".*, count(*) OVER () AS "rows in all" FROM (SELECT "a" FROM "t") AS "q" LIMIT 5`,
      `SELECT "q".*, count(*) OVER () AS "rows in all" FROM (SELECT "a"::text FROM "t") AS "q" LIMIT 5`,
      'SELECT `q`.*, count(*) OVER () AS `rows in all` FROM (SELECT `a` FROM `t`) AS `q` LIMIT 5',
      'SELECT `q`.*, count(*) OVER () AS `rows in all` FROM (SELECT `a` FROM `t`) AS `q` LIMIT 5',
    ].map((sql) => [{ sql, transaction: 'any', expectEmpty: 'rows', counted: 'rows in all' }]),
  )
})

describe('the recorder', () => {
  type Loose = { readonly expectNone: (...args: readonly unknown[]) => void }
  const recorded = (...args: readonly unknown[]) =>
    record({ revision: 'r', dialect: 'sqlite', build: (op) => (op as unknown as Loose).expectNone(...args) })

  test('records a check as data', () => {
    const queries = { sqlite: 'SELECT 1', postgres: 'SELECT 2', mysql: 'SELECT 3' }
    expect(recorded('rows', queries).operations).toMatchObject([
      {
        operation: { kind: 'expectNone', what: 'rows', query: queries },
        source: expect.stringContaining('checks.test.ts'),
      },
    ])
  })

  test.each<readonly [string, readonly unknown[], object]>([
    ['no words', ['', 'SELECT 1'], { code: 'INVALID_NAME' }],
    ['words of two lines', ['a\nb', 'SELECT 1'], { code: 'INVALID_NAME' }],
    ['no text', ['rows', ' '], { code: 'INVALID_OPERATION', message: 'expect no rows: the text is empty' }],
    ['nothing at all', ['rows'], { code: 'INVALID_OPERATION' }],
    ['no text for a dialect', ['rows', { sqlite: 'SELECT 1', mysql: 'SELECT 1' }], { code: 'INVALID_OPERATION' }],
    ['words that are none', [7, 'SELECT 1'], { code: 'INVALID_OPERATION' }],
  ])('refuses %s', (_, args, error) => {
    expect(() => recorded(...args)).toThrowError(expect.objectContaining(error))
  })

  test('refuses a check as what a text amounts to: it would never be asked', () => {
    expect(() =>
      record({
        revision: 'r',
        dialect: 'sqlite',
        build: (op) => op.sql('SELECT 1', { effects: (inner) => inner.expectNone('rows', 'SELECT 1') }),
      }),
    ).toThrowError(expect.objectContaining({ code: 'INVALID_OPERATION' }))
  })
})

test('a check meets nothing: it only reads', () => {
  const check = { kind: 'expectNone', what: 'users', query: 'SELECT 1 FROM users' } as const
  const otherOperations = [
    check,
    { kind: 'dropTable', table: { name: 'users' } },
    { kind: 'sql', text: 'DELETE FROM users' },
    { kind: 'run', label: 'users', down: 'none', direction: 'up' },
  ] as const
  expect(conflicts([check], otherOperations)).toEqual([])
  expect(conflicts(otherOperations, [check])).toEqual([])
})
