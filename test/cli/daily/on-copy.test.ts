import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withPrograms } from '../../unit/backup/kit.ts'
import { gatedRevision, revision } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, holdTable, onEachDatabase } from './kit.ts'

cleanDesks()
withPrograms()

const a1 = revision(
  'a1',
  null,
  `  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('title', varchar(40))
    t.primaryKey(['id'])
  })
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(40))
    t.primaryKey(['id'])
    t.index('ix_people_name', ['name'])
  })
  op.insertRows('people', [{ id: 1, name: 'Ada' }, { id: 2, name: 'Max' }, { id: 3, name: null }], { key: ['id'] })`,
)
const files = { 'migrate.config.ts': configOf('protected: true,'), 'migrations/a1.ts': a1 }
const wider = revision('b1', 'a1', "  op.addColumn('notes', 'body', text())")

const copied = async (at: Desk, more: Readonly<Record<string, string>>): Promise<string> => {
  const { code, stderr } = at.run('upgrade', 'a1')
  expect(code, stderr).toBe(0)
  await at.sql("INSERT INTO notes (id, title) VALUES (1, 'one'), (2, 'two')")
  at.project.put(more)
  return at.env.APP_URL ?? 'sqlite:./app.db'
}

/** Another session on PostgreSQL, beside which the server does not copy by itself. */
async function otherSession(at: Desk, server: string): Promise<{ end(): Promise<void> }> {
  if (server !== 'postgres') return { end: async () => undefined }
  const held = holdTable(at, server, 'notes')
  while ((await held.readers()) === 0) await sleep(20)
  return { end: () => held.release() }
}

const databases: { readonly [server: string]: string } = {
  postgres: "SELECT datname AS n FROM pg_database WHERE datname LIKE 'migrate\\_shadow\\_%'",
  mysql: "SELECT SCHEMA_NAME AS n FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'migrate\\_shadow\\_%'",
}
/** What is there of copies: other tests of the server may make some. */
const copiesOf = async (at: Desk, server: string): Promise<readonly unknown[]> => {
  const sql = databases[server]
  return sql === undefined ? [] : (await at.sql(sql)).map(({ n }) => n)
}

/** Those of other tests on the server are there for seconds. */
async function noneIsLeft(at: Desk, server: string, before: readonly unknown[]): Promise<void> {
  const isMore = async () => (await copiesOf(at, server)).some((name) => !before.includes(name))
  for (let tries = 0; tries < 300 && (await isMore()); tries += 1) await sleep(100)
  expect(await isMore()).toBe(false)
}

const unchanged = async (at: Desk): Promise<void> => {
  expect(await at.tables()).toEqual(['notes', 'people'])
  expect(await at.sql('SELECT * FROM notes ORDER BY id')).toEqual([
    { id: expect.anything(), title: 'one' },
    { id: expect.anything(), title: 'two' },
  ])
  expect((await at.sql('SELECT name FROM people ORDER BY id')).map(({ name }) => name)).toEqual(['Ada', 'Max', null])
  expect((await at.sql('SELECT version_num FROM migrate_version')).map((row) => row.version_num)).toEqual(['a1'])
}

