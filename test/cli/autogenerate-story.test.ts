import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeOnDialects, familyOf } from '../kit/servers.ts'
import { executeIn, rowsOf } from '../unit/run/kit.ts'
import { declaringProject, revisionFiles, textOf } from './autogenerate-kit.ts'
import { ensureBuilt, type Finished, filePath, type Project, untimed } from './project.ts'
import { mysql, postgres, type StoryTexts, sqlite } from './story-schemas.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

type Rows = readonly Record<string, unknown>[]

/** A database as its own client sees it. */
interface StoryDatabase {
  /** As `init --dialect` calls it. */
  readonly kind: string
  readonly env: NodeJS.ProcessEnv
  send(sql: string): Promise<void>
  rows(sql: string): Promise<Rows>
  /** Tables, views, enums and sequences, less the tables of our records. */
  objects(): Promise<readonly string[]>
}

const names = (rows: Rows): readonly string[] => rows.map(({ name }) => String(name))

/** The rows that the application writes between the two revisions. */
const written = `INSERT INTO users (id, mail, mood) VALUES (1, 'ann@example.com', 'ok'), (2, 'bob@example.com', 'sad');
INSERT INTO posts (id, author, title) VALUES (1, 2, 'hello');
INSERT INTO drafts (id, body) VALUES (1, 'half a thought')`

const clean = `nothing to do
  every revision is applied                yes
  the database is the declared schema      yes
  the database is what its revisions make  yes
  applied files do what they did           yes
  there is one head                        yes
`

async function story(texts: StoryTexts, databaseOf: (project: Project) => StoryDatabase): Promise<void> {
  const project = declaringProject()
  projects.push(project)
  const storyDatabase = databaseOf(project)
  const run = (...args: readonly string[]): Finished => project.run(args, { env: storyDatabase.env })
  const generate = (...args: readonly string[]): Finished => {
    const ended = run('revision', '--autogenerate', ...args)
    return { ...ended, stdout: untimed(ended.stdout) }
  }
  const listed = (each: readonly string[]): string => each.map((line) => `  ${line}\n`).join('')
  const file = (name: string): string => join(project.folder, 'migrations', name)

  // A project begins.
  rmSync(join(project.folder, 'migrate.config.ts'))
  expect(run('init', '--dialect', storyDatabase.kind).code).toBe(0)
  const config = textOf(project, 'migrate.config.ts')
  const where = "autogenerate: { schema: './schema.ts' },\n"
  project.put({
    'migrate.config.ts': config.replace('  migrations:', `  ${where}  migrations:`),
    'schema.ts': texts.before,
  })
  expect(textOf(project, 'migrate.config.ts')).toContain(where)

  expect(generate('-m', 'what there is', '--rev-id', 'a1')).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `created ${file('a1_what_there_is.ts')}\na1 a new root\n${listed(texts.first)}`,
  })
  expect(run('upgrade')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at a1') })
  expect(run('check')).toMatchObject({ code: 0, stdout: expect.stringContaining(clean) })
  await storyDatabase.send(written)

  // The schema continues. Whether a column was renamed cannot be known, and no answer is made up.
  project.put({ 'schema.ts': texts.after })
  const refused = generate('-m', 'who is where')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toBe(
    [
      'error: RENAME_UNANSWERED: Something is gone and something alike is new; a drop and an add would lose what is in it:',
      '  column users.mail: --rename users.mail:email, --rename users.mail:country, or --dropped users.mail',
      '  do         Say for each whether it is a rename: --rename <old>:<new>, --dropped <old>, or --no-renames for all.',
      '  see        docs/reference/errors#RENAME_UNANSWERED',
      '',
    ].join('\n'),
  )
  const lossy = generate('-m', 'who is where', '--rename', 'users.mail:email')
  expect(lossy).toMatchObject({ code: 1, stdout: '' })
  expect(lossy.stderr).toBe(
    [
      'error: DATA_LOSS: The revision would lose for good:',
      '  the table drafts and its rows',
      '  do         Check what would be lost; then repeat the command with --allow-destructive.',
      '  see        docs/reference/errors#DATA_LOSS',
      '',
    ].join('\n'),
  )
  expect(revisionFiles(project)).toEqual(['a1_what_there_is.ts'])

  const answers = ['--rename', 'users.mail:email', '--allow-destructive']
  const gap = 'the value of users.country for rows that have none: users.country is new and NOT NULL'
  expect(generate('-m', 'who is where', '--rev-id', 'b1', ...answers)).toMatchObject({
    code: 0,
    stderr: '',
    stdout: `created ${file('b1_who_is_where.ts')}\nb1 revises a1\n${listed(texts.second)}to fill in, or it is refused: ${gap}\nor remove the file and repeat the command with values: --fill "users.country=<SQL>"\n`,
  })

  // What only its author knows is asked for in the file, and nothing runs before that.
  const before = await Promise.all([storyDatabase.objects(), storyDatabase.rows('SELECT * FROM users ORDER BY id')])
  const incomplete = run('upgrade')
  expect(incomplete.code).toBe(1)
  for (const part of ['REVISION_INCOMPLETE', gap, 'b1_who_is_where.ts']) expect(incomplete.stderr).toContain(part)
  expect(await Promise.all([storyDatabase.objects(), storyDatabase.rows('SELECT * FROM users ORDER BY id')])).toEqual(
    before,
  )
  expect(run('current').stdout).toMatch(/^a1 /)
  const text = textOf(project, 'migrations/b1_who_is_where.ts')
  const toFillIn = `toFillIn(\n    '${gap}',\n  )`
  expect(text).toContain(toFillIn)
  writeFileSync(
    filePath(project.folder, 'migrations/b1_who_is_where.ts'),
    text.replace(toFillIn, "'AT'").replace(', toFillIn', ''),
  )

  expect(run('upgrade')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at b1') })
  expect(await storyDatabase.rows('SELECT id, email, mood, country FROM users ORDER BY id')).toEqual([
    { id: 1, email: 'ann@example.com', mood: 'ok', country: 'AT' },
    { id: 2, email: 'bob@example.com', mood: 'sad', country: 'AT' },
  ])
  expect(await storyDatabase.rows('SELECT id, author, title FROM posts')).toEqual([
    { id: 1, author: 2, title: 'hello' },
  ])
  expect(await storyDatabase.objects()).toEqual(texts.objects)
  // The new value and the new foreign key hold.
  await storyDatabase.send("UPDATE users SET mood = 'happy' WHERE id = 1; DELETE FROM users WHERE id = 2")
  expect(await storyDatabase.rows('SELECT * FROM posts')).toEqual([])

  expect(run('check')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(clean) })
  for (const side of [[], ['--from', 'replay'], ['--no-database']]) {
    expect(generate('-m', 'again', ...side)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^nothing differs from .*: no file was made\n$/),
    })
  }
  expect(revisionFiles(project)).toEqual(['a1_what_there_is.ts', 'b1_who_is_where.ts'])

  // The downgrade is derived. A value that it takes away is not taken from under a row.
  if (texts.values === 'its own') {
    const held = run('downgrade', 'a1')
    expect(held.code).toBe(1)
    for (const part of ['BLOCKING_ROWS', 'happy', 'id 1']) expect(held.stderr).toContain(part)
    await storyDatabase.send("UPDATE users SET mood = 'sad' WHERE id = 1")
  }
  expect(run('downgrade', 'a1')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at a1') })
  expect(await storyDatabase.rows('SELECT id, mail FROM users')).toEqual([{ id: 1, mail: 'ann@example.com' }])
  expect(await storyDatabase.rows('SELECT * FROM drafts')).toEqual([])
  expect(run('downgrade', 'base')).toMatchObject({ code: 0, stdout: expect.stringContaining('now at base') })
  expect(await storyDatabase.objects()).toEqual([])
}

