import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { twoRevisions } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, onEachDatabase } from './kit.ts'

cleanDesks()

const seedOf = (id: number, name: string): string => `import type { SeedDatabase } from '@org/migrate-core'
export default async function (db: SeedDatabase): Promise<void> {
  const rows = await db.query('SELECT "id" FROM "accounts" WHERE "id" = ?', [${id}])
  if (rows.length === 0) await db.execute('INSERT INTO "accounts" ("id", "name") VALUES (?, ?)', [${id}, '${name}'])
}
`
const files = {
  ...twoRevisions,
  'migrate.config.ts': configOf("seed: './seeds',"),
  'seeds/2_two.ts': seedOf(2, 'two'),
  // After 2, as a person numbers them: it fails where the second account is not there.
  'seeds/10_ten.ts': `import type { SeedDatabase } from '@org/migrate-core'
export default async function (db: SeedDatabase): Promise<void> {
  const [two] = await db.query<{ name: string }>('SELECT "name" FROM "accounts" WHERE "id" = 2')
  await db.execute('UPDATE "accounts" SET "name" = ? WHERE "id" = 1', [\`after \${two?.name}\`])
}
`,
  'seeds/names.json': '["not a seed"]',
}
const accounts = async ({ sql }: Desk) =>
  (await sql('SELECT id, name FROM accounts ORDER BY id')).map(({ id, name }) => [Number(id), name])

onEachDatabase('migrate seed', (open) => {
  test('runs the files of a folder in their order, and again where the rows are there', async () => {
    const at = await open(files)
    expect(at.run('upgrade').code).toBe(0)
    const { code, stdout, stderr } = at.run('seed')
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/: 2 seeds run\n$/)
    expect(stderr).toMatch(/^seed 2_two\.ts {2}\d.*\nseed 10_ten\.ts {2}\d.*\n$/)
    expect(await accounts(at)).toEqual([
      [1, 'after two'],
      [2, 'two'],
    ])
    expect(at.json('seed')).toMatchObject({ ok: true, command: 'seed', seeds: ['2_two.ts', '10_ten.ts'] })
    expect(await accounts(at)).toHaveLength(2)
  })

  test('of a seed that fails nothing stays, of those before it everything, and the error names its line', async () => {
    const at = await open({
      ...files,
      'seeds/10_ten.ts':
        'export default async (db) => {\n  await db.execute(\'INSERT INTO "accounts" ("id") VALUES (10)\')\n  throw new Error("no such luck")\n}\n',
    })
    at.run('upgrade')
    const { code, stderr } = at.run('seed')
    expect(code).toBe(1)
    expect(stderr).toMatch(/error: DATA_STEP_FAILED: The seed "10_ten\.ts" failed: no such luck\n/)
    expect(stderr).toMatch(/\n {2}at +\S*seeds\/10_ten\.ts:3:\d+\n/)
    expect(await accounts(at)).toEqual([
      [1, 'one'],
      [2, 'two'],
    ])
  })

  test('through Drizzle it writes what a data step would write', async () => {
    const at = await open({
      ...twoRevisions,
      'migrate.config.ts': configOf("seed: './seeds',"),
      'seeds/1_all.ts': `import { type SeedDatabase } from '@org/migrate-core'
import { drizzleOf as ofMysql } from '@org/migrate-drizzle/mysql'
import { drizzleOf as ofPostgres } from '@org/migrate-drizzle/postgres'
import { drizzleOf as ofSqlite } from '@org/migrate-drizzle/sqlite'
import { eq } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
export default async function (db: SeedDatabase): Promise<void> {
  await db.transaction(async (inner) => {
    if (inner.dialect === 'sqlite') {
      const t = lite.sqliteTable('accounts', { id: lite.integer(), name: lite.text() })
      await ofSqlite(inner).update(t).set({ name: 'drizzled' }).where(eq(t.id, 1))
    }
    if (inner.dialect === 'postgres') {
      const t = pg.pgTable('accounts', { id: pg.integer(), name: pg.text() })
      await ofPostgres(inner).update(t).set({ name: 'drizzled' }).where(eq(t.id, 1))
    }
    if (inner.dialect === 'mysql') {
      const t = my.mysqlTable('accounts', { id: my.int(), name: my.text() })
      await ofMysql(inner).update(t).set({ name: 'drizzled' }).where(eq(t.id, 1))
    }
  })
}
`,
    })
    at.run('upgrade')
    const { code, stderr } = at.run('seed')
    expect(code, stderr).toBe(0)
    expect(await accounts(at)).toEqual([[1, 'drizzled']])
  })
})

