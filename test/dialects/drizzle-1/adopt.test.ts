import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { type AdoptedDatabase, type Engine, onEachEngine } from '../../autogenerate/adopt/kit.ts'
import { ensureBuilt, Project, root } from '../../cli/project.ts'
import { type Family, home } from './generate.ts'

beforeAll(ensureBuilt)

/** What drizzle-orm 1.0 itself records when it applies the folder. */
const appliedBy: { readonly [F in Family]: (url: string, migrationsFolder: string) => Promise<void> } = {
  sqlite: async (url, migrationsFolder) => {
    const { default: Database } = await import('better-sqlite3')
    const { drizzle } = await import('drizzle-orm/better-sqlite3')
    const { migrate } = await import('drizzle-orm/better-sqlite3/migrator')
    const client = new Database(url.slice('sqlite:'.length))
    migrate(drizzle({ client }), { migrationsFolder })
    client.close()
  },
  postgres: async (url, migrationsFolder) => {
    const { default: postgres } = await import('postgres')
    const { drizzle } = await import('drizzle-orm/postgres-js')
    const { migrate } = await import('drizzle-orm/postgres-js/migrator')
    const client = postgres(url, { onnotice: () => {} })
    await migrate(drizzle({ client }), { migrationsFolder })
    await client.end()
  },
  mysql: async (url, migrationsFolder) => {
    const { default: mysql } = await import('mysql2/promise')
    const { drizzle } = await import('drizzle-orm/mysql2')
    const { migrate } = await import('drizzle-orm/mysql2/migrator')
    const client = await mysql.createConnection(url.replace('mariadb:', 'mysql:'))
    await migrate(drizzle({ client }), { migrationsFolder })
    await client.end()
  },
}

/** A copy of the folder that drizzle-kit 1.0 has written for the schema of a family. */
function migrationsOf(family: Family): string {
  const folder = mkdtempSync(join(tmpdir(), 'drizzle-1-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(home, 'migrations', family), folder, { recursive: true })
  return folder
}

function emptyProject(): Project {
  const project = new Project()
  onTestFinished(() => project.remove())
  for (const dialect of ['postgres', 'mysql']) {
    const name = `migrate-dialect-${dialect}`
    symlinkSync(join(root, 'packages', `dialect-${dialect}`), join(project.folder, 'node_modules/@org', name))
  }
  return project
}

function run(project: Project, { url }: AdoptedDatabase, ...args: readonly string[]) {
  const { code, stdout, stderr } = project.run([...args, '--json'], { env: { APP_URL: url } })
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  expect(last, stderr).not.toBe('')
  return { code, answer: JSON.parse(last) as Record<string, unknown> }
}

const familyOf = (engine: Engine): Family => (engine === 'mariadb' ? 'mysql' : engine)

onEachEngine('a database and a folder of drizzle-kit 1.0 are adopted', (empty, engine) => {
  it('where the tool stood; what it had not applied is pending', async () => {
    const family = familyOf(engine)
    const folder = migrationsOf(family)
    const db = await empty()
    await appliedBy[family](db.url, folder)
    mkdirSync(join(folder, '20991231235959_more'))
    writeFileSync(
      join(folder, '20991231235959_more/migration.sql'),
      'CREATE TABLE one_more (n integer);--> statement-breakpoint\nCREATE TABLE two_more (n integer);',
    )
    const before = await db.hashOfForeignTables()
    const project = emptyProject()
    const adopted = run(project, db, 'adopt', '--import', 'drizzle', folder)
    expect(adopted).toMatchObject({ code: 0, answer: { stamped: true, differences: [] } })
    expect(adopted.answer.pending).toHaveLength(1)
    expect(await db.hashOfForeignTables()).toBe(before)
    expect(run(project, db, 'upgrade')).toMatchObject({ code: 0 })
    expect(await db.sql('SELECT n FROM two_more')).toEqual([])
    expect(run(project, db, 'check')).toMatchObject({ code: 0, answer: { ok: true } })

    // The same revisions make the same in an empty database.
    const other = await empty()
    expect(run(project, other, 'upgrade')).toMatchObject({ code: 0 })
    const { code, answer } = run(project, db, 'diff', db.url, other.url, '--exit-code')
    expect({ code, changes: (answer.comparisons as { changes: unknown[] }[])[0]?.changes }).toEqual({
      code: 0,
      changes: [],
    })
  })

  it('by a revision that makes what is there', async () => {
    const family = familyOf(engine)
    const db = await empty()
    await appliedBy[family](db.url, migrationsOf(family))
    const before = await db.hashOfForeignTables()
    const project = emptyProject()
    expect(run(project, db, 'adopt')).toMatchObject({ code: 0, answer: { stamped: true, differences: [] } })
    expect(await db.hashOfForeignTables()).toBe(before)
    expect(run(project, db, 'check')).toMatchObject({ code: 0, answer: { ok: true } })
  })
})
