import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

function rows(sql: string): readonly unknown[] {
  const database = new Database(project.database, { readonly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}
const sha = (): string => createHash('sha256').update(readFileSync(project.database)).digest('hex')

describe('migrate', () => {
  test('without arguments upgrades to the head, then says "up to date" and leaves the file as it is', () => {
    const first = project.run([])
    expect(first).toMatchObject({ code: 0 })
    expect(first.stdout).toMatch(/app\.db: 2 revisions applied in .*, now at b1\n$/)
    expect(first.stdout).toContain(project.database)
    expect(first.stderr).toContain('[1/2] up   main:a1  accounts\n[2/2] up   main:b1  accounts get a locale\n')
    expect(rows('SELECT * FROM accounts')).toEqual([{ id: 1, name: 'one', locale: 'en' }])
    expect(rows('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b1' }])

    const before = { sha: sha(), files: readdirSync(project.folder) }
    expect(project.run([])).toEqual({
      code: 0,
      signal: null,
      stdout: `${project.database}: up to date at b1\n`,
      stderr: '',
    })
    expect({ sha: sha(), files: readdirSync(project.folder) }).toEqual(before)
  })

  test('upgrade and downgrade go to their target and back', () => {
    expect(project.run(['upgrade', 'a1']).stdout).toContain('now at a1')
    expect(project.run(['upgrade', '+1']).stdout).toContain('now at b1')
    expect(project.run(['downgrade', '-1']).stdout).toContain('1 revision reverted')
    expect(rows('SELECT * FROM accounts')).toEqual([{ id: 1, name: 'one' }])
    expect(project.run(['--quiet', 'downgrade', 'base'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(rows("SELECT name FROM sqlite_master WHERE name = 'accounts'")).toEqual([])
  })

  test('stamp records without running', () => {
    expect(project.run(['stamp', 'head']).code).toBe(0)
    expect(project.run(['current']).stdout).toBe('b1 (head)  accounts get a locale\n')
    expect(rows("SELECT name FROM sqlite_master WHERE name = 'accounts'")).toEqual([])
  })

  test('--json prints an event a line and the result as the last', () => {
    const { stdout, stderr, code } = project.run(['--json'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(lines.map((line) => line.type).filter((type) => type !== 'statement')).toEqual([
      'started',
      'databaseCreated',
      'stepStarted',
      'stepFinished',
      'stepStarted',
      'stepFinished',
      'finished',
      'result',
    ])
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      ok: true,
      exitCode: 0,
      command: 'upgrade',
      database: project.database,
      applied: ['main:a1', 'main:b1'],
    })
  })

  test('a revision that fails in its third statement leaves all as it was, says where and what to do, and runs once it is fixed', () => {
    project.run(['upgrade', 'b1'])
    const third = (table: string): string =>
      revision(
        'c1',
        'b1',
        `  op.createTable('one', (t) => { t.column('id', integer()) })\n  op.sql("UPDATE accounts SET name = 'changed'")\n  op.sql("INSERT INTO ${table} (id) VALUES (7)")\n`,
      )
    project.put({ 'migrations/c1_fails.ts': third('nowhere') })
    const before = rows('SELECT type, name, sql FROM sqlite_master ORDER BY name')
    const failed = project.run(['upgrade'])
    expect(failed).toMatchObject({ code: 1, stdout: '' })
    expect(failed.stderr).toMatch(/error: STATEMENT_FAILED: /)
    for (const word of [
      'main',
      'c1 (up)',
      'INSERT INTO nowhere (id) VALUES (7)',
      'no such table',
      'migrations/c1_fails.ts:12:6',
      'Fix the revision',
    ]) {
      expect(failed.stderr).toContain(word)
    }
    expect(rows('SELECT type, name, sql FROM sqlite_master ORDER BY name')).toEqual(before)
    expect(rows('SELECT name FROM accounts')).toEqual([{ name: 'one' }])
    expect(rows('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b1' }])
    expect(project.json(['upgrade'])).toMatchObject({
      type: 'result',
      ok: false,
      exitCode: 1,
      error: { code: 'STATEMENT_FAILED', revision: 'c1' },
    })

    project.put({ 'migrations/c1_fails.ts': third('one') })
    expect(project.run(['upgrade']).code).toBe(0)
    expect(rows('SELECT id FROM one')).toEqual([{ id: 7 }])
  })

  test('an unknown target writes nothing, not even a file', () => {
    const { code, stderr } = project.run(['upgrade', 'nope'])
    expect(code).toBe(1)
    expect(stderr).toContain('UNKNOWN_REVISION')
    expect(existsSync(project.database)).toBe(false)
  })
})

describe('interrupting', () => {
  const slow = (id: string, parent: string): string =>
    revision(
      id,
      parent,
      `  op.run('slowly', async (db) => {
    for (let n = 0; n < 200; n += 1) {
      await db.query('SELECT 1')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })`,
    )

  beforeEach(() => {
    project.run([])
    project.put({ 'migrations/c1_slow.ts': slow('c1', 'b1'), 'migrations/d1_slow.ts': slow('d1', 'c1') })
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops at a revision boundary with exit code %i', async (signal, code) => {
    const stopped = await project.signalled(['upgrade'], [['main:c1', signal]])
    expect(stopped).toMatchObject({ code, signal: null })
    expect(stopped.stderr).toContain(
      `${signal}: stopping, without finishing the revision that runs; again to end at once\n`,
    )
    const heads = rows('SELECT version_num FROM migrate_version')
    expect([[{ version_num: 'b1' }], [{ version_num: 'c1' }]]).toContainEqual(heads)
    expect(project.run(['status', '--exit-code']).code).toBe(3)
  })

  test.each([
    ['SIGINT', 'SIGINT', 130],
    ['SIGINT', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
  ] as const)(
    'a second signal ends the process at once, and the database stands at a boundary (%s, %s)',
    async (first, second, code) => {
      const killed = await project.signalled(
        ['upgrade'],
        [
          ['main:c1', first],
          [first, second],
        ],
      )
      expect(killed.code === code || killed.signal === second).toBe(true)
      expect(killed.stderr.match(/stopping/g)).toHaveLength(1)
      expect(rows('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b1' }])
    },
  )

  // The driver runs a statement inside the call: no listener of Node hears anything before it returns. It is so long that a busy machine sends both in time.
  test('inside a statement both signals wait for its end, and the revision is rolled back', async () => {
    const long =
      'WITH RECURSIVE c (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c WHERE x < 24000000) SELECT max(x) AS x FROM c'
    project.put({
      'migrations/c1_slow.ts': revision(
        'c1',
        'b1',
        `  op.sql(\`INSERT INTO accounts (id, name, locale) SELECT x, 'late', 'en' FROM (${long})\`, { down: 'none' })`,
      ),
    })
    const stopped = await project.signalled(
      ['upgrade'],
      [
        ['main:c1', 'SIGINT'],
        ['main:c1', 'SIGINT'],
      ],
    )
    expect(stopped.code === 130 || stopped.signal === 'SIGINT').toBe(true)
    expect(rows('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b1' }])
    expect(rows("SELECT id FROM accounts WHERE name = 'late'")).toEqual([])
  })
})
