import { join } from 'node:path'
import { check } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder, readDeclared, toFillIn } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { ensureVersion } from '@org/migrate-core/internal'
import { expect, test } from 'vitest'
import { changedDialect } from '../../kit/changed-dialect.ts'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf } from '../../kit/servers.ts'
import { rowsOf, temporaryFolder } from '../../unit/run/kit.ts'
import { dialectOf, migratorAt } from './kit.ts'

const make = (name: string) => (op: OperationRecorder) =>
  op.createTable(name, (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const chain = [
  { revision: 'r1', downRevision: null, upgrade: make('t') },
  { revision: 'r2', downRevision: 'r1', upgrade: make('u') },
]
const folder = temporaryFolder()

test('sqlite: ensureVersion makes the tables of the bookkeeping once, and a run resumes from there', async () => {
  const file = join(folder.path, 'ensured.db')
  const migrator = migratorAt(`sqlite:${file}`, chain)
  expect(await ensureVersion(migrator)).toEqual(['migrate_version', 'migrate_history'])
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")).toEqual([
    { name: 'migrate_history' },
    { name: 'migrate_version' },
  ])
  expect(await ensureVersion(migrator)).toEqual([])
  expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
})

test('sqlite: a downgrade that is not complete is reported as that, and the upgrade of its revision is compared', async () => {
  const url = `sqlite:${join(folder.path, 'incomplete.db')}`
  const incomplete = [...chain.slice(0, 1), { ...chain[1], downgrade: () => toFillIn('the value of u.id') }]
  const migrator = migratorAt(url, incomplete as typeof chain)
  await migrator.upgrade()
  expect((await check(migrator)).findings).toMatchObject([
    {
      kind: 'cannot be recorded',
      level: 'problem',
      revisions: ['r2'],
      what: 'The downgrade of revision r2 cannot be recorded on sqlite: The revision is not complete. To fill in: the value of u.id',
    },
  ])
})

test('sqlite: the schema of the database is read once for drift, declaration and losses', async () => {
  const url = `sqlite:${join(folder.path, 'once.db')}`
  await migratorAt(url, chain).upgrade()
  const dialect = dialectOf(url)
  let count = 0
  const counted = (own: UnloadedDialect): UnloadedDialect => ({
    ...own,
    introspection: {
      ...own.introspection,
      schema: (session, options) => {
        count += 1
        return own.introspection.schema(session, options)
      },
    },
  })
  const counting = changedDialect(dialect, counted)
  const report = await check(migratorOf(counting, chain), { declared: readDeclared({}) })
  expect(report.findings.map(({ kind }) => kind)).toEqual(['model differs'])
  expect(count).toBe(1)
})

describeOnDialects(['postgres', 'postgres-next', 'mariadb', 'mysql'], 'checking', (createDatabase, server) => {
  const postgres = familyOf(server) === 'postgres'
  const tables = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${postgres ? 'current_schema()' : 'DATABASE()'} ORDER BY 1`

  test('ensureVersion makes the tables of the bookkeeping once, and a run resumes from there', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorAt(url, chain)
    const created = ['migrate_lock', 'migrate_version', 'migrate_history', ...(postgres ? [] : ['migrate_journal'])]
    expect(await ensureVersion(migrator)).toEqual(created)
    expect((await sql(tables)).map(({ name }) => name)).toEqual(created.toSorted())
    expect(await ensureVersion(migrator)).toEqual([])
    expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
  })

  test('several that make them at once make them once', async () => {
    const { url, sql } = await createDatabase()
    const all = await Promise.all([1, 2, 3].map(() => ensureVersion(migratorAt(url, chain))))
    expect(new Set(all.flat()).size).toBe(postgres ? 3 : 4)
    expect(await sql('SELECT COUNT(*) AS n FROM migrate_history')).toEqual([{ n: '0' }])
  })

  test('check tells what is pending and writes nothing, not even its tables', async () => {
    const { url, sql } = await createDatabase()
    const report = await check(migratorAt(url, chain))
    expect(report).toMatchObject({ ok: false, findings: [{ kind: 'not at head', revisions: ['r1', 'r2'] }] })
    expect(await sql(tables)).toEqual([])
    await migratorAt(url, chain).upgrade()
    expect(await check(migratorAt(url, chain))).toMatchObject({ ok: true, findings: [] })
  })
})

describeOnDialects(['mariadb', 'mysql'], 'an interrupted revision', (createDatabase) => {
  test('is told by check, with what to do', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE TABLE w (id int PRIMARY KEY)')
    const interrupted = [
      {
        revision: 'r1',
        downRevision: null,
        upgrade(op: OperationRecorder) {
          make('t')(op)
          op.sql('INSERT INTO no_such_table VALUES (1)')
        },
      },
    ]
    await expect(migratorAt(url, interrupted).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    const { ok, findings } = await check(migratorAt(url, interrupted))
    expect(ok).toBe(false)
    expect(findings).toMatchObject([
      { kind: 'interrupted', revisions: ['r1'], next: expect.stringContaining('migrate resume') },
      { kind: 'not at head' },
      { kind: 'irreversible', level: 'information' },
      { kind: 'opaque', level: 'information' },
    ])
  })
})
