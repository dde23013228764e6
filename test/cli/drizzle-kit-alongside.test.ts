import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { longRun } from '../kit/scale.ts'
import { describeOnEach, familyOf } from '../kit/servers.ts'
import { needsDriver } from '../kit/sqlite-client/needs-driver.ts'
import { rowsOf } from '../unit/run/kit.ts'
import { configWith, declaringProject, revisionFiles, textOf } from './autogenerate-kit.ts'
import { endKits, inStudio, installed, runKit } from './drizzle-kit.ts'
import { ensureBuilt, type Project } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  endKits()
  for (const project of projects.splice(0)) project.remove()
})

interface KitTexts {
  /** As drizzle-kit calls the dialect. */
  readonly dialect: 'sqlite' | 'postgresql' | 'mysql'
  readonly imports: string
  readonly table: string
  readonly key: string
  readonly short: (name: string) => string
  readonly whole: string
  /** On SQLite, pull declares the checks of a table in every other one too. */
  readonly checks: string
  /** What is asked for the names of all tables, ours too. */
  readonly names: string
}

// drizzle-kit reads the checks of MySQL by their names alone, over all databases of the server: this name is no other test's.
const smallSize = "check('kit_posts_size', sql.raw('size < 100')), "

const texts = {
  sqlite: {
    dialect: 'sqlite',
    imports: "import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'",
    table: 'sqliteTable',
    key: "integer('id').primaryKey()",
    short: (name) => `text('${name}')`,
    whole: 'integer',
    checks: '',
    names: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  },
  postgres: {
    dialect: 'postgresql',
    imports: "import { check, index, integer, pgTable, uniqueIndex, varchar } from 'drizzle-orm/pg-core'",
    table: 'pgTable',
    key: "integer('id').primaryKey()",
    short: (name) => `varchar('${name}', { length: 80 })`,
    whole: 'integer',
    checks: smallSize,
    names: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  },
  mysql: {
    dialect: 'mysql',
    imports: "import { check, index, int, mysqlTable, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'",
    table: 'mysqlTable',
    key: "int('id').primaryKey()",
    short: (name) => `varchar('${name}', { length: 80 })`,
    whole: 'int',
    checks: smallSize,
    names: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  },
} as const satisfies Record<string, KitTexts>

/** Of an index of several columns on PostgreSQL, pull writes the operator class of the first to each: here they are of one type. */
const schemaOf = (
  { imports, table, key, short, whole, checks }: KitTexts,
  more = '',
): string => `import { sql } from 'drizzle-orm'
${imports}
export const users = ${table}('users', { id: ${key}, mail: ${short('mail')}.notNull()${more} }, (t) => [index('users_mail').on(t.mail)])
export const posts = ${table}('posts', {
  id: ${key},
  author: ${whole}('author').notNull().references(() => users.id, { onDelete: 'cascade' }),
  title: ${short('title')}.unique(),
  kind: ${short('kind')}.notNull().default('draft'),
  size: ${whole}('size').notNull().default(-1),
  half: ${whole}('half').generatedAlwaysAs(sql.raw('size / 2'), { mode: 'stored' }),
}, (t) => [${checks}uniqueIndex('posts_once').on(t.author, t.size)])
`

const kitConfig = ({ dialect }: KitTexts, url: string, out: string, filter: string): string =>
  `import { defineConfig } from 'drizzle-kit'
export default defineConfig({
  dialect: '${dialect}',
  schema: './schema.ts',
  out: './${out}',
  dbCredentials: { url: '${url}' },${filter}
})
`
const filtered = "\n  tablesFilter: ['!migrate_*'],"

interface KitProject {
  readonly project: Project
  readonly texts: KitTexts
  readonly env: NodeJS.ProcessEnv
  readonly url: string
  names(): Promise<readonly string[]>
}

const query = (method: 'run' | 'all', sql: string) => ({ type: 'proxy', data: { sql, method, mode: 'object' } })