describe('a new project on SQLite', () => {
  test('goes from its first table to a changed schema and back, and nothing is lost on the way', async () => {
    await story(sqlite, ({ database }) => ({
      kind: 'sqlite',
      env: {},
      send: async (sql) => {
        for (const each of sql.split(';')) executeIn(database, `PRAGMA foreign_keys = ON; ${each}`)
      },
      rows: async (sql) => rowsOf(database, sql) as Rows,
      objects: async () =>
        names(
          rowsOf(
            database,
            "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'migrate_%' ORDER BY name",
          ) as Rows,
        ),
    }))
  })
})

const postgresObjects = `SELECT name FROM (
  SELECT relname::text AS name, relnamespace AS place FROM pg_class UNION ALL
  SELECT typname::text, typnamespace FROM pg_type WHERE typtype = 'e'
) AS objects WHERE place = 'public'::regnamespace AND name NOT LIKE 'migrate_%' ORDER BY name`
const mysqlObjects =
  "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'migrate_%' ORDER BY 1"

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'a new project', (createDatabase, server) => {
  test('goes from its first table to a changed schema and back, and nothing is lost on the way', {
    timeout: 180_000,
  }, async () => {
    const database = await createDatabase()
    const isPostgres = familyOf(server) === 'postgres'
    await story(isPostgres ? postgres : mysql, () => ({
      kind: server,
      env: { DATABASE_URL: database.url },
      send: async (sql) => {
        await database.sql(sql)
      },
      rows: database.sql,
      objects: async () => names(await database.sql(isPostgres ? postgresObjects : mysqlObjects)),
    }))
  })
})
