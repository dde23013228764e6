import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { revision, twoRevisions } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, holdTable, onDatabases, onEachDatabase } from './kit.ts'

cleanDesks()

/** Tables that refer to each other in a circle, a view on both, and an enum and a sequence where the database has such. */
const tangled = revision(
  'a1',
  null,
  `  op.createTable('teams', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('captain', integer())
    t.primaryKey(['id'])
  })
  op.createTable('players', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('team', integer())
    t.primaryKey(['id'])
    t.foreignKey({ name: 'players_team', columns: ['team'], references: { table: 'teams', columns: ['id'] } })
  })
  op.alterTable('teams', (t) => {
    t.addForeignKey({ name: 'teams_captain', columns: ['captain'], references: { table: 'players', columns: ['id'] } })
  })
  op.createView('rosters', { kind: 'expression', sql: 'SELECT players.id AS player, teams.id AS team FROM players JOIN teams ON teams.id = players.team' })
  op.on({
    sqlite() {},
    mysql() {},
    postgres(op) {
      op.createEnum('mood', ['glad', 'sad'])
      op.createSequence('numbers')
    },
  })`,
)

const files = {
  'migrate.config.ts': configOf("seed: './seeds',"),
  'migrations/a1_teams.ts': tangled,
  'seeds/1.ts': `
export default async (db) => {
  if ((await db.query('SELECT "id" FROM "teams"')).length > 0) return
  await db.execute('INSERT INTO "teams" ("id") VALUES (1)')
  await db.execute('INSERT INTO "players" ("id", "team") VALUES (7, 1)')
  await db.execute('UPDATE "teams" SET "captain" = 7')
}
`,
}

const nameOf = ({ env }: Desk): string =>
  env.APP_URL === undefined ? 'app.db' : new URL(env.APP_URL).pathname.slice(1)
const errorOf = (at: Desk, ...args: readonly string[]) =>
  at.json('reset', ...args).error as { code: string; message: string; remedy: string }

onEachDatabase('migrate reset', (open, server) => {
  test('drops what refers to each other in a circle, upgrades and seeds; other tables stay', async () => {
    const at = await open(files)
    await at.sql('CREATE TABLE other (id integer)')
    await at.sql('INSERT INTO other VALUES (5)')
    expect(at.run('upgrade').stderr).toContain('1 revision to run')
    expect(at.run('seed').code).toBe(0)
    await at.sql('INSERT INTO players (id, team) VALUES (8, 1)')
    const { code, stdout, stderr } = at.run('reset', '--confirm', nameOf(at))
    expect(code, stderr).toBe(0)
    const objects = server === 'postgres' ? 5 : 3
    expect(stdout).toContain(`: ${objects} objects dropped, 1 revision applied, 1 seed run, now at a1\n`)
    expect(stderr).toMatch(/^left, because no revision made it: table other\n/)
    expect(await at.tables()).toEqual(expect.arrayContaining(['other', 'players', 'teams']))
    expect((await at.sql('SELECT player, team FROM rosters')).map(({ player }) => Number(player))).toEqual([7])
    expect((await at.sql('SELECT id FROM other')).map(({ id }) => Number(id))).toEqual([5])
    expect(at.json('status')).toMatchObject({ state: 'atHead' })
  })
})

