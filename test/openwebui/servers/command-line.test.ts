import { beforeAll, expect, it } from 'vitest'
import { ensureBuilt } from '../../cli/project.ts'
import { describeOn, familyOf } from '../../kit/servers.ts'
import { readExpected } from '../chain/kit/expected.ts'
import { dataOf, schemaOf, tableNames } from './kit/catalog.ts'
import { answerOf, migrate } from './kit/command.ts'
import { databaseAt, head, onDialects, openDatabaseAt } from './kit/database.ts'
import { load } from './kit/load.ts'
import { type ExpectedHead, headDifferences } from './kit/reading.ts'

beforeAll(ensureBuilt)

/** The URL with another scheme, as programs in Python write it. */
function spelled(url: string, scheme: string): string {
  return url.replace(/^[a-z]+:/, `${scheme}:`)
}

const otherSchemes = {
  postgres: ['postgres', 'postgresql', 'postgresql+psycopg2', 'postgresql+asyncpg'],
  mysql: ['mysql', 'mariadb', 'mysql+pymysql', 'mariadb+mariadbconnector'],
} as const

onDialects('the command line', (createDatabase, server) => {
  it('takes an empty database to head, and a URL may name a driver', async () => {
    const db = await openDatabaseAt(await createDatabase())
    const { url } = db.database
    const up = migrate(['--url', url])
    expect([up.stderr, up.code]).toEqual([up.stderr, 0])
    expect(await tableNames(db)).toHaveLength(27)
    for (const scheme of otherSchemes[familyOf(server)]) {
      const status = migrate(['status', '--json', '--url', spelled(url, scheme)])
      expect([scheme, status.stderr, status.code]).toEqual([scheme, status.stderr, 0])
      expect([scheme, answerOf(status)]).toMatchObject([scheme, { state: 'atHead', pending: 0 }])
    }
    const second = migrate(['--url', url, '--json'])
    expect([second.code, answerOf(second)]).toMatchObject([0, { applied: [] }])
  })

  it('finds with check that a database at head is the declared tables, and what the chain makes', async () => {
    const db = await openDatabaseAt(await createDatabase())
    const url = ['--url', db.database.url]
    const up = migrate(url)
    expect([up.stderr, up.code]).toEqual([up.stderr, 0])
    const answers = { atHead: 'yes', model: 'yes', noDrift: 'yes', unedited: 'yes', oneHead: 'yes' }
    for (const from of [[], ['--from', 'replay']]) {
      const checked = migrate(['check', '--json', ...from, ...url])
      expect([from, checked.stdout, checked.code]).toEqual([from, checked.stdout, 0])
      expect([from, answerOf(checked)]).toMatchObject([from, { ok: true, answers }])
    }
    const files = migrate(['check', '--no-database', '--json', ...url])
    expect(answerOf(files)).toMatchObject({ ok: true, answers: { model: 'yes', oneHead: 'yes' } })
    // It sees: a column more is a difference from both.
    await db.script('ALTER TABLE "tag" ADD COLUMN "colour" INTEGER')
    const changed = migrate(['check', '--json', ...url])
    expect([changed.stderr, changed.code]).toEqual([changed.stderr, 3])
    const differences = [expect.stringContaining('colour')]
    expect(answerOf(changed)).toMatchObject({
      ok: false,
      answers: { ...answers, model: 'no', noDrift: 'no' },
      findings: expect.arrayContaining([
        expect.objectContaining({ kind: 'drift', differences }),
        expect.objectContaining({ kind: 'model differs', differences }),
      ]),
    })
  })

  it('takes the legacy fixture to head, back to what it was, and up to the same head', {
    timeout: 180_000,
  }, async () => {
    const expected = readExpected<ExpectedHead>('expected-head.json')
    const db = await databaseAt(createDatabase)
    await load(db, 'legacy-018.sql')
    const run = async (...args: readonly string[]): Promise<void> => {
      const { code, stderr } = migrate([...args, '--url', db.database.url])
      expect([args, stderr, code]).toEqual([args, stderr, 0])
    }
    const snapshot = async () => ({ schema: await schemaOf(db), data: await dataOf(db) })
    const before = await snapshot()

    await run('upgrade')
    expect(await headDifferences(db)).toEqual([])
    expect(await db.rows('SELECT "version_num" FROM "migrate_version"')).toEqual([{ version_num: head }])
    const counts = {
      ...expected.row_counts.head,
      ...Object.fromEntries(expected.empty_tables.map((name) => [name, 0])),
    }
    for (const [table, { rows }] of Object.entries(expected.unchanged_tables)) counts[table] = rows
    for (const [table, rows] of Object.entries(counts)) {
      expect([table, await db.one(`SELECT COUNT(*) FROM "${table}"`)]).toEqual([table, BigInt(rows)])
    }
    const above = await snapshot()

    await run('downgrade', 'base')
    expect(await snapshot()).toEqual(before)
    await run('upgrade', 'head')
    expect(await headDifferences(db)).toEqual([])
    expect(await snapshot()).toEqual(above)
  })

  it('finds the database in the parts of the environment, and never shows a password', async () => {
    const { url, name } = await createDatabase()
    const { hostname, port, username } = new URL(url)
    const parts = {
      DATABASE_TYPE: otherSchemes[familyOf(server)][2],
      DATABASE_USER: decodeURIComponent(username),
      DATABASE_HOST: hostname,
      DATABASE_PORT: port,
      DATABASE_NAME: name,
    }
    const status = migrate(['status', '--json'], parts)
    expect([status.stderr, answerOf(status)]).toMatchObject([status.stderr, { state: 'empty', pending: 39 }])
    const wrong = migrate(['status', '--url', url.replace(/\/\/[^@]*@/, '//nobody:s3cr@t%@').replace(name, '')])
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('INVALID_URL')
    expect(wrong.stdout + wrong.stderr).not.toContain('s3cr')
  })
})

