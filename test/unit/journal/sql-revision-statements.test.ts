import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import type { ServerSession, UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeOn, familyOf, type ServerName } from '../../kit/servers.ts'

interface Sent {
  readonly sql: string
  rows: number
}

/** A dialect that records what sessions of a run send, and how many rows they read. */
function recorded(dialect: UnloadedDialect): { readonly dialect: UnloadedDialect; readonly sent: Sent[] } {
  const sent: Sent[] = []
  const wrap = (session: ServerSession): ServerSession =>
    new Proxy(session, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        if (name !== 'query' && name !== 'execute') return value.bind(target)
        return async (sql: string, ...rest: unknown[]): Promise<unknown> => {
          const each: Sent = { sql, rows: 0 }
          sent.push(each)
          const answer: unknown = await value.call(target, sql, ...rest)
          if (Array.isArray(answer)) each.rows = answer.length
          return answer
        }
      },
    })
  const connect: UnloadedDialect['connection']['connect'] = async (options) => {
    const session = await dialect.connection.connect(options)
    return options.purpose === 'run' ? wrap(session) : session
  }
  return { dialect: { ...dialect, connection: { ...dialect.connection, connect } }, sent }
}

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

/** Tables, an index and columns, each in a revision of SQL. */
const texts = ['a', 'b', 'c'].flatMap((name) => [
  `CREATE TABLE ${name} (id int NOT NULL PRIMARY KEY, n int)`,
  `CREATE INDEX ${name}_n ON ${name} (n)`,
  `ALTER TABLE ${name} ADD COLUMN m int`,
  `UPDATE ${name} SET m = 1`,
])

const tiers = [
  graphOf(
    revisions(
      texts.map((text, at) => ({
        revision: `r${at + 10}`,
        downRevision: at === 0 ? null : `r${at + 9}`,
        upgrade: (op) => op.sql(text),
      })),
    ),
  ),
]

/** What is sent for the revisions of the last table. */
async function costOf(dialect: UnloadedDialect): Promise<{ readonly statements: number; readonly rows: number }> {
  const run = recorded(dialect)
  await createMigrator({ dialect: run.dialect, tiers, transaction: 'revision' }).upgrade()
  const first = run.sent.findIndex(({ sql }) => sql === texts[7])
  const last = run.sent.findIndex(({ sql }) => sql === texts[11])
  const between = run.sent.slice(first + 1, last + 1)
  return { statements: between.length, rows: between.reduce((sum, { rows }) => sum + rows, 0) }
}

const unrelated = Array.from(
  { length: 30 },
  (_, at) => `CREATE TABLE other_${at} (id int NOT NULL PRIMARY KEY, x int, y int)`,
)

for (const server of ['mariadb', 'mysql', 'postgres', 'postgres-next'] as const) {
  describeOn(server, 'a series of SQL revisions', (createDatabase) => {
    it('sends as many statements a revision whatever the number of tables', async () => {
      const [small, large] = [await createDatabase(), await createDatabase()]
      for (const sql of unrelated) await large.sql(sql)
      const costs = [await costOf(dialectOf(server, small.url)), await costOf(dialectOf(server, large.url))]
      const statements = { mysql: 30, mariadb: 12, postgres: 6, 'postgres-next': 6 }[server]
      const cost = { statements, rows: familyOf(server) === 'postgres' ? 2 : 7 }
      expect(costs).toEqual([cost, cost])
    })
  })
}

describe('a series of SQL revisions on SQLite', () => {
  it('sends as many statements a revision, and reads as many rows, whatever the number of tables', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sql-revisions-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const large = new Database(join(folder, 'large.db'))
    for (const sql of unrelated) large.exec(sql)
    large.close()
    const costs = []
    for (const name of ['small.db', 'large.db']) costs.push(await costOf(sqliteDialect({ url: join(folder, name) })))
    expect(costs).toEqual([
      { statements: 18, rows: 6 },
      { statements: 18, rows: 6 },
    ])
  })
})