onDatabases('migrate reset', (open, server) => {
  test('preserved values are gone with the history', async () => {
    const at = await open(twoRevisions)
    at.project.put({ 'migrate.config.ts': configOf() })
    at.run('upgrade')
    await at.sql("UPDATE accounts SET locale = 'de'")
    at.run('downgrade', '-1')
    expect((at.json('preserved') as { preserved: unknown[] }).preserved).toHaveLength(1)
    const { code, stderr } = at.run('reset', '--confirm', nameOf(at))
    expect(code, stderr).toBe(0)
    expect(at.json('preserved')).toMatchObject({ preserved: [] })
    expect(await at.sql('SELECT locale FROM accounts')).toEqual([{ locale: 'en' }])
    expect(await at.sql('SELECT direction FROM migrate_history ORDER BY id')).toEqual([
      { direction: 'up' },
      { direction: 'up' },
    ])
  })

  test('--everything drops other tables too, also one that refers to ours, without which it is refused', async () => {
    const at = await open({ ...files, 'migrate.config.ts': configOf() })
    at.run('upgrade')
    await at.sql('CREATE TABLE other (id integer PRIMARY KEY, team integer, FOREIGN KEY (team) REFERENCES teams (id))')
    const refused = errorOf(at, '--confirm', nameOf(at))
    expect(refused.code).toBe('DEPENDENT_OBJECTS')
    expect(refused.message).toBe(
      'The table teams cannot be dropped: table other, which no revision made, refers to it.',
    )
    expect(await at.tables()).toContain('teams')
    const { code, stderr } = at.run('reset', '--everything', '--confirm', nameOf(at))
    expect(code, stderr).toBe(0)
    expect(await at.tables()).not.toContain('other')
    expect(await at.sql('SELECT id FROM teams')).toEqual([])
  })

  test('what a revision made whose file is gone is dropped as well', async () => {
    const at = await open({ ...twoRevisions, 'migrate.config.ts': configOf() })
    at.project.put({
      'migrations/c1_x.ts': revision('c1', 'b1', "  op.createTable('extra', (t) => { t.column('id', integer()) })"),
    })
    expect(at.run('upgrade').code).toBe(0)
    rmSync(join(at.project.folder, 'migrations/c1_x.ts'))
    const { code, stderr } = at.run('reset', '--confirm', nameOf(at))
    expect(code, stderr).toBe(0)
    expect(await at.tables()).toEqual(['accounts'])
  })

  // A session of SQLite cannot be kept waiting from outside.
  test.for(server === 'sqlite' ? [] : (['SIGINT', 'SIGKILL'] as const))(
    'interrupted in the middle by %s it leaves what the next call finishes',
    async (signal) => {
      const at = await open(files)
      at.run('upgrade')
      at.run('seed')
      const held = holdTable(at, server, 'players')
      while ((await held.readers()) === 0) await setTimeout(50)
      const running = at.project.start(['reset', '--confirm', nameOf(at)], { env: at.env })
      while ((await held.waiting()) === 0) await setTimeout(50)
      running.signal(signal)
      await held.release()
      const { code, stderr } = await running.ended
      if (signal === 'SIGINT')
        expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringMatching(/ABORTED/) })
      // In one transaction, or with what said which tables were ours still there.
      if (server === 'postgres') expect(await at.tables()).toEqual(['players', 'teams'])
      else expect(await at.tables()).toContain('players')
      const second = at.run('reset', '--confirm', nameOf(at))
      expect(second.code, second.stderr).toBe(0)
      expect((await at.sql('SELECT player FROM rosters')).map(({ player }) => Number(player))).toEqual([7])
    },
  )
})

