import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bin, ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

describe('a process that ends before the command does', () => {
  const head = "export const revision = 'c1'\nexport const downRevision = 'b1'\n"
  test.each([
    ['process.exit() in a revision', `${head}process.exit(0)\n`, 'process.exit()'],
    ['a top-level await that never ends', `${head}await new Promise(() => {})\n`, 'never resolves'],
    [
      'an error that is not caught',
      `${head}setTimeout(() => { throw new Error('late') })\nawait new Promise((resolve) => setTimeout(resolve, 200))\n`,
      'late',
    ],
    [
      'process.exit() in a data step',
      `${head}export function upgrade(op) { op.sql('CREATE TABLE left_behind (id)'); op.run('x', () => process.exit(0)) }\n`,
      'process.exit()',
    ],
  ])('says so with exit code 1: %s', (_what, text, message) => {
    project.run([])
    project.put({ 'migrations/c1_ends.ts': text })
    const plain = project.run([], { ownProcess: true })
    expect(plain).toMatchObject({ code: 1, stdout: '' })
    expect(plain.stderr).toContain('error: ENDED_EARLY: ')
    expect(plain.stderr).toContain(message)
    expect(plain.stderr).not.toMatch(/^\s+at /m)
    expect(project.json([], { ownProcess: true })).toMatchObject({
      type: 'result',
      ok: false,
      exitCode: 1,
      error: { code: 'ENDED_EARLY' },
    })
    expect(project.run(['current']).stdout).toContain('b1')
  })
})

describe('where an error happened', () => {
  const failing = (body: string): string => `interface Filler { readonly a: string }\n${revision('c1', 'b1', body)}`

  test.each([
    ['upgrade() itself', '  const none: any = undefined\n  none.such()', ':12:8'],
    [
      'a data step',
      "  op.run('x', async (db) => {\n    await db.query('SELECT 1')\n    const none: any = undefined\n    none.such()\n  })",
      ':14:10',
    ],
    [
      'a statement of a data step',
      "  op.run('x', async (db) => {\n    await db.query('SELECT 1')\n    await db.query('SELECT * FROM nowhere')\n  })",
      ':13:5',
    ],
  ])('is the line of the source: %s', (_what, body, location) => {
    project.put({ 'migrations/c1_fails.ts': failing(body) })
    const file = join(project.folder, 'migrations/c1_fails.ts')
    const { code, stderr } = project.run([])
    expect(code).toBe(1)
    expect(stderr).toContain(`  at         ${file}${location}\n`)
    expect(stderr).not.toContain('INTERNAL')
    expect((project.json([]).error as { source: string }).source).toBe(`${file}${location}`)
  })

  test('is the file that the revision imports', () => {
    project.put({
      'lib.ts': 'type A = 1\n\n\nthrow new Error("in lib")\nexport const lib = 1\n',
      'migrations/c1_fails.ts': `import { lib } from '../lib.ts'\nconsole.log(lib)\n${revision('c1', 'b1', '')}`,
    })
    const { stderr } = project.run([])
    expect(stderr).toContain(`migrations/c1_fails.ts: in lib (at ${join(project.folder, 'lib.ts')}:4)`)
  })

  test('a cause that says the same is not said twice', () => {
    project.put({ 'migrations/c1_fails.ts': failing("  op.sql('SELECT * FROM nowhere')") })
    const { stderr } = project.run([])
    expect(stderr.match(/no such table: nowhere/g)).toHaveLength(1)
  })
})

describe('files that cannot be read', () => {
  test('a link that leads nowhere is named, and nothing is made', () => {
    symlinkSync('../nowhere.ts', join(project.folder, 'migrations/c1_link.ts'))
    const { code, stderr } = project.run([])
    expect(code).toBe(1)
    expect(stderr).toContain(`REVISION_UNREADABLE: ${join(project.folder, 'migrations/c1_link.ts')} is not there`)
    expect(existsSync(project.database)).toBe(false)
  })
})

describe('a database that cannot be read', () => {
  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, 5_000)],
    [
      'overwritten',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 200), Buffer.alloc(3_000, 255), bytes.subarray(3_200)]),
    ],
  ])('is said to be damaged, not to need another revision: %s', (_what, damage) => {
    project.run(['upgrade', 'a1'])
    const damaged = damage(readFileSync(project.database))
    writeFileSync(project.database, damaged)
    for (const args of [[], ['status'], ['plan'], ['downgrade', 'base']]) {
      const { code, stderr } = project.run(args)
      expect(code).toBe(1)
      expect(stderr).toContain(`error: DATABASE_DAMAGED: ${project.database} is damaged: `)
      expect(stderr).toContain('Restore the database from a backup')
    }
    expect(readFileSync(project.database).equals(damaged)).toBe(true)
  })
})

