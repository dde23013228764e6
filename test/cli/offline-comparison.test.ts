import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { describeOn } from '../kit/servers.ts'
import { configWith, declaringProject } from './autogenerate-kit.ts'
import { ensureBuilt, type Project, root } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const postgres = {
  ddl: `CREATE TABLE plans (id integer PRIMARY KEY, kind text, note text DEFAULT lower('X'),
    doubled integer GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT known CHECK (kind IN ('a', 'b')));
    CREATE INDEX short ON plans (kind) WHERE kind IN ('a', 'c');
    CREATE POLICY those ON plans USING (EXISTS (SELECT 1 FROM pg_roles WHERE rolname = kind)); ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
    CREATE VIEW some_plans AS SELECT id FROM plans WHERE kind IN ('a', 'b')`,
  schema: `import { sql } from 'drizzle-orm'
import { check, index, integer, pgPolicy, pgTable, pgView, text } from 'drizzle-orm/pg-core'
export const plans = pgTable('plans', {
  id: integer('id').primaryKey(),
  kind: text('kind'),
  note: text('note').default(sql\`lower('X')\`),
  doubled: integer('doubled').generatedAlwaysAs(sql\`id * 2\`),
}, () => [check('known', sql\`kind IN ('a', 'b')\`), index('short').on(sql\`kind\`).where(sql\`kind IN ('a', 'c')\`),
  pgPolicy('those', { using: sql\`EXISTS (SELECT 1 FROM pg_roles WHERE rolname = kind)\` })])
export const somePlans = pgView('some_plans', { id: integer('id') }).as(sql\`SELECT id FROM plans WHERE kind IN ('a', 'b')\`)
`,
}
const mysql = {
  ddl: `CREATE TABLE plans (id int PRIMARY KEY, kind varchar(9), doubled int GENERATED ALWAYS AS (id * 2) STORED,
    CONSTRAINT known CHECK (kind IN ('a', 'b')));
    CREATE VIEW some_plans AS SELECT id FROM plans WHERE kind IN ('a', 'b')`,
  schema: `import { sql } from 'drizzle-orm'
import { check, int, mysqlTable, mysqlView, varchar } from 'drizzle-orm/mysql-core'
export const plans = mysqlTable('plans', {
  id: int('id').primaryKey(),
  kind: varchar('kind', { length: 9 }),
  doubled: int('doubled').generatedAlwaysAs(sql\`id * 2\`, { mode: 'stored' }),
}, () => [check('known', sql\`kind IN ('a', 'b')\`)])
export const somePlans = mysqlView('some_plans', { id: int('id') }).as(sql\`SELECT id FROM plans WHERE kind IN ('a', 'b')\`)
`,
}

for (const [server, { ddl, schema }, expected] of [
  ['postgres', postgres, ['view some_plans', 'policy plans.those']],
  ['postgres-next', postgres, ['view some_plans', 'policy plans.those']],
  ['mariadb', mysql, ['view some_plans']],
  ['mysql', mysql, ['view some_plans']],
] as const) {
  describeOn(server, 'texts that the server writes in its own words', (createDatabase) => {
    test('are named where no server is asked, and are no difference where one is', async () => {
      const db = await createDatabase()
      for (const statement of ddl.split(';')) await db.sql(statement)
      const project = declaringProject({
        'migrate.config.ts': configWith("schema: './schema.ts'"),
        'schema.ts': schema,
      })
      projects.push(project)
      for (const dialect of ['postgres', 'mysql']) {
        const name = `migrate-dialect-${dialect}`
        symlinkSync(join(root, 'packages', `dialect-${dialect}`), join(project.folder, 'node_modules/@org', name))
      }
      const run = (...args: readonly string[]) => project.run(args, { env: { APP_URL: db.url } })
      expect(run('adopt')).toMatchObject({ code: 0 })
      const compare = (...args: readonly string[]) => run('revision', '--autogenerate', '--dry-run', ...args)
      const replayed = compare('--from', 'replay')
      expect(replayed, replayed.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing differs') })
      const offline = compare('--no-database')
      const expectedNote =
        /No server was asked, and it may write these texts in other words than the declaration: (.*)\. Whether/
      expect(offline.stdout + offline.stderr).toMatch(expectedNote)
      const named = expectedNote.exec(offline.stdout + offline.stderr)?.[1]?.split(', ')
      expect(named).toEqual(expect.arrayContaining([...expected]))
      const checked = run('check', '--no-database')
      expect(checked.stdout + checked.stderr).toMatch(expectedNote)
    })
  })
}
