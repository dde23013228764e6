import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReadStatement, ServerSession, UnloadedDialect } from '@org/migrate-core/dialect'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { dialectFor } from '../faults/runner/dialects.ts'
import { errorOf, line, migratorOf } from '../kit/migrator.ts'
import { describeOnEach, familyOf } from '../kit/own-sessions.ts'

const source = /FROM\s+["`]?((?:main|pg_catalog|information_schema|migrate)[\w.]*)/

/** The texts that a call of a session sends. */
const texts = {
  query: (sql: string) => [sql],
  execute: (sql: string) => [sql],
  queryTogether: (reads: readonly ReadStatement[]) => reads.map(({ sql }) => sql),
}

/** The dialect, and what each query of its sessions reads. */
function observed(dialect: UnloadedDialect): { readonly dialect: UnloadedDialect; readonly reads: string[] } {
  const reads: string[] = []
  const observe = (session: ServerSession): ServerSession =>
    new Proxy(session, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        const bound = value.bind(target) as (...args: unknown[]) => unknown
        const textsOf = texts[name as keyof typeof texts]
        if (textsOf === undefined) return bound
        return (first: string & readonly ReadStatement[], ...more: unknown[]) => {
          reads.push(...textsOf(first).map((text) => source.exec(text)?.[1] ?? text))
          return bound(first, ...more)
        }
      },
    })
  const connect: UnloadedDialect['connection']['connect'] = async (request) =>
    observe(await dialect.connection.connect(request))
  return { dialect: { ...dialect, connection: { ...dialect.connection, connect } }, reads }
}

const chain = line((op) => op.run('nothing', { up: async () => undefined, down: 'none' }))

/** What a database at the head is asked, by `status` and by an upgrade. */
async function readsAtHead(
  real: UnloadedDialect,
): Promise<{ readonly status: readonly string[]; readonly upgrade: readonly string[] }> {
  await migratorOf(real, chain).upgrade()
  const { dialect, reads } = observed(real)
  const migrator = migratorOf(dialect, chain)
  expect((await migrator.status()).state).toBe('atHead')
  const status = reads.splice(0)
  expect((await migrator.upgrade()).applied).toEqual([])
  return { status: status.sort(), upgrade: reads.sort() }
}

function sqliteFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'idle-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'app.db')
}

test('a SQLite database at the head is asked for its catalog once, and for its own rows', async () => {
  const own = ['main.sqlite_master', 'migrate_history', 'migrate_history', 'migrate_version']
  expect(await readsAtHead(dialectFor('sqlite', `sqlite:${sqliteFile()}`))).toEqual({ status: own, upgrade: own })
})

const foreign = (columns: string): string =>
  `CREATE TABLE migrate_version (version_num varchar(64) NOT NULL PRIMARY KEY, ${columns})`

test.each([
  ['other INTEGER NOT NULL', 'other'],
  ['a INTEGER NOT NULL, b TEXT NOT NULL', 'a, b'],
  ['other INTEGER', undefined],
  ["other TEXT NOT NULL DEFAULT ''", undefined],
  ['other INTEGER NOT NULL GENERATED ALWAYS AS (1) STORED', undefined],
])('SQLite: a table of our name with %s needs values for %s', async (columns, needed) => {
  const file = sqliteFile()
  const raw = new Database(file)
  raw.exec(foreign(columns))
  raw.close()
  const migrator = migratorOf(dialectFor('sqlite', `sqlite:${file}`), chain)
  if (needed === undefined) expect((await migrator.status()).state).toBe('behind')
  else
    expect(await errorOf(migrator.status())).toMatchObject({
      code: 'BOOKKEEPING_INVALID',
      details: { table: 'migrate_version', why: `it needs values for ${needed}` },
    })
})

test.each([
  'id INTEGER PRIMARY KEY, version_num TEXT',
  'id TEXT, version_num TEXT, PRIMARY KEY (id)) WITHOUT ROWID --',
])('SQLite: a table of our name with the key of another program (%s) is refused', async (columns) => {
  const file = sqliteFile()
  const raw = new Database(file)
  raw.exec(`CREATE TABLE migrate_version (${columns}\n${columns.endsWith('--') ? '' : ')'}`)
  raw.close()
  expect(await errorOf(migratorOf(dialectFor('sqlite', `sqlite:${file}`), chain).status())).toMatchObject({
    details: { table: 'migrate_version', why: 'it needs values for id' },
  })
})

// MariaDB opens each table that such a query may be about, and waits for those that DDL of another session holds.
describeOnEach(['postgres', 'postgres-next'], 'a database at the head', (createDatabase) => {
  test('is asked for its catalog once, and for its own rows', async () => {
    const { url } = await createDatabase()
    const { status, upgrade } = await readsAtHead(dialectFor('postgres', url))
    const own = ['migrate_history', 'migrate_history', 'migrate_version', 'pg_catalog.pg_class']
    expect(upgrade).toEqual(own)
    expect(status).toEqual([...own, 'migrate_lock'].sort())
  })
})

describeOnEach(
  ['postgres', 'postgres-next', 'mariadb', 'mysql'],
  'a table of our name in another program',
  (createDatabase, server) => {
    const family = familyOf(server)

    const generated = 'other integer GENERATED ALWAYS AS (1) STORED'
    const numbered = {
      postgres: 'other integer GENERATED ALWAYS AS IDENTITY',
      mysql: 'other integer NOT NULL AUTO_INCREMENT UNIQUE',
    }[family]
    test.each([
      ['other integer NOT NULL', 'other'],
      ['other integer', undefined],
      ["other varchar(9) NOT NULL DEFAULT ''", undefined],
      [generated, undefined],
      [numbered, undefined],
    ])('a table of our name with %s needs values for %s', async (columns, needed) => {
      const db = await createDatabase()
      await db.sql(foreign(columns))
      const migrator = migratorOf(dialectFor(family, db.url), chain)
      if (needed === undefined) expect((await migrator.status()).state).toBe('behind')
      else
        expect(await errorOf(migrator.status())).toMatchObject({
          code: 'BOOKKEEPING_INVALID',
          details: { table: 'migrate_version', why: `it needs values for ${needed}` },
        })
    })
  },
)
