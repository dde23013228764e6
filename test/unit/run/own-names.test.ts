import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, examine } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, it } from 'vitest'
import { dialectOf, migratorAt } from '../../autogenerate/check/kit.ts'
import { describeOnDialects } from '../../kit/servers.ts'

const table = (name: string) => (op: OperationRecorder) =>
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const first = { revision: 'r1', downRevision: null, upgrade: table('t') }
const chain = [first, { revision: 'r2', downRevision: 'r1', upgrade: table('u') }]

interface NamesDatabase {
  readonly url: string
  readonly sql: (text: string) => Promise<unknown>
}

async function tablesAt(url: string): Promise<readonly string[]> {
  const session = await dialectOf(url).connection.connect({ purpose: 'inspect' })
  try {
    const { tables } = await (session.dialect ?? dialectOf(url)).introspection.schema(session)
    return [...tables.values()].map(({ ref }) => ref.name).sort()
  } finally {
    await session.close()
  }
}

type Taken = readonly [what: string, table: string, sql: string, why: RegExp]

function names(open: () => Promise<NamesDatabase>, taken: readonly Taken[], parts: readonly string[]): void {
  const view = (name: string) => `CREATE VIEW ${name} AS SELECT 1 AS one`
  const all: readonly Taken[] = [
    ...parts.map(
      (each): Taken => [`a view ${each}`, `migrate_${each}`, view(`migrate_${each}`), /a view has its name/],
    ),
    ...taken,
    ['other columns', 'migrate_version', 'CREATE TABLE migrate_version (id int)', /it has no column version_num/],
    [
      'one more column that needs a value',
      'migrate_version',
      'CREATE TABLE migrate_version (version_num varchar(255) NOT NULL PRIMARY KEY, app varchar(20) NOT NULL)',
      /it needs values for app/,
    ],
  ]

  it('tables that another session has made since are not in the way', async () => {
    const { url } = await open()
    await migratorAt(url, chain).upgrade()
    const session = await dialectOf(url).connection.connect({ purpose: 'inspect' })
    try {
      const dialect = session.dialect ?? dialectOf(url)
      const { tables } = await dialect.introspection.schema(session)
      const ours = [...tables.values()].filter(({ ref }) => ref.name.startsWith('migrate_'))
      expect(ours.length).toBeGreaterThan(1)
      expect(await dialect.introspection.obstacles?.(session, ours)).toEqual([])
    } finally {
      await session.close()
    }
  })

  it.each(all)('refuses a name of our tables that is taken before anything is made: %s', async (_, name, text, why) => {
    const { url, sql } = await open()
    await sql(text)
    const before = await tablesAt(url)
    const migrator = migratorAt(url, chain)
    for (const work of [() => migrator.upgrade(), () => migrator.plan()])
      await expect(work()).rejects.toMatchObject({
        code: 'BOOKKEEPING_INVALID',
        details: { table: name, why: expect.stringMatching(why) },
        remedy: expect.stringContaining('`tables`'),
      })
    expect(await tablesAt(url)).toEqual(before)
    const { ok, findings } = await examine(migrator)
    expect(ok).toBe(false)
    expect(findings[0]).toMatchObject({ level: 'problem', about: 'bookkeeping', what: expect.stringContaining(name) })
    const part = name.replace('migrate_', '')
    await migratorAt(url, chain, { tables: { [part]: 'our_own' } }).upgrade()
    expect(await tablesAt(url)).toEqual(expect.arrayContaining(['t', 'u']))
  })

  it('refuses a name that is taken later, before the next revision', async () => {
    const { url, sql } = await open()
    await migratorAt(url, [first]).upgrade()
    const existing = await tablesAt(url)
    const free = ['migrate_preserved', 'migrate_journal'].find((name) => !existing.includes(name)) ?? ''
    expect(free).not.toBe('')
    await sql(view(free))
    await expect(migratorAt(url, chain).upgrade()).rejects.toMatchObject({ code: 'BOOKKEEPING_INVALID' })
    expect(await tablesAt(url)).toEqual(existing)
    await sql(`DROP VIEW ${free}`)
    await migratorAt(url, chain).upgrade()
  })

  it('says that the table of the heads is gone while the history has what is applied', async () => {
    const { url, sql } = await open()
    const migrator = migratorAt(url, chain)
    await migrator.upgrade()
    await sql('DROP TABLE migrate_version')
    const why = /^Table migrate_version: it is gone, and by migrate_history these are applied: r1, r2\./
    expect((await migrator.status()).warnings).toEqual([expect.stringMatching(why)])
    expect((await check(migrator)).findings).toContainEqual(
      expect.objectContaining({ kind: 'history missing', level: 'problem', what: expect.stringMatching(why) }),
    )
    const { ok, findings } = await examine(migrator)
    expect(ok).toBe(false)
    expect(findings[0]).toMatchObject({ about: 'bookkeeping', what: expect.stringMatching(why) })
    const existing = await tablesAt(url)
    for (const work of [
      () => migrator.upgrade(),
      () => migrator.plan(),
      () => migrator.ensure({ mode: 'verify' }),
      () => migrator.ensure({ mode: 'apply' }),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'BOOKKEEPING_INVALID', message: expect.stringMatching(why) })
    expect(await tablesAt(url)).toEqual(existing)
    // As the remedy says.
    await migrator.stamp('r2')
    expect((await migrator.ensure({ mode: 'verify' })).warnings).toEqual([])
    expect((await migrator.upgrade()).applied).toEqual([])
  })

  it('starts again where everything was taken back before the table of the heads went', async () => {
    const { url, sql } = await open()
    const migrator = migratorAt(url, chain)
    await migrator.upgrade()
    await migrator.downgrade('base')
    await sql('DROP TABLE migrate_version')
    expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
  })
}

// SQLite has a file as lock.
const parts = ['version', 'history', 'journal', 'preserved']
const folder = mkdtempSync(join(tmpdir(), 'own-names-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

describe('sqlite: names of our tables', () => {
  names(
    async () => {
      const file = join(folder, `${files++}.db`)
      const sql = async (text: string): Promise<void> => {
        const client = new Database(file)
        client.exec(text)
        client.close()
      }
      return { url: `sqlite:${file}`, sql }
    },
    [
      [
        'an index',
        'migrate_history',
        'CREATE TABLE other (a int); CREATE INDEX Migrate_History ON other (a)',
        /an index has its name/,
      ],
    ],
    parts,
  )
})

describeOnDialects(['postgres', 'postgres-next'], 'names of our tables', (createDatabase) =>
  names(
    createDatabase,
    [
      ['a sequence', 'migrate_version', 'CREATE SEQUENCE migrate_version', /a sequence has its name/],
      ['a domain', 'migrate_lock', 'CREATE DOMAIN migrate_lock AS int', /a type has its name/],
      [
        'a composite type',
        'migrate_history',
        'CREATE TYPE migrate_history AS (a int)',
        /a composite type has its name/,
      ],
      [
        'a table with the name of a key',
        'migrate_version',
        'CREATE TABLE migrate_version_pk (a int)',
        /a table has the name of its key migrate_version_pk/,
      ],
    ],
    [...parts, 'lock'],
  ),
)

describeOnDialects(['mariadb', 'mysql'], 'names of our tables', (createDatabase, server) =>
  names(
    createDatabase,
    server === 'mariadb'
      ? [['a sequence', 'migrate_version', 'CREATE SEQUENCE migrate_version', /a sequence has its name/]]
      : [],
    [...parts, 'lock'],
  ),
)
