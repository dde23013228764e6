import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type D1TestDatabase, d1Server } from '../kit/d1/d1-server.ts'
import { scale } from '../kit/scale.ts'
import { ensureBuilt, Project, revision } from './project.ts'

// Processes of their own on one database of D1, behind its HTTP API.

const kills = scale({ full: 25, quick: 2 })
const races = scale({ full: 20, quick: 1 })
const server = d1Server({ databases: kills + races + 5 })

const files = {
  'migrations/a1_users.ts': revision(
    'a1',
    null,
    `  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
  op.insertRows('users', [{ id: 1, name: 'a' }])`,
  ),
  'migrations/b1_name.ts': revision('b1', 'a1', `  op.sql("UPDATE users SET name = name || 'x'")`),
  'migrations/c1_name.ts': revision('c1', 'b1', `  op.sql("UPDATE users SET name = name || 'y'")`),
  'migrate.config.ts': `import { defineConfig } from '@org/cli'
export default defineConfig({ url: process.env.APP_URL, migrations: './migrations', leaseMs: 3000, lockWaitMs: 120_000 })
`,
}

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(files)
})
afterEach(() => project.remove())

async function expectHead(db: D1TestDatabase): Promise<void> {
  expect(await db.rows('SELECT revision FROM migrate_history ORDER BY id')).toEqual([['a1'], ['b1'], ['c1']])
  expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([['c1']])
  expect(await db.rows('SELECT name FROM users')).toEqual([['axy']])
}

const settings = (db: D1TestDatabase) => ({ env: { APP_URL: db.url } })

test('two processes that migrate at once apply each revision once', async () => {
  for (let race = 0; race < races; race += 1) {
    const db = server().createDatabase()
    const ended = await Promise.all([1, 2].map(() => project.start(['upgrade'], settings(db)).ended))
    expect(ended.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0])
    await expectHead(db)
  }
})

test('a process that is killed leaves whole revisions, and the next one goes on', async () => {
  const measured = Date.now()
  const whole = server().createDatabase()
  expect(await project.start(['upgrade'], settings(whole)).ended).toMatchObject({ code: 0 })
  await expectHead(whole)
  const duration = Date.now() - measured
  let killed = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const db = server().createDatabase()
    const run = project.start(['upgrade'], settings(db))
    await new Promise((resolve) => setTimeout(resolve, (duration * (kill + 1)) / (kills + 1)))
    if ((await run.kill()).signal === 'SIGKILL') killed += 1
    expect(await project.start(['upgrade'], settings(db)).ended).toMatchObject({ code: 0 })
    await expectHead(db)
  }
  expect(killed).toBeGreaterThan(0)
})