describe('migrate reset', () => {
  test('is refused on a protected database, whatever else is said, and nothing is connected to', () => {
    const at = desk({ ...twoRevisions, 'migrate.config.ts': configOf() })
    const remote = ['--url', 'postgres://app@db.invalid/app', '--confirm', 'app'] as const
    const refused = at.project.run(['reset', ...remote], { env: { CI: 'true' } })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(
      /error: DATABASE_PROTECTED: `migrate reset` does not run on postgres:\/\/app@db\.invalid\/app: it is on db\.invalid, not on this machine\n/,
    )
    at.project.put({ 'migrate.config.ts': configOf('protected: false,') })
    expect(errorOf(at, ...remote).message).toMatch(/not on this machine, and --url names it$/)
    // Named in the configuration it is tried, and is not there.
    const named = at.project.json(['reset', '--confirm', 'app'], { env: { APP_URL: 'postgres://app@db.invalid/app' } })
    expect(named.error).toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    at.project.put({ 'migrate.config.ts': configOf('protected: true,') })
    expect(errorOf(at, '--confirm', 'app.db')).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: expect.stringMatching(/the configuration says `protected: true`$/),
    })
    expect(existsSync(at.project.database)).toBe(false)
  })

  test.for([
    ['postgres://app@localhost/app', false],
    ['postgres://app@127.4.0.1:5433/app', false],
    ['postgres://app@[::1]/app', false],
    ['postgresql:///app?host=/run/postgresql', false],
    ['mysql://app@10.0.0.8/app?socket=/run/mysqld/mysqld.sock', false],
    ['mariadb://app@127.0.0.1/app', false],
    ['postgres://app@10.0.0.8/app', true],
    ['postgres://app@0.0.0.0/app', true],
    ['postgres://app@127.0.0.1.example.com/app', true],
    ['postgres://app@localhost.example.com/app', true],
    ['postgres://app@127.0.0.1/app?host=db.example', true],
    ['mysql://app@[fe80::1]/app', true],
    ['d1://account/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f', true],
  ] as const)('%s is protected: %s', ([url, isProtected]) => {
    const at = desk({ 'migrate.config.ts': configOf() })
    // Without a folder of revisions the command ends behind the question, and connects to nothing.
    expect(errorOf(at, '--url', url).code).toBe(isProtected ? 'DATABASE_PROTECTED' : 'MIGRATIONS_NOT_FOUND')
  })

  test('without a terminal it asks for the name of the database by a flag, and takes no other name', async () => {
    const at = desk({ ...twoRevisions, 'migrate.config.ts': configOf() })
    at.run('upgrade')
    const { code, stderr } = at.run('reset')
    expect(code).toBe(2)
    expect(stderr).toMatch(/error: USAGE: `migrate reset` would drop table accounts, with every row, from \S+app\.db/)
    expect(stderr).toMatch(/do +Add --confirm app\.db\.\n/)
    expect(errorOf(at, '--confirm', 'app')).toMatchObject({
      code: 'USAGE',
      message: '--confirm names app, and the database is called app.db',
    })
    expect(await at.sql('SELECT id FROM accounts')).toHaveLength(1)
  })

  test('what would stop it behind the drop is found before: a revision, several heads, a seed', async () => {
    const at = desk({
      ...twoRevisions,
      'migrate.config.ts': configOf("seed: './seeds',"),
      'seeds/a.ts': 'export default 1',
    })
    at.run('upgrade')
    expect(errorOf(at, '--confirm', 'app.db').code).toBe('CONFIG_FAILED')
    at.project.put({ 'seeds/a.ts': 'export default () => {}', 'migrations/c1_x.ts': revision('c1', 'a1', '  op.x()') })
    expect(errorOf(at, '--confirm', 'app.db').code).toBe('MULTIPLE_HEADS')
    at.project.put({ 'migrations/c1_x.ts': revision('c1', 'b1', '  op.x()') })
    expect(errorOf(at, '--confirm', 'app.db').message).toMatch(/^op\.x: there is no such method/)
    expect(await at.sql('SELECT id FROM accounts')).toHaveLength(1)
  })

  test('twice at once the database is whole in the end', async () => {
    const at = desk({ ...files })
    at.run('upgrade')
    at.run('seed')
    const both = [0, 1].map(() => at.project.start(['reset', '--confirm', 'app.db']))
    const ended = await Promise.all(both.map((each) => each.ended))
    expect(ended.map(({ code }) => code)).toContain(0)
    // The other one may find at its seeds that the tables were dropped again behind its upgrade.
    for (const { code, stderr } of ended) expect([0, 3], stderr).toContain(code)
    expect(at.json('status')).toMatchObject({ state: 'atHead' })
    expect(await at.sql('SELECT player FROM rosters')).toEqual([{ player: 7 }])
  })
})
