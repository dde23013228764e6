import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { ensureBuilt, Project, root } from '../../cli/project.ts'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function projectWith(files: Readonly<Record<string, string>>): Project {
  const project = new Project(files)
  projects.push(project)
  symlinkSync(
    join(root, 'packages/dialect-postgres'),
    join(project.folder, 'node_modules/@org/migrate-dialect-postgres'),
  )
  return project
}

/** The statements of a folder, each a file of its own, as another tool had run them: one transaction a file. */
const folder: Readonly<Record<string, string>> = {
  'sql/001_first.sql': `CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id serial PRIMARY KEY, mood mood DEFAULT 'ok', was mood[], CONSTRAINT calm CHECK (mood <> 'sad'));
CREATE INDEX moods ON people (mood) WHERE mood = 'ok';`,
  'sql/002_happy.sql': "ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok';",
  'sql/003_default.sql': `ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'happy';
INSERT INTO people (was) VALUES ('{happy,ok}');`,
  'sql/004_again.sql': "DO $$ BEGIN ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm'; END $$;",
  'sql/005_check.sql': "ALTER TABLE people ADD CONSTRAINT known CHECK (mood <> 'calm');",
}
const enumLabels = "SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) AS labels FROM pg_enum"
const defaults =
  "SELECT column_default FROM information_schema.columns WHERE table_name = 'people' AND column_name = 'mood'"

async function runAsTheTool({ sql }: TestDatabase, files: Readonly<Record<string, string>>): Promise<void> {
  await sql('CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)')
  for (const [name, text] of Object.entries(files)) {
    await sql(text)
    await sql(`INSERT INTO schema_migrations VALUES ('${name.slice('sql/'.length, 'sql/'.length + 3)}')`)
  }
}

for (const server of ['postgres', 'postgres-next'] as const) {
  describeOn(server, 'a folder whose enum values need a commit', (createDatabase) => {
    it('is proved in the shadow schema, and one upgrade of an empty database makes it', async () => {
      const db = await createDatabase()
      await runAsTheTool(db, folder)
      const project = projectWith(folder)
      const adopted = project.run(['adopt', '--import', 'sql', './sql'], { env: { APP_URL: db.url } })
      expect(adopted, adopted.stderr).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('run on an empty database, it creates the same schema'),
      })
      const empty = await createDatabase()
      const upgraded = project.run(['upgrade'], { env: { APP_URL: empty.url } })
      expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 })
      expect(await empty.sql(enumLabels)).toEqual([{ labels: 'sad,happy,ok,calm' }])
      expect(await empty.sql(defaults)).toEqual([{ column_default: "'happy'::mood" }])
      const same = project.run(['diff', db.url, empty.url, '--exit-code'])
      expect(same, same.stdout).toMatchObject({ code: 0 })
    })

    it('a value that one revision adds by an operation is there for the next', async () => {
      const head = (id: string, down: string | null): string =>
        `import type { OperationRecorder } from '@org/migrate-core'\nexport const revision = '${id}'\nexport const downRevision = ${JSON.stringify(down)}\nexport function upgrade(op: OperationRecorder) {\n`
      const db = await createDatabase()
      const project = projectWith({
        'migrations/a1_a.ts': `${head('a1', null)}  op.createEnum('mood', ['sad', 'ok'])\n}\n`,
        'migrations/b1_b.ts': `${head('b1', 'a1')}  op.alterEnum('mood', { add: [{ value: 'happy' }] })\n}\n`,
        'migrations/c1_c.ts': `${head('c1', 'b1')}  op.sql("CREATE TABLE people (mood mood DEFAULT 'happy')", { inverse: 'DROP TABLE people' })\n}\n`,
      })
      const upgraded = project.run(['upgrade'], { env: { APP_URL: db.url } })
      expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 })
      expect(await db.sql(defaults)).toEqual([{ column_default: "'happy'::mood" }])
    })

    it('a statement that an empty database does not take is named, and nothing is left', async () => {
      const db = await createDatabase()
      const files = { ...folder, 'sql/006_wrong.sql': 'ALTER TABLE nowhere ADD COLUMN x int;' }
      await runAsTheTool(db, folder)
      await db.sql("INSERT INTO schema_migrations VALUES ('006')")
      const project = projectWith(files)
      const refused = project.run(['adopt', '--import', 'sql', './sql'], { env: { APP_URL: db.url } })
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      expect(refused.stderr).toContain('error: STATEMENT_FAILED')
      expect(refused.stderr).toContain('ALTER TABLE nowhere ADD COLUMN x int')
      expect(refused.stderr).toContain(
        'Correct the statement in the file that has it, so that an empty database takes it; or adopt the database without `--import`, by what is in it.',
      )
      expect(existsSync(join(project.folder, 'migrations'))).toBe(false)
      // Both ways out work.
      expect(project.run(['adopt'], { env: { APP_URL: db.url } })).toMatchObject({ code: 0 })
      project.put({ 'sql/006_wrong.sql': 'ALTER TABLE people ALTER COLUMN id SET NOT NULL;' })
      const other = projectWith({ ...files, 'sql/006_wrong.sql': 'ALTER TABLE people ALTER COLUMN id SET NOT NULL;' })
      const second = await createDatabase()
      await runAsTheTool(second, folder)
      await second.sql("INSERT INTO schema_migrations VALUES ('006')")
      expect(other.run(['adopt', '--import', 'sql', './sql'], { env: { APP_URL: second.url } })).toMatchObject({
        code: 0,
      })
    })

    it('what asked the server which objects there are is named beside the differences', async () => {
      const guarded = `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'people' AND column_name = 'age') THEN
    ALTER TABLE people ADD COLUMN age int;
  END IF;
END $$;`
      const db = await createDatabase()
      const files = { ...folder, 'sql/006_guarded.sql': guarded }
      await runAsTheTool(db, files)
      const project = projectWith(files)
      const { code, stdout } = project.run(['adopt', '--import', 'sql', './sql'], { env: { APP_URL: db.url } })
      expect(code).toBe(3)
      expect(stdout).toContain('note: What differs may be none: sql: DO $$ BEGIN IF NOT EXISTS')
      expect(stdout).toContain('nothing was stamped\nthe files stay: correct them and call `migrate stamp`')
      // What the note advises shows that nothing differs.
      const empty = await createDatabase()
      expect(project.run(['upgrade'], { env: { APP_URL: empty.url } })).toMatchObject({ code: 0 })
      const same = project.run(['diff', db.url, empty.url, '--exit-code'])
      expect(same, same.stdout).toMatchObject({ code: 0 })
    })

    it('what asked for a type, and was told of that of the database, is named, and a plain adopt takes the database over', async () => {
      const guarded = `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'state') THEN
    CREATE TYPE state AS ENUM ('open', 'done');
  END IF;
END $$;
ALTER TABLE people ADD COLUMN state state;`
      const db = await createDatabase()
      const files = { ...folder, 'sql/006_guarded.sql': guarded }
      await runAsTheTool(db, files)
      const project = projectWith(files)
      const { code, stderr } = project.run(['adopt', '--import', 'sql', './sql'], { env: { APP_URL: db.url } })
      expect(code).toBe(1)
      expect(stderr).toContain(
        'OBJECT_MISSING: Where the revisions were tried, they used type state of the database. sql: DO $$ BEGIN IF NOT EXISTS',
      )
      expect(stderr).toContain('do         Adopt the database without `--import`, by what is in it;')
      expect(project.run(['adopt'], { env: { APP_URL: db.url } })).toMatchObject({ code: 0 })
    })
  })
}