describe('a seed', () => {
  test('may be a function of the configuration', async () => {
    const at = desk({
      ...twoRevisions,
      'migrate.config.ts': configOf(
        `seed: async (db) => { await db.execute('UPDATE "accounts" SET "name" = ?', [db.arguments.name ?? 'x']) },`,
      ),
    })
    at.run('upgrade')
    expect(at.run('seed', '-x', 'name=given').stderr).toMatch(/^seed seed {2}/)
    expect(await accounts(at)).toEqual([[1, 'given']])
  })

  test('is refused what a data step is refused: DDL, the transaction, the bookkeeping, a call that is not awaited', async () => {
    const at = desk({ ...twoRevisions, 'migrate.config.ts': configOf("seed: './seeds',"), 'seeds/a.ts': '' })
    at.run('upgrade')
    const answerTo = (body: string) => {
      at.project.put({ 'seeds/a.ts': `export default async (db) => { ${body} }\n` })
      return (at.json('seed').error as { code: string; message: string } | undefined) ?? { code: '', message: '' }
    }
    expect(answerTo("await db.execute('DROP TABLE accounts')").code).toBe('DDL_IN_DATA_STEP')
    expect(answerTo("await db.execute('COMMIT')").code).toBe('TRANSACTION_CONTROL_IN_STEP')
    expect(answerTo("await db.execute('DELETE FROM migrate_version')").message).toMatch(/the seed "a\.ts" changed it/)
    expect(answerTo("void db.execute('DELETE FROM accounts')").code).toBe('DATA_STEP_NOT_AWAITED')
    expect(answerTo('await db.preserve({})').message).toMatch(
      /db\.preserve is not a function: there is no db\.preserve; /,
    )
    expect(await at.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b1' }])
    expect(await accounts(at)).toEqual([[1, 'one']])
  })

  test('that cannot be read is refused before anything is connected to', () => {
    const at = desk({ ...twoRevisions, 'migrate.config.ts': configOf("seed: './seeds',") })
    const message = () => (at.json('seed').error as { message: string }).message
    expect(message()).toMatch(/\/seeds: `seed` names a folder that cannot be read: ENOENT/)
    at.project.put({ 'seeds/README.md': '' })
    expect(message()).toMatch(/\/seeds: it holds no seed$/)
    at.project.put({ 'seeds/a.ts': 'export default 1\n' })
    expect(message()).toMatch(/\/seeds\/a\.ts: its default export is no function of the database$/)
    at.project.put({ 'seeds/a.ts': 'export default (\n' })
    expect(message()).toMatch(/\/seeds\/a\.ts/)
    at.project.put({ 'seeds/b.sql': 'SELECT 1' })
    expect(message()).toMatch(/\/seeds\/b\.sql: a seed is a module/)
    expect(existsSync(at.project.database)).toBe(false)
    expect(at.run('seed').code).toBe(2)
  })

  test('is for the newest schema: where a revision is pending nothing runs', () => {
    const at = desk({ ...files })
    at.run('upgrade', 'a1')
    const { code, stderr } = at.run('seed')
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /NOT_AT_HEAD: \S*app\.db is not at the head, for which seeds are written: 1 revision pending/,
    )
    expect(stderr).toMatch(/do +Run `migrate upgrade`, then `migrate seed`\./)
  })

  test('of a server that is not there says so', () => {
    const at = desk({ ...files })
    const { code, stderr } = at.run('seed', '--url', 'postgres://app@127.0.0.1:1/app')
    expect(code).toBe(1)
    expect(stderr).toMatch(/error: DATABASE_UNREACHABLE/)
  })
})

describe('a seed that is interrupted', () => {
  const gated = `import { existsSync, writeFileSync } from 'node:fs'
export default async (db) => {
  await db.execute('INSERT INTO "accounts" ("id", "name") VALUES (3, \\'three\\') ON CONFLICT DO NOTHING')
  writeFileSync('inside', '')
  while (!existsSync('gate')) { await new Promise((resolve) => setTimeout(resolve, 20)); await db.query('SELECT 1') }
}
`
  const inside = async (at: Desk): Promise<void> => {
    while (!existsSync(join(at.project.folder, 'inside'))) await setTimeout(20)
  }

  test('by Ctrl-C or a kill leaves nothing, and the next call runs it', async () => {
    const at = desk({ ...files, 'seeds/3_three.ts': gated })
    at.run('upgrade')
    const stopped = at.project.start(['seed'])
    await inside(at)
    stopped.signal('SIGINT')
    const { code, stderr } = await stopped.ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/error: ABORTED: Stopped in the seed "3_three\.ts"; it changed nothing\./)
    expect((await accounts(at)).map(([id]) => id)).toEqual([1, 2])

    at.project.put({ 'seeds/3_three.ts': gated.replace("'inside'", "'inside-again'") })
    const killed = at.project.start(['seed'])
    while (!existsSync(join(at.project.folder, 'inside-again'))) await setTimeout(20)
    await killed.kill()
    expect((await accounts(at)).map(([id]) => id)).toEqual([1, 2])
    at.project.put({ gate: '' })
    expect(at.run('seed').code).toBe(0)
    expect((await accounts(at)).map(([id]) => id)).toEqual([1, 2, 3])
  })

  test('twice at once, one waits for the other', async () => {
    const at = desk({ ...files, 'seeds/3_three.ts': gated })
    at.run('upgrade')
    const first = at.project.start(['seed'])
    await inside(at)
    const locked = at.run('seed', '--lock-wait', '0')
    expect(locked.code).toBe(4)
    const second = at.project.start(['seed'])
    at.project.put({ gate: '' })
    const [one, two] = await Promise.all([first.ended, second.ended])
    expect([one.code, two.code]).toEqual([0, 0])
    expect((await accounts(at)).map(([id]) => id)).toEqual([1, 2, 3])
  })
})
