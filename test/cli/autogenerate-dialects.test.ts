import { afterEach, beforeAll, expect, test } from 'vitest'
import { describeOnEach } from '../kit/servers.ts'
import { rowsOf } from '../unit/run/kit.ts'
import { configWith, declaringProject, revisionFiles, textOf } from './autogenerate-kit.ts'
import { ensureBuilt, type Project } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const sqlite = (
  columns: string,
  extras = '',
): string => `import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const users = sqliteTable('users', { id: integer('id').primaryKey(), ${columns} }${extras})
`
const postgres = (
  values: string,
  columns: string,
  extras = '',
): string => `import { index, integer, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
export const mood = pgEnum('mood', [${values}])
export const users = pgTable('users', { id: integer('id').primaryKey(), ${columns} }${extras})
`
const config = configWith("schema: { sqlite: './schema/sqlite.ts', postgres: './schema/postgres.ts' }")

describeOnEach(['postgres'], 'one revision for SQLite and PostgreSQL', (createDatabase) => {
  test('does on each what its schema says: together where they are the same, under op.on where they are not', async () => {
    const server = await createDatabase()
    const project = declaringProject({
      'migrate.config.ts': config,
      'schema/sqlite.ts': sqlite("mail: text('mail').notNull(), mood: text('mood').notNull().default('ok')"),
      'schema/postgres.ts': postgres(
        "'ok', 'sad'",
        "mail: text('mail').notNull(), mood: mood('mood').notNull().default('ok')",
      ),
    })
    projects.push(project)
    const environments = [{}, { APP_URL: server.url }]
    const generate = (...args: readonly string[]) => project.run(['revision', '--autogenerate', ...args])
    const onBoth = (...args: readonly string[]): void => {
      for (const env of environments) {
        const { code, stderr } = project.run(args, { env })
        expect({ args, env, code }, stderr).toEqual({ args, env, code: 0 })
      }
    }

    expect(generate('--rev-id', 'a1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        'a1 a new root\n  sqlite: create table users\n  postgres: create enum mood\n  postgres: create table users\n',
      ),
    })
    onBoth('upgrade')
    rowsOf(project.database, "INSERT INTO users (id, mail) VALUES (1, 'ann@example.com') RETURNING id")
    await server.sql("INSERT INTO users (id, mail) VALUES (1, 'ann@example.com')")

    project.put({
      'schema/sqlite.ts': sqlite(
        "email: text('email').notNull(), mood: text('mood').notNull().default('ok'), age: integer('age')",
        ", (t) => [index('by_age').on(t.age)]",
      ),
      'schema/postgres.ts': postgres(
        "'ok', 'sad', 'happy'",
        "email: text('email').notNull(), mood: mood('mood').notNull().default('ok'), age: integer('age')",
        ", (t) => [index('by_age').using('hash', t.age)]",
      ),
    })
    // Asked once, for all of them.
    const refused = generate()
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr.match(/--rename users\.mail:email/g)).toHaveLength(1)
    expect(generate('--rename', 'users.mail:email', '--dry-run').stdout).toMatch(
      /^sqlite:\n- rename column users\.mail to email\n[\s\S]*\npostgres:\n- rename column users\.mail to email\n[\s\S]*ALTER TYPE .*'happy'/,
    )
    expect(revisionFiles(project)).toEqual(['a1.ts'])
    expect(generate('--rename', 'users.mail:email', '--rev-id', 'b1').code).toBe(0)
    expect(textOf(project, 'migrations/b1.ts')).toContain(`export function upgrade(op: OperationRecorder) {
  op.renameColumn('users', 'mail', 'email')
  op.on({
    sqlite() {},
    postgres(op) {
      op.alterEnum('mood', { add: [{ value: 'happy' }] })
    },
    otherwise() {
      toFillIn('what databases other than sqlite and postgres need here')
    },
  })
  op.addColumn('users', 'age', integer())
  op.on({
    sqlite(op) {
      op.createIndex('users', 'by_age', ['age'])
    },
    postgres(op) {
      op.createIndex('users', 'by_age', ['age'], { method: 'hash' })
    },
    otherwise() {
      toFillIn('what databases other than sqlite and postgres need here')
    },
  })
}
`)
    onBoth('upgrade')
    const row = { id: 1, email: 'ann@example.com', mood: 'ok', age: null }
    expect(rowsOf(project.database, 'SELECT id, email, mood, age FROM users')).toEqual([row])
    expect(await server.sql('SELECT id, email, mood, age FROM users')).toEqual([row])
    expect(await server.sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'by_age'")).toEqual([
      { indexdef: 'CREATE INDEX by_age ON public.users USING hash (age)' },
    ])
    onBoth('check')
    for (const env of environments) {
      expect(project.run(['revision', '--autogenerate'], { env }).stdout).toContain('nothing differs')
    }
    onBoth('downgrade', 'base')
    expect(rowsOf(project.database, "SELECT name FROM sqlite_schema WHERE name = 'users'")).toEqual([])
    expect(await server.sql("SELECT typname FROM pg_type WHERE typname IN ('users', 'mood')")).toEqual([])
  })

  test('of portable declarations is one text, with nothing under op.on where both say the same', async () => {
    const server = await createDatabase()
    const project = declaringProject({
      'migrate.config.ts': configWith("schema: './schema.ts', dialects: ['sqlite', 'postgres', 'mysql']"),
      'schema.ts': `import { boolean, column, integer, json, table, text, timestamp, varchar } from '@org/migrate-core'
export const notes = table(
  'notes',
  {
    id: column(integer(), { nullable: false }),
    title: column(varchar(80), { nullable: false }),
    body: column(text()),
    facts: column(json()),
    done: column(boolean(), { nullable: false, default: false }),
    at: column(timestamp()),
  },
  { primaryKey: ['id'], indexes: [{ name: 'notes_title', columns: ['title'], unique: true }] },
)
`,
    })
    projects.push(project)
    expect(project.run(['revision', '--autogenerate', '--rev-id', 'a1']).code).toBe(0)
    const text = textOf(project, 'migrations/a1.ts')
    expect(text).not.toContain('op.on(')
    expect(text).toContain("  op.createTable('notes', (t) => {\n")
    for (const env of [{}, { APP_URL: server.url }]) {
      for (const args of [['upgrade'], ['check'], ['downgrade', 'base']]) {
        const { code, stdout, stderr } = project.run(args, { env })
        expect({ args, env, code }, stdout + stderr).toEqual({ args, env, code: 0 })
      }
    }
  })
})