describeOn('postgres', 'DATABASE_SCHEMA', (createDatabase) => {
  it('is where both tiers put everything, there and back', async () => {
    const db = await openDatabaseAt(await createDatabase())
    const url = ['--url', db.database.url]
    const schema = { DATABASE_SCHEMA: 'Open "Web" UI' }
    const tablesBySchema = (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
      db.rows(
        `SELECT "table_schema" AS "schema", COUNT(*) AS "tables" FROM "information_schema"."tables"
         WHERE "table_schema" NOT IN ('pg_catalog', 'information_schema') GROUP BY 1`,
      )
    // A table of that name elsewhere is ignored.
    await db.script('CREATE TABLE "public"."chat" ("mine" INTEGER); CREATE TABLE "public"."auth" ("mine" INTEGER)')
    const up = migrate(url, schema)
    expect([up.stderr, up.code]).toEqual([up.stderr, 0])
    const tables = await tablesBySchema()
    expect(tables).toContainEqual({ schema: 'public', tables: 2n })
    const own = tables.filter(({ schema: name }) => name !== 'public')
    expect(own.map(({ schema: name }) => name)).toEqual(['Open "Web" UI'])
    expect(Number(own[0]?.tables)).toBeGreaterThanOrEqual(29)
    await db.script(`SET search_path = "Open ""Web"" UI"`)
    const shape = await schemaOf(db)
    expect(shape.chat).toContainEqual(expect.stringContaining('fk_chat_folder'))
    for (const [table, lines] of Object.entries(shape)) {
      for (const line of lines) expect([table, line]).toEqual([table, line.replace('public.', '')])
    }
    const status = migrate(['status', '--json', ...url], schema)
    expect(answerOf(status)).toMatchObject({ state: 'atHead' })
    expect(answerOf(migrate(['status', '--json', ...url]))).toMatchObject({ state: 'behind', pending: 39 })

    const down = migrate(['downgrade', 'base', ...url], schema)
    expect([down.stderr, down.code]).toEqual([down.stderr, 0])
    const second = migrate(url, schema)
    expect([second.stderr, second.code]).toEqual([second.stderr, 0])
    expect(await schemaOf(db)).toEqual(shape)
    expect(await tablesBySchema()).toContainEqual({ schema: 'public', tables: 2n })
  })
})

describeOn('mariadb', 'DATABASE_SCHEMA', (createDatabase) => {
  it('is refused, because a schema is a database there', async () => {
    const { url } = await createDatabase()
    const result = migrate(['status', '--url', url], { DATABASE_SCHEMA: 'app' })
    expect(result.code).toBe(2)
    expect(result.stderr).toContain('INVALID_OPTION')
  })
})
