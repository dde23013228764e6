import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { ensureBuilt, Project, root } from '../../cli/project.ts'
import { type AdoptedDatabase, type Engine, folderOf, loadDump, onEachEngine } from './kit.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

/** A project with every dialect, and nothing in it but a configuration. */
function emptyProject(): Project {
  const project = new Project()
  projects.push(project)
  for (const dialect of ['postgres', 'mysql']) {
    const name = `migrate-dialect-${dialect}`
    symlinkSync(join(root, 'packages', `dialect-${dialect}`), join(project.folder, 'node_modules/@org', name))
  }
  return project
}

function run(project: Project, db: AdoptedDatabase, ...args: readonly string[]) {
  const { code, stdout, stderr } = project.run([...args, '--json'], { env: { APP_URL: db.url } })
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  expect(last, stderr).not.toBe('')
  return { code, answer: JSON.parse(last) as Record<string, unknown> }
}

const adopted = { ran: true, stamped: true, differences: [], notes: [] }
const clean = {
  code: 0,
  answer: { ok: true, answers: { atHead: 'yes', noDrift: 'yes', unedited: 'yes', oneHead: 'yes' } },
}

for (const tool of ['alembic', 'drizzle-kit', 'knex', 'kysely', 'umzug', 'dbmate']) {
  onEachEngine(`a database of ${tool} is adopted`, (empty) => {
    it('by a revision that makes what is there; nothing of theirs is touched', async () => {
      const database = await empty()
      await loadDump(database, tool, engineOf(database))
      const project = emptyProject()
      const before = await database.hashOfForeignTables()

      expect(run(project, database, 'adopt')).toMatchObject({ code: 0, answer: adopted })
      expect(await database.hashOfForeignTables()).toBe(before)
      expect(run(project, database, 'check')).toMatchObject(clean)
      expect(run(project, database, 'upgrade')).toMatchObject({ code: 0 })

      // On an empty database the revision makes the same.
      const other = await empty()
      expect(run(project, other, 'upgrade')).toMatchObject({ code: 0 })
      const { code, answer } = run(project, database, 'diff', database.url, other.url, '--exit-code')
      expect({ code, changes: (answer.comparisons as { changes: unknown[] }[])[0]?.changes }).toEqual({
        code: 0,
        changes: [],
      })

      // What was only taken over is not dropped in the downgrade.
      expect(run(project, database, 'downgrade', 'base')).toMatchObject({ code: 0 })
      expect(await database.hashOfForeignTables()).toBe(before)
    })
  })
}

onEachEngine(
  'a table in partitions is adopted',
  (empty) => {
    it('and the revision makes its partitions on an empty database', async () => {
      const database = await empty()
      await database.sql(
        'CREATE TABLE p (id int NOT NULL PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE)',
      )
      await database.sql('INSERT INTO p VALUES (1), (2500)')
      const project = emptyProject()
      expect(run(project, database, 'adopt')).toMatchObject({ code: 0, answer: adopted })
      expect(run(project, database, 'check')).toMatchObject(clean)

      const other = await empty()
      expect(run(project, other, 'upgrade')).toMatchObject({ code: 0 })
      const parts =
        "SELECT PARTITION_NAME AS part, PARTITION_DESCRIPTION AS below FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'p' ORDER BY PARTITION_ORDINAL_POSITION"
      expect(await other.sql(parts)).toEqual([
        { part: 'p0', below: '2000' },
        { part: 'p1', below: 'MAXVALUE' },
      ])

      // What was only taken over stays in the downgrade, with its partitions.
      expect(run(project, database, 'downgrade', 'base')).toMatchObject({ code: 0 })
      expect(await database.sql('SELECT id FROM p PARTITION (p1)')).toEqual([{ id: 2500 }])
    })
  },
  ['mysql', 'mariadb'],
)

const engineOf = ({ dialect, url }: AdoptedDatabase): Engine => {
  if (dialect.name === 'mysql') return url.startsWith('mariadb') ? 'mariadb' : 'mysql'
  return dialect.name as Engine
}

for (const [tool, kind] of [
  ['drizzle-kit', 'drizzle'],
  ['dbmate', 'sql'],
] as const) {
  onEachEngine(`the folder of ${tool} becomes revisions`, (empty) => {
    it('that stand where the tool stood', async () => {
      const db = await empty()
      await loadDump(db, tool, engineOf(db))
      const project = emptyProject()
      const before = await db.hashOfForeignTables()
      const result = run(project, db, 'adopt', '--import', kind, folderOf(tool, engineOf(db)))
      expect(result).toMatchObject({ code: 0, answer: { stamped: true, differences: [], pending: [] } })
      expect(await db.hashOfForeignTables()).toBe(before)
      expect(run(project, db, 'check')).toMatchObject({ code: 0, answer: { ok: true } })
      expect(run(project, db, 'upgrade')).toMatchObject({ code: 0 })
    })
  })
}

onEachEngine(
  'a database whose tables use an object that no operation makes',
  (empty) => {
    it('is adopted once its author has added the object to the revision, which stays', async () => {
      const db = await empty()
      await db.sql(
        `CREATE COLLATION german (provider = icu, locale = 'de'); CREATE TABLE t (id int PRIMARY KEY, body text COLLATE german)`,
      )
      const project = emptyProject()
      const folder = join(project.folder, 'migrations')
      expect(run(project, db, 'adopt')).toMatchObject({ code: 1, answer: { error: { code: 'OBJECT_MISSING' } } })
      const [name = '', ...more] = readdirSync(folder)
      expect(more).toEqual([])
      const text = readFileSync(join(folder, name), 'utf8')
      const added = `op.sql("CREATE COLLATION german (provider = icu, locale = 'de')", { effects: () => {} })\n  op.createTable(`
      expect(text.match(/op\.createTable\(/g)).toHaveLength(1)
      writeFileSync(join(folder, name), text.replace('op.createTable(', added))

      expect(run(project, db, 'adopt')).toMatchObject({ code: 0, answer: { stamped: true, differences: [] } })
      expect(readdirSync(folder)).toEqual([name])
      const other = await empty()
      expect(run(project, other, 'upgrade')).toMatchObject({ code: 0 })
      expect(
        await other.sql("SELECT collation_name FROM information_schema.columns WHERE column_name = 'body'"),
      ).toEqual([{ collation_name: 'german' }])
    })
  },
  ['postgres'],
)