onEachDatabase('the pending plan on a copy', (open, server) => {
  test('finds nothing where the plan does what it names, and leaves the database and no copy', async () => {
    const at = await open(files)
    const url = await copied(at, { 'migrations/b1.ts': wider })
    const before = await copiesOf(at, server)
    const { code, stdout, stderr } = at.run('test', '--on-copy', url)
    expect(stderr).toMatch(/copying \S+, which takes \d/)
    expect(stdout).toMatch(
      /^main:b1 {2}about b1\n {2}notes {2}2 -> 2 rows\n1 revision tested on a copy of \S+ in [^\n]+, 1 other table compared: nothing found\n$/,
    )
    expect(code).toBe(0)
    await unchanged(at)
    await noneIsLeft(at, server, before)
  })

  test('finds what the plan changes and does not name', async () => {
    const at = await open(files)
    const dropIndex = server === 'mysql' ? 'DROP INDEX ix_people_name ON people' : 'DROP INDEX ix_people_name'
    const url = await copied(at, {
      'migrations/b1.ts': revision(
        'b1',
        'a1',
        `  op.addColumn('notes', 'body', text())
  op.sql("UPDATE people SET name = 'Bob' WHERE id = 2")
  op.sql('${dropIndex}')`,
      ),
    })
    const other = await otherSession(at, server)
    const { code, stdout, stderr } = at.run('test', '--on-copy', url)
    await other.end()
    expect(stdout, stderr).toMatch(
      /\nproblem \(schema outside the plan\): [^\n]+\n {2}- table people: index ix_people_name[^\n]*\n/,
    )
    expect(stdout).toMatch(/\nproblem \(rows outside the plan\): [^\n]+\n {2}- people\.name has other values\n/)
    expect(stdout).toMatch(/: 2 findings\n$/)
    expect(code).toBe(3)
    await unchanged(at)
    at.project.put({
      'migrations/b1.ts': revision(
        'b1',
        'a1',
        "  op.sql('DELETE FROM people WHERE id = 1')\n  op.sql('SELECT none FROM none')",
      ),
    })
    expect(at.json('test', '--on-copy', url)).toMatchObject({
      ok: false,
      findings: [{ kind: 'upgrade failed', what: expect.stringMatching(/none/) }],
    })
    await unchanged(at)
    // The advice: what changes is named, and the statement that fails is gone.
    at.project.put({
      'migrations/b1.ts': revision(
        'b1',
        'a1',
        "  op.addColumn('notes', 'body', text())\n  op.dropIndex('people', 'ix_people_name')",
      ),
    })
    expect(at.json('test', '--on-copy', url)).toMatchObject({ ok: true, findings: [] })
    if (server !== 'mysql') return
    const update = (table: string): string => revision('b1', 'a1', `  op.sql('UPDATE ${table} SET name = name')`)
    at.project.put({ 'migrations/b1.ts': update(`${new URL(url).pathname.slice(1)}.people`) })
    expect(at.json('test', '--on-copy', url).error).toMatchObject({
      code: 'SHADOW_REFUSED',
      message: expect.stringMatching(/: main:b1 names the database \S+, which it would write to from a copy$/),
    })
    at.project.put({ 'migrations/b1.ts': update('people') })
    expect(at.json('test', '--on-copy', url)).toMatchObject({ ok: true, findings: [] })
  })

  test('is stopped by Ctrl-C, and its copy is dropped', async () => {
    const at = await open(files)
    const url = await copied(at, { 'migrations/b1.ts': gatedRevision('b1', 'a1') })
    const before = await copiesOf(at, server)
    const run = at.project.start(['test', '--on-copy', url], { env: { ...process.env, ...at.env } })
    let hasEnded = false
    void run.ended.then(() => {
      hasEnded = true
    })
    while (!hasEnded && !existsSync(join(at.project.folder, 'inside'))) await sleep(20)
    expect(hasEnded, run.output()).toBe(false)
    run.signal('SIGINT')
    while (!run.output().includes('SIGINT')) await sleep(20)
    at.project.put({ gate: '' })
    const { code, stderr } = await run.ended
    expect(stderr).toMatch(/ABORTED: The test was stopped; the copy that it was made on is dropped\./)
    expect(code).toBe(130)
    await unchanged(at)
    await noneIsLeft(at, server, before)
  })

  test('is copied by the server itself where no other session is connected', async () => {
    if (server !== 'postgres') return
    const at = await open({ ...files, 'migrations/b1.ts': wider })
    expect(at.run('upgrade', 'a1').code).toBe(0)
    const env = { ...at.env, PATH: '/none' }
    const { code, stdout, stderr } = at.project.run(['test', '--on-copy', at.env.APP_URL ?? ''], { env })
    expect(stdout, stderr).toMatch(/1 other table compared: nothing found\n$/)
    expect(code).toBe(0)
  })

  test('finds nothing in a table of another schema whose enum the plan changes', async () => {
    if (server !== 'postgres') return
    const at = await open(files)
    const grown = revision('b1', 'a1', "  op.alterEnum('mood', { add: [{ value: 'mad', before: 'sad' }] })")
    const url = await copied(at, { 'migrations/b1.ts': grown })
    await at.sql("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    await at.sql('CREATE SCHEMA app')
    await at.sql('CREATE TABLE app.users (id int PRIMARY KEY, m mood)')
    const { code, stdout, stderr } = at.run('test', '--on-copy', url)
    expect(stdout, stderr).toMatch(/other tables compared: nothing found\n$/)
    expect(code).toBe(0)
  })

  test('names the program that is missing', async () => {
    if (server === 'sqlite') return
    const at = await open(files)
    const url = await copied(at, { 'migrations/b1.ts': wider })
    const other = await otherSession(at, server)
    const { code, stderr } = at.project.run(['test', '--on-copy', url], { env: { ...at.env, PATH: '/none' } })
    await other.end()
    expect(stderr).toMatch(/error: BACKUP_FAILED: The copy of \S+ failed: [^\n]+ not on PATH\. Nothing was changed\./)
    expect(code).toBe(1)
    expect(at.run('test', '--on-copy', url).code).toBe(0)
  })
})

test('a database without tables, and other arguments, are refused', async () => {
  const at = desk({ ...files, 'migrations/b1.ts': wider })
  const refused = (...args: readonly string[]) => at.json('test', ...args).error
  expect(refused('--on-copy', 'sqlite:none.db')).toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringMatching(/^There is nothing to copy: \S+none\.db has no tables$/),
  })
  expect(existsSync(join(at.project.folder, 'none.db'))).toBe(false)
  expect(refused('b1', '--on-copy', 'sqlite:app.db')).toMatchObject({ code: 'USAGE' })
  expect(refused('--url', 'sqlite:app.db', '--on-copy', 'sqlite:app.db')).toMatchObject({ code: 'USAGE' })
  at.run('upgrade')
  const { stdout, code } = at.run('test', '--on-copy', 'sqlite:app.db')
  expect(stdout).toMatch(/app\.db: no revision is pending\n$/)
  expect(code).toBe(0)
})