describe('where the database stands', () => {
  test('stamp says that it recorded', () => {
    expect(project.run(['stamp', 'head']).stdout).toBe(`${project.database}: recorded without running, now at b1\n`)
    project.put({ 'migrations/b1_locale.ts': revision('b1', 'a1', '') })
    expect(project.run(['stamp', '--accept-edit', 'b1']).stdout).toBe(
      `${project.database}: the edit of b1 is recorded, now at b1\n`,
    )
  })

  test('current says of a revision that it has no file', () => {
    project.run([])
    rmSync(join(project.folder, 'migrations/b1_locale.ts'))
    expect(project.run(['current']).stdout).toBe('b1 (head) (file missing)  its file is gone\n')
  })
})

describe('texts from files and databases', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const commanding = /[\u001B\u0007\u009B\u202E]/
  const evil = '\u001B[31mred\u0007 \u009B2J \u202Eback'

  test('cannot command the terminal', () => {
    project.put({ 'migrations/c1_evil.ts': revision('c1', 'b1', `  op.sql('SELECT 1 -- \\u001b]0;x')`, evil) })
    for (const args of [['plan'], [], ['history'], ['show', 'c1'], ['current']]) {
      const { stdout, stderr, code } = project.run(args)
      expect(code).toBe(0)
      expect(stdout + stderr).not.toMatch(commanding)
      expect(stdout + stderr).toContain('\\u001b[31mred\\u0007 \\u009b2J \\u202eback')
    }
    expect(project.run(['upgrade', `x${evil}`]).stderr).not.toMatch(commanding)
  })

  test('a comment at the end of a statement does not swallow its semicolon, nor a line end begin a new statement', () => {
    project.put({
      'migrations/c1_sql.ts': revision('c1', 'b1', "  op.sql('SELECT 1 -- one\\n-- DROP')\n  op.sql('SELECT 2;')"),
    })
    const { stdout } = project.run(['plan'])
    expect(stdout).toContain('\n  SELECT 1 -- one\n  -- DROP\n  ;\n')
    expect(stdout).toContain('\n  SELECT 2;\n')
  })
})

describe('what a plan says of a downgrade', () => {
  test('a plan counts rows of a table and values of a column', () => {
    project.run([])
    expect(project.run(['plan', 'base']).stdout).toContain('accounts: 1 row dropped, preserved')
    const database = new Database(project.database)
    database.exec('DELETE FROM accounts')
    database.close()
    expect(project.run(['plan', 'a1']).stdout).toContain('accounts.locale: no values dropped')
  })
})

// Only Linux has a device that is always full.
describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  const shell = (line: string) =>
    spawnSync('bash', ['-c', line], { cwd: project.folder, encoding: 'utf8', env: { ...process.env, MIGRATE: bin } })

  test('is OUTPUT_FAILED, also after a run that was done', () => {
    for (const args of ['', 'status', 'status --json', 'downgrade base --json', '--json']) {
      const { status, stderr } = shell(`node "$MIGRATE" ${args} > /dev/full`)
      expect(status).toBe(1)
      expect(stderr).toContain('error: OUTPUT_FAILED: The output could not be written to stdout: ENOSPC')
      expect(stderr).not.toContain('INTERNAL')
    }
    // What the remedy says.
    expect(project.run(['status']).stdout).toMatch(/main +b1/)
  })

  test('on stderr stops nothing and keeps the exit code', () => {
    expect(shell('node "$MIGRATE" nonsense 2> /dev/full').status).toBe(2)
    expect(shell('node "$MIGRATE" 2> /dev/full').status).toBe(0)
    expect(project.run(['current']).stdout).toContain('b1 (head)')
  })
})

test('preserved purge of a revision without preserved values says so; the options for all commands are in the help of each', () => {
  expect(project.run(['preserved', 'purge', 'b1']).stdout).toBe('nothing of b1 is preserved\n')
  const { stdout } = project.run(['plan', '--help'])
  expect(stdout).toContain('--tier, ')
  expect(stdout).not.toContain('[]')
})

test('a report reads well for any count', () => {
  project.put({
    'migrations/c1_report.ts': revision(
      'c1',
      'b1',
      "  op.run('look', (db) => { db.report('names that are short', '1'); for (const n of ['1', '2']) db.report('names that are long', n) })",
    ),
  })
  const { stderr } = project.run([])
  expect(stderr).toContain('  look: names that are short – 1 (1)\n')
  expect(stderr).toContain('  look: names that are long – 2 (1, 2)\n')
})

// The superuser may write everywhere, but not make a folder where a file stands.
test('init where nothing can be made says so', () => {
  const folder = join(project.folder, 'closed')
  mkdirSync(folder)
  writeFileSync(join(folder, 'migrations'), '')
  const { code, stderr } = project.run(['init'], { cwd: folder })
  expect(code).toBe(2)
  expect(stderr).toContain(`FILE_NOT_WRITTEN: ${join(folder, 'migrations')} cannot be made: a file has that name`)
  expect(readdirSync(folder)).toEqual(['migrations'])
  expect(readFileSync(join(project.folder, 'package.json'), 'utf8')).toContain('app')
})
