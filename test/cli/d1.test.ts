import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type D1TestDatabase, d1Server } from '../kit/d1/d1-server.ts'
import { ensureBuilt, Project } from './project.ts'

const server = d1Server()

const first = `import { integer, text, type OperationRecorder } from '@org/migrate-core'
export const revision = 'a1'
export const downRevision = null
export function upgrade(op: OperationRecorder) {
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
  op.createTable('posts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('author', integer())
    t.primaryKey(['id'])
    t.foreignKey({ columns: ['author'], references: { table: 'users', columns: ['id'] }, onDelete: 'cascade' })
  })
}
`
const second = `import type { OperationRecorder } from '@org/migrate-core'
export const revision = 'b1'
export const downRevision = 'a1'
export function upgrade(op: OperationRecorder) {
  op.alterTable('users', (t) => t.alterColumn('name', { nullable: false }))
}
`

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project({ 'migrations/a1_users.ts': first, 'migrations/b1_name.ts': second })
})
afterEach(() => project.remove())

/** As Wrangler does it: the statements of a file as one list. The errors. */
async function applied(db: D1TestDatabase, script: string): Promise<readonly string[]> {
  const { errors } = await db.send(script.split(/;\n(?=\n|$)/).flatMap((sql) => (sql.trim() === '' ? [] : [{ sql }])))
  return errors.map(({ message }) => message)
}

test('the commands run on D1, and a table that others refer to is rebuilt with them', {
  timeout: 120_000,
}, async () => {
  const db = server().createDatabase()
  const url = db.url.replace(/\/\/:[^@]*@/, '//')
  const env = { CLOUDFLARE_API_TOKEN: server().token }
  const run = (...args: readonly string[]) => {
    const { code, stdout, stderr } = project.run([...args, '--url', url], { env })
    expect(stdout + stderr).not.toContain(server().token)
    return { code, text: stdout + stderr }
  }
  expect(run('status').text).toContain('2 revisions pending')
  expect(run('upgrade', 'a1')).toMatchObject({ code: 0 })
  await db.send([
    { sql: "INSERT INTO users VALUES (1, 'a'), (2, NULL)" },
    { sql: 'INSERT INTO posts VALUES (7, 1), (8, 2)' },
  ])
  const blocked = run('upgrade')
  expect(blocked).toMatchObject({ code: 1 })
  expect(blocked.text).toContain('BLOCKING_ROWS')
  expect(blocked.text).toContain('id 2')
  await db.send({ sql: "UPDATE users SET name = 'b' WHERE id = 2" })
  expect(run('upgrade')).toMatchObject({ code: 0 })
  expect(await db.rows('SELECT id, author FROM posts ORDER BY id')).toEqual([
    [7, 1],
    [8, 2],
  ])
  expect(await db.rows(`SELECT "notnull" FROM pragma_table_info('users') WHERE name = 'name'`)).toEqual([[1]])
  expect(run('check')).toMatchObject({ code: 0 })
  const doctor = run('doctor').text
  expect(doctor).toContain('D1 over HTTP')
  expect(doctor).toMatch(/integrity: The database is whole\./)
  expect(run('config').text).toMatch(/^lock +table +default$/m)
  expect(run('downgrade', 'a1')).toMatchObject({ code: 0 })
  expect(await db.rows('SELECT count(*) FROM posts')).toEqual([[2]])
  project.put({ 'sql/0009_other.sql': '-- of another time\n' })
  expect(run('upgrade', 'a1:head', '--sql', '--out', 'sql')).toMatchObject({ code: 0 })
  const script = readFileSync(path.join(project.folder, 'sql/0010_head.sql'), 'utf8')
  expect(await applied(db, script)).toEqual([])
  expect(await db.rows('SELECT id, author FROM posts ORDER BY id')).toEqual([
    [7, 1],
    [8, 2],
  ])
  expect(await applied(db, script)).toEqual([expect.stringContaining('migrate_version is not at a1')])
  expect(run('status').text).toContain('b1')
  expect(run('upgrade').text).toContain('up to date')
})
