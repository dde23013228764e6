import { expect, test } from 'vitest'
import { newUser } from '../../kit/new-user.ts'
import { skipWithout } from '../../kit/sqlite-client/needs-driver.ts'
import { withPrograms } from '../../unit/backup/kit.ts'
import { revision } from '../project.ts'
import { cleanDesks, configOf, desk, onEachDatabase } from './kit.ts'

cleanDesks()
withPrograms()

const a1 = revision(
  'a1',
  null,
  `  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(40))
    t.primaryKey(['id'])
  })
  op.insertRows('people', [{ id: 1, name: 'Ada' }, { id: 2, name: 'Max' }, { id: 3, name: null }], { key: ['id'] })`,
)
const files = { 'migrate.config.ts': configOf(), 'migrations/a1.ts': a1 }
const aside = "  op.createTable('notes', (t) => { t.column('id', integer()) })"
const b1 = (body: string): { readonly [file: string]: string } => ({ 'migrations/b1.ts': revision('b1', 'a1', body) })

onEachDatabase('a test on a copy', (open, server) => {
  test('sees values that two rows of a table outside the plan have exchanged', async () => {
    const at = await open(files)
    expect(at.run('upgrade', 'a1').code).toBe(0)
    const swap = "UPDATE people SET name = CASE id WHEN 1 THEN 'Max' ELSE 'Ada' END WHERE id < 3"
    at.project.put(b1(`${aside}\n  op.sql(${JSON.stringify(swap)})`))
    const url = at.env.APP_URL ?? 'sqlite:./app.db'
    expect(at.json('test', '--on-copy', url)).toMatchObject({
      ok: false,
      findings: [{ kind: 'rows outside the plan', differences: ['people has the same values in other rows'] }],
    })
    at.project.put(b1(aside))
    expect(at.json('test', '--on-copy', url)).toMatchObject({ ok: true, findings: [] })
  })

  test('is refused to a user who may make no database, and runs once that is granted', async () => {
    if (server === 'sqlite') return
    const at = await open(files)
    expect(at.run('upgrade', 'a1').code).toBe(0)
    at.project.put(b1(aside))
    const isPostgres = server === 'postgres'
    const { user, url } = await newUser({
      server: server === 'postgres' ? 'postgres' : 'mysql',
      sql: at.sql,
      url: at.env.APP_URL ?? '',
    })
    const database = new URL(url).pathname.slice(1)
    await at.sql(
      isPostgres
        ? `GRANT ALL ON SCHEMA public TO ${user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${user}`
        : `GRANT ALL ON ${database}.* TO ${user}`,
    )
    const { code, stdout, stderr } = at.run('test', '--on-copy', url)
    expect(stderr).toMatch(
      isPostgres
        ? /SHADOW_REFUSED: \S+ gives no empty database: permission denied to create database\n[^\n]*ALTER ROLE … CREATEDB\.\n/
        : /SHADOW_REFUSED: \S+ gives no shadow database: [^\n]*denied[^\n]*\n[^\n]*GRANT ALL ON `migrate\\_shadow\\_%`/,
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    await at.sql(isPostgres ? `ALTER ROLE ${user} CREATEDB` : `GRANT ALL ON \`migrate\\_shadow\\_%\`.* TO ${user}`)
    const granted = at.run('test', '--on-copy', url)
    expect(granted.stdout, granted.stderr).toMatch(/1 other table compared: nothing found\n$/)
    expect(granted.code).toBe(0)
  })

  test('names a copy that cannot be dropped', async () => {
    if (server !== 'postgres') return
    const at = await open(files)
    expect(at.run('upgrade', 'a1').code).toBe(0)
    // A template is not dropped: https://www.postgresql.org/docs/current/sql-dropdatabase.html
    const template = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', current_database()); END $$`
    at.project.put(b1(`${aside}\n  op.sql(${JSON.stringify(template)})`))
    const run = (...more: readonly string[]) => at.run('test', '--on-copy', at.env.APP_URL ?? '', ...more)
    const drop = async (name: string): Promise<void> => {
      await at.sql(`ALTER DATABASE ${name} IS_TEMPLATE false`)
      // Another run of the same server drops it as a leftover, now that it can.
      await at.sql(`DROP DATABASE IF EXISTS ${name}`)
    }
    const { code, stdout, stderr } = run()
    const [, name = ''] =
      /the copy (migrate_shadow_\w+) could not be dropped, and is left: cannot drop a template database\n/.exec(
        stderr,
      ) ?? []
    await drop(name)
    expect(stdout).toMatch(/: nothing found\n$/)
    expect(code).toBe(0)
    const report: unknown = JSON.parse(run('--json').stdout)
    expect(report).toMatchObject({ ok: true, findings: [], leftover: expect.stringMatching(/^migrate_shadow_\w+$/) })
    await drop((report as { readonly leftover: string }).leftover)
  })
})

test('the sequential tier is tested on a copy too', () => {
  const at = desk({
    ...files,
    'migrate.config.ts':
      "import { graph, sequential } from '@org/migrate-core/node'\nexport default { url: 'sqlite:app.db', tiers: [sequential(new URL('./legacy/', import.meta.url)), graph(new URL('./migrations/', import.meta.url))] }\n",
    'legacy/001_old.ts':
      "import { integer, type OperationRecorder } from '@org/migrate-core'\nexport function migrate(op: OperationRecorder): void {\n  op.createTable('old', (t) => { t.column('id', integer()) })\n}\n",
  })
  expect(at.run('upgrade', '--tier', 'legacy', 'head').code).toBe(0)
  at.project.put({
    'legacy/002_insert.ts':
      "import type { OperationRecorder } from '@org/migrate-core'\nexport function migrate(op: OperationRecorder): void {\n  op.sql('INSERT INTO old VALUES (1)')\n}\n",
  })
  expect(at.json('test', '--on-copy', 'sqlite:app.db')).toMatchObject({
    ok: false,
    revisions: [
      { tier: 'legacy', revision: '002_insert' },
      { tier: 'main', revision: 'a1' },
    ],
    tables: [
      { table: 'old', isNamed: false, rowsBefore: 0, rowsAfter: 1 },
      { table: 'people', isNamed: true, rowsAfter: 3 },
    ],
    findings: [{ kind: 'rows outside the plan', differences: ['rows of old: 0 before, 1 after'] }],
  })
})

test('the copy of an encrypted database is encrypted with its key', (context) => {
  skipWithout('better-sqlite3-multiple-ciphers', context)
  const at = desk(files)
  const env = { APP_URL: 'sqlite+sqlcipher://./app.db', DATABASE_PASSWORD: 'a horse that is correct' }
  expect(at.project.run(['upgrade', 'a1'], { env }).code).toBe(0)
  at.project.put(b1(aside))
  const { code, stdout, stderr } = at.project.run(['test', '--on-copy', env.APP_URL], { env })
  expect(stdout, stderr).toMatch(/1 other table compared: nothing found\n$/)
  expect(code).toBe(0)
  const wrong = { ...env, DATABASE_PASSWORD: 'an ox that is not' }
  expect(at.project.run(['test', '--on-copy', env.APP_URL], { env: wrong })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('error: WRONG_KEY: '),
  })
})
