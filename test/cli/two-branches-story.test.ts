import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeOnDialects, familyOf } from '../kit/servers.ts'
import { ensureBuilt, type Finished, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

type Query = (sql: string) => Promise<readonly Record<string, unknown>[]>

/** Two people, one repository, and the database that both will meet. */
interface Team {
  run(...args: readonly string[]): Finished
  git(author: string, ...args: readonly string[]): void
  /** A new revision on a branch of its own, written by its author and committed; gives its id and its file. */
  writes(author: string, message: string, column: string): { readonly id: string; readonly file: string }
  /** The names of the columns of `accounts`, as the server lists them, and what stands in the version table. */
  databaseState(): Promise<{ readonly columns: readonly string[]; readonly heads: readonly string[] }>
}

function teamOn(env: NodeJS.ProcessEnv, columns: string, sql: (project: Project) => Query): Team {
  const project = new Project({ ...twoRevisions, '.gitignore': 'node_modules\napp.db*\n' })
  projects.push(project)
  const run = (...args: readonly string[]) => project.run(args, { env })
  const git = (author: string, ...args: readonly string[]): void => {
    const identity = ['-c', `user.name=${author}`, '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false']
    const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: project.folder, encoding: 'utf8' })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  }
  git('Ann', 'init', '-q', '-b', 'main')
  git('Ann', 'add', '.')
  git('Ann', 'commit', '-qm', 'accounts')
  return {
    run,
    git,
    writes(author, message, column) {
      git(author, 'checkout', '-qb', author.toLowerCase(), 'main')
      const revision = project.json(['revision', '-m', message], { env }) as { revision: string; files: [string] }
      const file = revision.files[0]
      const text = readFileSync(file, 'utf8')
      const written = text
        .replace(/^ {2}\/\/ .*$/m, `  op.alterTable('accounts', (t) => ${column})`)
        .replace(/^import .*$/m, "import { type OperationRecorder, varchar } from '@org/migrate-core'")
      expect(written).toContain(column)
      writeFileSync(file, written)
      git(author, 'add', '.')
      git(author, 'commit', '-qm', message)
      git(author, 'checkout', '-q', 'main')
      return { id: revision.revision, file }
    },
    async databaseState() {
      const query = sql(project)
      const names = async (text: string) => (await query(text)).map((row) => String(Object.values(row)[0]))
      return {
        columns: (await names(columns)).toSorted(),
        heads: await names('SELECT version_num FROM migrate_version ORDER BY 1'),
      }
    },
  }
}

async function story(team: Team): Promise<void> {
  const { run, git } = team
  expect(run('upgrade')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at b1') })
  const before = { columns: ['id', 'locale', 'name'], heads: ['b1'] }
  const both = ['id', 'locale', 'mail', 'name', 'phone']
  expect(await team.databaseState()).toEqual(before)

  const ann = team.writes('Ann', 'accounts get a phone', "t.addColumn('phone', varchar(20))")
  const bob = team.writes('Bob', 'accounts get a mail', "t.addColumn('mail', varchar(80))")
  git('Ann', 'merge', '-q', '--no-edit', 'ann')
  git('Ann', 'merge', '-q', '--no-edit', 'bob')

  const refused = run('upgrade', 'head')
  expect(refused.code).toBe(1)
  for (const message of ['MULTIPLE_HEADS', `${ann.id}  ${ann.file} (Ann)`, `${bob.id}  ${bob.file} (Bob)`])
    expect(refused.stderr).toContain(message)
  for (const command of ['`migrate merge heads`', '`migrate rebase ']) expect(refused.stderr).toContain(command)
  expect(await team.databaseState()).toEqual(before)

  const independent = run('check', '--branches')
  expect(independent).toMatchObject({ code: 0, stdout: expect.stringContaining('have nothing in common') })
  for (const { id } of [ann, bob]) expect(independent.stdout).toContain(id)

  // The first way out.
  git('Ann', 'checkout', '-qb', 'merged')
  expect(run('merge', 'heads', '-m', 'phone and mail', '--rev-id', 'm1').code).toBe(0)
  expect(run('upgrade')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at m1') })
  expect(await team.databaseState()).toEqual({ columns: both, heads: ['m1'] })
  expect(run('downgrade', 'b1').code).toBe(0)
  expect(await team.databaseState()).toEqual(before)
  git('Ann', 'add', '.')
  git('Ann', 'commit', '-qm', 'merged')

  // The second one.
  git('Bob', 'checkout', '-q', 'main')
  expect(run('rebase', bob.id, '--onto', ann.id)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${bob.id} revises ${ann.id} instead of b1`),
  })
  expect(run('upgrade')).toMatchObject({ code: 0, stdout: expect.stringContaining(`now at ${bob.id}`) })
  expect(await team.databaseState()).toEqual({ columns: both, heads: [bob.id] })
  expect(run('heads').stdout).toContain(bob.id)
  expect(run('heads').stdout).not.toContain(ann.id)
  expect(run('check')).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') })
}

describe('two people, each with a revision, on SQLite', () => {
  const columns = "SELECT name FROM pragma_table_info('accounts')"

  test('are told of the two heads, and get one again by a merge or by a rebase', async () => {
    const team = teamOn({}, columns, (project) => async (sql) => {
      const db = new Database(project.database, { readonly: true })
      try {
        return db.prepare(sql).all() as Record<string, unknown>[]
      } finally {
        db.close()
      }
    })
    await story(team)
  })

  test('are told before the merge what both of them change', () => {
    const team = teamOn({}, columns, () => async () => [])
    const ann = team.writes('Ann', 'a phone', "t.addColumn('phone', varchar(20))")
    const bob = team.writes('Bob', 'another phone', "t.addColumn('phone', varchar(40))")
    team.git('Ann', 'merge', '-q', '--no-edit', 'ann')
    team.git('Ann', 'merge', '-q', '--no-edit', 'bob')
    const { code, stdout } = team.run('check', '--branches')
    expect(code).toBe(3)
    for (const message of [ann.id, bob.id, 'add column accounts.phone', 'column:phone'])
      expect(stdout).toContain(message)
  })
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'two people, each with a revision,', (createDatabase, server) => {
  test('are told of the two heads, and get one again by a merge or by a rebase', async () => {
    const database = await createDatabase()
    const schema = familyOf(server) === 'postgres' ? 'current_schema()' : 'DATABASE()'
    const columns = `SELECT column_name FROM information_schema.columns WHERE table_schema = ${schema} AND table_name = 'accounts'`
    await story(teamOn({ APP_URL: database.url }, columns, () => database.sql))
  })
})
