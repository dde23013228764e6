import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, Project, root } from '../../cli/project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const config = join(root, 'apps/cli/migrate.config.ts')

/** A database that the original Open WebUI has migrated: its rows of migratehistory, and its stamp in alembic_version. */
function originalDatabase(): Project {
  const project = new Project()
  projects.push(project)
  const db = new Database(project.database)
  db.exec(readFileSync(join(root, 'test/kit/fixtures/openwebui/original-at-d31026856c01.sql'), 'utf8'))
  db.close()
  return project
}

const ours = (project: Project, ...args: readonly string[]) =>
  project.run([...args, '--config', config, '--url', `sqlite:${project.database}`])

test('a database of the original is told by its table and its stamp, and no answer takes its rows for ours', () => {
  const project = originalDatabase()
  const status = ours(project, 'status')
  expect(status.stdout).toContain('alembic_version, stamped d31026856c01')
  expect(status.stdout).not.toMatch(/pending|018_/)
  const json = project.json(['status', '--config', config, '--url', `sqlite:${project.database}`])
  expect(json).toMatchObject({ state: 'foreign', foreign: { table: 'alembic_version', stamp: ['d31026856c01'] } })
  expect(ours(project, 'status', '--exit-code').code).toBe(3)
  for (const args of [['current'], ['current', '--tier', 'legacy'], ['history', '--indicate-current']]) {
    const { code, stdout, stderr } = ours(project, ...args)
    expect([args, code, stdout, stderr]).toEqual([args, 1, '', expect.stringContaining('FOREIGN_HISTORY')])
    expect(stderr).toContain('d31026856c01')
  }
  const history = ours(project, 'history')
  expect(history).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('current revisions of the database are not known'),
  })
  expect(history.stdout).not.toContain('(current)')
  const check = ours(project, 'check')
  expect(check.code).toBe(3)
  expect(check.stdout).not.toContain('not at head')
})

test('adopt with our chain says what is there and that no revision makes it, and stamps nothing', () => {
  const project = originalDatabase()
  const survey = ours(project, 'adopt', '--dry-run')
  expect({ code: survey.code, stderr: survey.stderr }).toEqual({ code: 0, stderr: '' })
  expect(survey.stdout).toContain('Alembic has run 1 migration; its alembic_version is left alone')
  expect(survey.stdout).toContain('peewee-migrate has run 18 migrations; its migratehistory is left alone')
  const adopted = ours(project, 'adopt')
  expect({ code: adopted.code, stdout: adopted.stdout }).toEqual({
    code: 3,
    stdout: expect.stringContaining('nothing was stamped'),
  })
})

test('the advice of FOREIGN_HISTORY works: a baseline of a chain of its own, or the table named as that of another program', () => {
  const project = originalDatabase()
  const refused = ours(project, 'upgrade')
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('FOREIGN_HISTORY') })
  expect(refused.stderr).toContain('`migrate init` in another folder, then `migrate adopt`')
  const own = new Project()
  projects.push(own)
  const adopted = own.run(['adopt', '--url', `sqlite:${project.database}`])
  expect({ code: adopted.code, stderr: adopted.stderr }).toEqual({ code: 0, stderr: '' })
  expect(own.run(['upgrade', '--url', `sqlite:${project.database}`])).toMatchObject({ code: 0 })
  expect(own.run(['check', '--url', `sqlite:${project.database}`])).toMatchObject({ code: 0 })

  const shared = new Project()
  projects.push(shared)
  const db = new Database(shared.database)
  db.exec(
    "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('abc')",
  )
  db.close()
  expect(ours(shared, 'upgrade').stderr).toContain('FOREIGN_HISTORY')
  expect(ours(shared, 'upgrade', '--ignore-foreign-history', 'alembic_version')).toMatchObject({ code: 0 })
})

test('a database whose schema is that of our head is adopted though another tool has stamped it', () => {
  const project = new Project()
  projects.push(project)
  expect(ours(project, 'upgrade').code).toBe(0)
  const db = new Database(project.database)
  const own = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'migrate\\_%' ESCAPE '\\'")
  for (const name of own.pluck().all()) db.exec(`DROP TABLE "${String(name)}"`)
  db.exec(
    "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('abc')",
  )
  db.close()
  expect(ours(project, 'upgrade').stderr).toContain('FOREIGN_HISTORY')
  const adopted = ours(project, 'adopt')
  expect({ code: adopted.code, stderr: adopted.stderr }).toEqual({ code: 0, stderr: '' })
  expect(ours(project, 'upgrade')).toMatchObject({ code: 0 })
  expect(ours(project, 'current').stdout).toContain('(head)')
})