/** The names of the tables in a schema file that pull has written. */
const declaredIn = (file: string): readonly string[] =>
  [...file.matchAll(/(?:sqlite|pg|mysql)Table\("(\w+)"/g)].flatMap(([, name]) => name ?? []).toSorted()

async function story({ project, texts: its, env, url, names }: KitProject): Promise<void> {
  const run = (...args: readonly string[]) => project.run(args, { env })
  const isClean = (): void => {
    expect(run('check')).toMatchObject({ code: 0, stderr: '' })
    expect(run('revision', '--autogenerate', '-m', 'again')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/no file was made\n$/),
    })
  }
  project.put({
    'schema.ts': schemaOf(its),
    'drizzle.config.ts': kitConfig(its, url, 'drizzle', filtered),
    'drizzle.pull.config.ts': kitConfig(its, url, 'pulled', filtered),
    'drizzle.whole.config.ts': kitConfig(its, url, 'whole', ''),
  })
  expect(run('revision', '--autogenerate', '--rev-id', 'a1')).toMatchObject({ code: 0 })
  expect(run('upgrade')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at a1') })
  isClean()
  const before = await names()
  const ours = before.filter((name) => name.startsWith('migrate_'))
  expect(ours).toContain('migrate_version')
  expect(before.filter((name) => !ours.includes(name))).toEqual(['posts', 'users'])

  // generate reads the declared schema alone, and writes its own folder.
  await runKit(project, 'generate', '--name=first')
  expect(readdirSync(join(project.folder, 'drizzle')).toSorted()).toEqual(['0000_first.sql', 'meta'])
  expect(textOf(project, 'drizzle/0000_first.sql')).toMatch(/CREATE TABLE ["`]users["`]/)
  expect(revisionFiles(project)).toEqual(['a1.ts'])
  isClean()

  // pull finds what we have made; of it, we find nothing to change.
  await runKit(project, 'pull', '--config=drizzle.pull.config.ts')
  expect(declaredIn(textOf(project, 'pulled/schema.ts'))).toEqual(['posts', 'users'])
  project.put({ 'pulled.config.ts': configWith("schema: './pulled/schema.ts'") })
  expect(run('revision', '--autogenerate', '--config', 'pulled.config.ts', '-m', 'pulled')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/no file was made\n$/),
  })
  await runKit(project, 'pull', '--config=drizzle.whole.config.ts')
  expect(declaredIn(textOf(project, 'whole/schema.ts'))).toEqual(before)

  // Studio shows the database, and does not stand in our way: the next release is migrated while it runs.
  await inStudio(project, async (ask) => {
    expect(await ask({ type: 'init' })).toMatchObject({ dialect: its.dialect })
    await ask(query('run', "INSERT INTO users (id, mail) VALUES (1, 'ann@example.com')"))
    expect(await ask(query('all', 'SELECT id, mail FROM users'))).toEqual([{ id: 1, mail: 'ann@example.com' }])
    project.put({ 'schema.ts': schemaOf(its, `, country: ${its.short('country')}`) })
    expect(run('revision', '--autogenerate', '--rev-id', 'b1')).toMatchObject({ code: 0 })
    expect(run('upgrade')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at b1') })
    expect(await ask(query('all', 'SELECT country FROM users'))).toEqual([{ country: null }])
  })
  isClean()

  await runKit(project, 'generate', '--name=second')
  expect(textOf(project, 'drizzle/0001_second.sql')).toMatch(
    /^ALTER TABLE ["`]users["`] ADD (?:COLUMN )?["`]country["`]/,
  )
  await runKit(project, 'pull', '--config=drizzle.pull.config.ts')
  expect(textOf(project, 'pulled/schema.ts')).toContain('country')
  isClean()
  expect(await names()).toEqual(before)
  expect(run('downgrade', 'base')).toMatchObject({ code: 0 })
}

function projectWith(packages: readonly string[]): Project {
  const project = declaringProject()
  projects.push(project)
  for (const name of ['drizzle-kit', ...packages]) {
    const at = join(project.folder, 'node_modules', name)
    if (!existsSync(at)) symlinkSync(join(installed, name), at)
  }
  return project
}

const patience = { timeout: 180_000 }
/** The one column of the rows, whatever its name: MySQL writes those of its catalog in capitals. */
const named = (rows: readonly unknown[]): readonly string[] =>
  rows.flatMap((row) => (typeof row === 'object' && row !== null ? Object.values(row).map(String) : []))

describe('drizzle-kit beside us on SQLite', () => {
  needsDriver('better-sqlite3')
  test('generates, pulls and shows what is migrated, and changes nothing of ours', patience, async () => {
    const project = projectWith(['better-sqlite3'])
    await story({
      project,
      texts: texts.sqlite,
      env: {},
      url: project.database,
      names: async () => named(rowsOf(project.database, texts.sqlite.names)),
    })
  })
})

// Each of its commands takes seconds to start.
describeOnEach(longRun ? ['postgres', 'mysql'] : [], 'drizzle-kit beside us', (createDatabase, server) => {
  test('generates, pulls and shows what is migrated, and changes nothing of ours', patience, async () => {
    const database = await createDatabase()
    const its = texts[familyOf(server)]
    await story({
      project: projectWith(['postgres', 'mysql2']),
      texts: its,
      env: { APP_URL: database.url },
      url: database.url,
      names: async () => named(await database.sql(its.names)),
    })
  })
})
