import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { describeOn, type TestDatabase } from '../kit/servers.ts'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

const limitMs = 120_000

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project({
    ...twoRevisions,
    'migrate.config.ts':
      "export default { url: process.env.APP_URL, migrations: './migrations', lockTimeoutMs: 600_000 }\n",
  })
})
afterEach(() => project.remove())

/** It waits for a row, where the server does not look whether its client is still there. */
const opaque = 'CREATE TABLE made AS SELECT id FROM accounts LOCK IN SHARE MODE'

describeOn('mariadb', 'a run that is killed in SQL of the author', (createDatabase) => {
  /** The server is in the middle of that SQL, which waits for a gate, and its client is dead. */
  async function killed(): Promise<{
    db: TestDatabase
    env: NodeJS.ProcessEnv
    goOn: () => Promise<void>
    giveUp: () => Promise<void>
  }> {
    const db = await createDatabase()
    const env = { APP_URL: db.url }
    expect(project.run(['upgrade'], { env }).code).toBe(0)
    const { hostname: host, port, username: user, password } = new URL(db.url)
    const gate = await mysql.createConnection({ host, port: Number(port), user, password, database: db.name })
    onTestFinished(() => gate.destroy())
    await gate.query('BEGIN')
    await gate.query('SELECT * FROM accounts FOR UPDATE')
    const body = `  op.createTable('before', (t) => { t.column('id', integer()) })
  op.sql(${JSON.stringify(opaque)})
  op.createTable('after', (t) => { t.column('id', integer()) })`
    project.put({ 'migrations/c1_opaque.ts': revision('c1', 'b1', body) })
    const run = project.start(['upgrade'], { env })
    const atWork = async (): Promise<readonly string[]> =>
      (
        await db.sql(
          `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'CREATE TABLE made%'`,
        )
      ).map((row) => String(row.id))
    await expect.poll(atWork, { timeout: 60_000 }).toHaveLength(1)
    const [id] = await atWork()
    await run.kill()
    const ended = (): Promise<void> => expect.poll(atWork, { timeout: 60_000 }).toEqual([])
    return {
      db,
      env,
      async goOn() {
        await gate.query('ROLLBACK')
        await ended()
      },
      async giveUp() {
        await gate.query(`KILL ${id}`)
        await ended()
        await gate.query('ROLLBACK')
      },
    }
  }

  const tables = async (db: TestDatabase): Promise<readonly string[]> =>
    (
      await db.sql(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ('before', 'made', 'after', 'other') ORDER BY table_name`,
      )
    ).map((row) => String(row.name))

  it(
    'keeps the next one waiting while the server works on it, which says on what',
    async () => {
      const { env, goOn } = await killed()
      const late = project.run(['upgrade', '--lock-wait', '0'], { env })
      expect(late.code).toBe(4)
      expect(late.stderr).toMatch(/LOCKED: .*connection \d+ of .*at revision c1 since .*now: CREATE TABLE made/)
      expect(project.run(['status'], { env }).stdout).toMatch(
        /\ninterrupted: upgrade of main:c1, started \S+; run `migrate upgrade` to resume it\n/,
      )
      await goOn()
    },
    limitMs,
  )

  it(
    'is asked about where the schema is another: it names the part and both answers, and "applied" continues behind it',
    async () => {
      const { db, env, goOn } = await killed()
      await goOn()
      const refused = project.run(['upgrade', '--lock-wait', '30s'], { env })
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      for (const message of [
        'error: REVISION_INTERRUPTED: Revision c1 stopped in the middle of part 1',
        '`migrate resume --assume-applied 1`',
        '`migrate resume --assume-not-applied 1`',
        opaque,
      ]) {
        expect(refused.stderr).toContain(message)
      }
      expect(project.json(['resume'], { env })).toMatchObject({
        ok: false,
        error: { code: 'REVISION_INTERRUPTED', details: { revision: 'c1', part: 1 } },
      })
      const other = project.run(['resume', '--assume-applied', '7'], { env })
      expect(other.code).toBe(2)
      expect(other.stderr).toContain('There is nothing to decide in part 7: open is part 1.')
      expect(await tables(db)).toEqual(['before', 'made'])
      const resumed = project.run(['resume', '--assume-applied', '1'], { env })
      expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('1 revision finished') })
      expect(resumed.stderr).toMatch(
        /the upgrade of main:c1, started at \d{4}-\S+, was interrupted: this run resumes after its operation 2\n {4}where it stopped: sql: CREATE TABLE made.*: it had run\n/,
      )
      expect(await tables(db)).toEqual(['after', 'before', 'made'])
      expect(project.run(['resume'], { env }).stdout).toContain('nothing is interrupted, the database is at c1')
    },
    limitMs,
  )

  it(
    'is asked about, and "not applied" runs it',
    async () => {
      const { db, env, giveUp } = await killed()
      await giveUp()
      await db.sql('CREATE TABLE made (other int)')
      expect(project.run(['upgrade', '--lock-wait', '30s'], { env })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('REVISION_INTERRUPTED'),
      })
      await db.sql('DROP TABLE made')
      const resumed = project.run(['resume', '--assume-not-applied', '1'], { env })
      expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('now at c1') })
      expect(resumed.stderr).toContain('it had not run')
      expect(await tables(db)).toEqual(['after', 'before', 'made'])
    },
    limitMs,
  )

  it(
    'is resumed, without a question, where the schema is as it was',
    async () => {
      const { db, env, giveUp } = await killed()
      await giveUp()
      // Of the statement this says nothing.
      await db.sql('CREATE TABLE other (id int)')
      const next = project.run(['upgrade', '--lock-wait', '30s'], { env })
      expect(next).toMatchObject({ code: 0, stdout: expect.stringContaining('now at c1') })
      expect(next.stderr).toContain('nothing of it is to be seen, and it runs again')
      expect(await tables(db)).toEqual(['after', 'before', 'made', 'other'])
    },
    limitMs,
  )
})

describeOn('mariadb', 'a revision that is interrupted', (createDatabase) => {
  it(
    'is resumed by the command again, and without its file by the program that has it',
    async () => {
      const db = await createDatabase()
      const env = { APP_URL: db.url }
      const body = `  op.createTable('before', (t) => { t.column('id', integer()) })
  op.sql('INSERT INTO missing VALUES (1)')`
      project.put({ 'migrations/c1_stopped.ts': revision('c1', 'b1', body) })
      expect(project.run(['upgrade'], { env }).code).toBe(1)
      const lineOf = (): string | undefined => /interrupted: .*/.exec(project.run(['status'], { env }).stdout)?.[0]
      const pageOf = (): string => {
        project.run(['report', '--out', 'report.html'], { env })
        return readFileSync(join(project.folder, 'report.html'), 'utf8')
      }
      expect(lineOf()).toMatch(/^interrupted: upgrade of main:c1, started \S+; run `migrate upgrade` to resume it$/)
      expect(pageOf()).toContain('Run <code>migrate upgrade</code> again: it resumes.')
      rmSync(join(project.folder, 'migrations/c1_stopped.ts'))
      expect(lineOf()).toMatch(
        /^interrupted: upgrade of main:c1, started \S+; this program has no file of it: run the program that has this revision, which resumes it$/,
      )
      expect(pageOf()).toContain('This program has no file of it: run the program that has this revision')
    },
    limitMs,
  )
})

describeOn('mariadb', 'a downgrade that is interrupted', (createDatabase) => {
  it(
    'is finished by resume, as status says; upgrade finishes it too, goes up again, and counts both',
    async () => {
      const db = await createDatabase()
      const env = { APP_URL: db.url }
      project.put({
        'migrations/c1_next.ts': `${revision('c1', 'b1', "  op.createTable('later', (t) => { t.column('id', integer()) })")}
export function downgrade(op: OperationRecorder): void {
  op.sql('DROP TABLE later')
  op.sql('INSERT INTO missing VALUES (1)')
}
`,
      })
      expect(project.run(['upgrade'], { env }).code).toBe(0)
      expect(project.run(['downgrade', 'b1'], { env }).code).toBe(1)
      expect(project.run(['status'], { env }).stdout).toMatch(
        /\ninterrupted: downgrade of main:c1, started \S+; run `migrate resume` to finish it(?:\n|$)/,
      )
      await db.sql('CREATE TABLE missing (id int)')
      await db.sql("UPDATE migrate_lock SET owner = 'a run that was killed', user_name = 'u', host = 'h' WHERE id = 1")
      const { code, stdout, stderr } = project.run(['upgrade'], { env })
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/: 1 revision reverted and 1 applied in .*, now at c1\n$/),
      ])
      expect(stderr.match(/without releasing its lock/g)).toHaveLength(1)
    },
    limitMs,
  )
})
