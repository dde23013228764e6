import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createMigrator, type Migrator, sqlRevision } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { longRun } from '../../kit/scale.ts'
import { executeIn, rowsOf } from '../run/kit.ts'
import { failureOf, migrationsFolder, up } from './kit.ts'

const project = migrationsFolder()
const database = (): string => join(project.folder, 'app.db')
const at = (name: string): string => join(project.folder, name)

function migrator(): Migrator {
  return createMigrator({ dialect: sqliteDialect({ url: `sqlite:${database()}` }), tiers: [graph(project.folder)] })
}

function objects(): unknown[] {
  const own = "name NOT LIKE 'migrate_%' AND name NOT LIKE 'sqlite_%'"
  return rowsOf(database(), `SELECT name FROM sqlite_master WHERE ${own} ORDER BY name`).map(
    (row) => (row as { name: string }).name,
  )
}

const trigger = `CREATE TRIGGER person_named AFTER INSERT ON person WHEN new.name = '' BEGIN
  UPDATE person SET name = CASE WHEN new.id > 1 THEN 'later' ELSE 'first' END WHERE id = new.id;
  INSERT INTO log VALUES ('named; -- migrate: statement');
END`

test('several statements without a mark run one by one, there and back', async () => {
  project.put({
    'a1_person/up.sql': up(
      'a1',
      'base',
      `CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT); -- one; two
CREATE TABLE log (line TEXT);
${trigger};
INSERT INTO person VALUES (1, ''), (2, 'Ada
-- migrate: statement
Lovelace');
`,
    ),
    'a1_person/down.sql': 'DROP TABLE person;\nDROP TABLE log;\n',
  })
  const plan = await migrator().plan()
  expect(plan.steps[0]?.operations.map((each) => [each.describe, each.source])).toEqual([
    ['sql: CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT)', `${at('a1_person/up.sql')}:4:1`],
    ['sql: CREATE TABLE log (line TEXT)', `${at('a1_person/up.sql')}:5:1`],
    ['sql: CREATE TRIGGER person_named AFTER INSERT ON person WHEN n...', `${at('a1_person/up.sql')}:6:1`],
    ["sql: INSERT INTO person VALUES (1, ''), (2, 'Ada -- migrate: s...", `${at('a1_person/up.sql')}:10:1`],
  ])
  await migrator().upgrade()
  expect(objects()).toEqual(['log', 'person', 'person_named'])
  expect(rowsOf(database(), 'SELECT id, name FROM person')).toEqual([
    { id: 1, name: 'first' },
    { id: 2, name: 'Ada\n-- migrate: statement\nLovelace' },
  ])
  expect(rowsOf(database(), 'SELECT line FROM log')).toEqual([{ line: 'named; -- migrate: statement' }])
  await migrator().downgrade('base')
  expect(objects()).toEqual([])
})

test('what drizzle-kit writes runs, and its rebuild of a table leaves the rows of its children', async () => {
  project.put({
    'a1_init/up.sql': up(
      'a1',
      'base',
      `CREATE TABLE \`users\` (
	\`id\` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	\`email\` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX \`users_email\` ON \`users\` (\`email\`);--> statement-breakpoint
CREATE TABLE \`posts\` (
	\`id\` integer PRIMARY KEY NOT NULL,
	\`user\` integer,
	FOREIGN KEY (\`user\`) REFERENCES \`users\`(\`id\`) ON UPDATE no action ON DELETE cascade
);
`,
    ),
    'b1_not_null/up.sql': up(
      'b1',
      'a1',
      `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_users\` (
	\`id\` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	\`email\` text NOT NULL
);
--> statement-breakpoint
INSERT INTO \`__new_users\`("id", "email") SELECT "id", "email" FROM \`users\`;--> statement-breakpoint
DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX \`users_email\` ON \`users\` (\`email\`);
`,
    ),
  })
  await migrator().upgrade('a1')
  executeIn(database(), "INSERT INTO users VALUES (7, 'a@b'); INSERT INTO posts VALUES (1, 7)")
  const plan = await migrator().plan()
  expect(plan.steps[0]?.foreignKeys).toBe('off')
  await migrator().upgrade()
  expect(rowsOf(database(), 'SELECT * FROM posts')).toEqual([{ id: 1, user: 7 }])
  expect(rowsOf(database(), 'SELECT * FROM users')).toEqual([{ id: 7, email: 'a@b' }])
  expect(rowsOf(database(), 'PRAGMA foreign_key_check')).toEqual([])
})

test('foreign keys are enforced in SQL that says nothing of them, whatever SQL runs before it', async () => {
  project.put({
    'a1_init/up.sql': up(
      'a1',
      'base',
      `CREATE TABLE parent (id INTEGER PRIMARY KEY);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE CASCADE);
INSERT INTO parent VALUES (1), (2);
INSERT INTO child VALUES (10, 1), (20, 2);
`,
    ),
    'b1_less/up.sql': up(
      'b1',
      'a1',
      'DELETE FROM parent WHERE id = 1;\nCREATE INDEX child_parent ON child (parent);\n',
    ),
  })
  await migrator().upgrade()
  expect(rowsOf(database(), 'SELECT * FROM child')).toEqual([{ id: 20, parent: 2 }])
})

test('a statement that fails is told with its file and line, and nothing of its revision stays', async () => {
  project.put({ 'a1_x/up.sql': up('a1', 'base', 'CREATE TABLE a (x INT);\n\n  INSERT INTO b VALUES (1);\n') })
  expect(await failureOf(migrator().upgrade())).toMatchObject({
    code: 'STATEMENT_FAILED',
    location: { revision: 'a1', source: `${at('a1_x/up.sql')}:6:3`, sql: 'INSERT INTO b VALUES (1)' },
  })
  expect(objects()).toEqual([])
})

test.each([
  ['BEGIN', 4],
  ['COMMIT', 4],
  ['SELECT 1;\nROLLBACK', 5],
  ['SELECT 1;\n-- migrate: statement\n/* one */ SAVEPOINT s', 6],
  ['-- migrate: no-transaction\nEND', 5],
])('transaction control is refused with its file and line: %j', async (text, line) => {
  project.put({ 'a1_x/up.sql': up('a1', 'base', `${text};\n`) })
  const error = await failureOf(migrator().upgrade())
  expect(error).toMatchObject({ code: 'TRANSACTION_CONTROL_IN_STEP', location: { revision: 'a1' } })
  expect(String(error)).toContain(`${at('a1_x/up.sql')}:${line}:`)
})

test.each([
  ['-- migrate: statment\nSELECT 1', 4, '`-- migrate: statment` is no mark'],
  ['-- migrate: no-transaction\n-- migrate: statement\nSELECT 1', 4, 'belongs to a statement'],
  ['-- migrate: no-transaction\nSELECT 1;\nSELECT 2', 6, 'a statement outside a transaction is committed by itself'],
  ['-- migrate: nothing\nSELECT 1', 4, 'it has statements'],
  ['DELIMITER //\nSELECT 1 //', 4, 'DELIMITER is a word of the mysql program'],
])('a mark that says nothing sensible is refused with its file and line: %j', async (text, line, why) => {
  project.put({ 'a1_x/up.sql': up('a1', 'base', `${text};\n`) })
  const error = await failureOf(migrator().upgrade())
  expect(error).toMatchObject({ code: 'REVISION_FILE_INVALID', details: { file: at('a1_x/up.sql') } })
  expect(String(error)).toContain(`${at('a1_x/up.sql')}:${line}: `)
  expect(String(error)).toContain(why)
})

test('a statement outside a transaction runs where it is the only one of its revision', async () => {
  project.put({
    'a1_x/up.sql': up('a1', 'base', 'CREATE TABLE a (x INT);\n'),
    'b1_y/up.sql': up('b1', 'a1', '-- migrate: no-transaction\nVACUUM;\n'),
    'b1_y/down.sql': '-- migrate: nothing\n',
  })
  expect((await migrator().upgrade()).applied).toEqual(['main:a1', 'main:b1'])
  expect((await migrator().downgrade('a1')).applied).toEqual(['main:b1'])
  expect(objects()).toEqual(['a'])
})

test.each([undefined, '', '-- to be written\n'])(
  'without a downgrade (down.sql is %j) a downgrade is refused, naming the file to write',
  async (down) => {
    project.put({
      'a1_x/up.sql': up('a1', 'base', 'CREATE TABLE a (x INT);\n'),
      ...(down === undefined ? {} : { 'a1_x/down.sql': down }),
    })
    await migrator().upgrade()
    expect(await failureOf(migrator().downgrade('base'))).toMatchObject({
      code: 'IRREVERSIBLE',
      remedy: `Write what takes it back into ${at('a1_x/down.sql')}.`,
      details: { revision: 'a1', operations: [{ operation: 'sql: CREATE TABLE a (x INT)' }] },
    })
    expect(objects()).toEqual(['a'])
    project.put({ 'a1_x/down.sql': 'DROP TABLE a' })
    await migrator().downgrade('base')
    expect(objects()).toEqual([])
  },
)

test.each(['', '-- nothing yet\n', '/* nothing */;\n'])(
  'up.sql with nothing but a header and %j is a revision that does nothing, both ways',
  async (text) => {
    project.put({ 'a1_x/up.sql': up('a1', 'base', text) })
    expect((await migrator().upgrade()).applied).toEqual(['main:a1'])
    expect((await migrator().downgrade('base')).applied).toEqual(['main:a1'])
  },
)

test('an edit after it was applied is told, with whether its statements are others', async () => {
  const text = up('a1', 'base', 'CREATE TABLE a (x INT);\n')
  project.put({ 'a1_x/up.sql': text, 'a1_x/down.sql': 'DROP TABLE a;\n' })
  await migrator().upgrade()
  const edited = async (): Promise<unknown> => (await migrator().status()).edited.map(({ what }) => what)
  project.put({ 'a1_x/up.sql': text.replaceAll('\n', '\r\n') })
  expect(await edited()).toEqual([])
  project.put({ 'a1_x/up.sql': text.replace('CREATE', '-- so\nCREATE') })
  expect(await edited()).toEqual(['same operations'])
  project.put({ 'a1_x/up.sql': text, 'a1_x/down.sql': 'DROP TABLE IF EXISTS a;\n' })
  expect(await edited()).toEqual(['same operations'])
  project.put({ 'a1_x/up.sql': text.replace('INT', 'TEXT'), 'a1_x/down.sql': 'DROP TABLE a;\n' })
  expect(await edited()).toEqual(['operations differ'])
  rmSync(at('a1_x/up.sql'))
  rmSync(at('a1_x/down.sql'))
})

test('a statement of 3 MB runs, and stands in the table as it stands in the file', async () => {
  const value = "it''s; -- migrate: statement ".repeat(100_000)
  project.put({
    'a1_x/up.sql': up('a1', 'base', `CREATE TABLE a (x TEXT);\nINSERT INTO a VALUES ('${value}');\n`),
  })
  await migrator().upgrade()
  expect(rowsOf(database(), 'SELECT length(x) AS n, substr(x, 1, 28) AS start FROM a')).toEqual([
    { n: 2_800_000, start: "it's; -- migrate: statement " },
  ])
})

test('as a value, for a service that is bundled, it is the same revision', async () => {
  const chain = [
    sqlRevision({
      revision: 'a1',
      downRevision: null,
      message: 'accounts',
      up: '\uFEFFCREATE TABLE a (x INT);\r\n-- migrate: statement\r\nCREATE TABLE b (x INT);\r\n',
      down: 'DROP TABLE b; DROP TABLE a;',
    }),
    sqlRevision({ revision: 'b1', downRevision: 'a1', up: 'SELECT 1; COMMIT' }),
  ]
  const values = migratorOf(sqliteDialect({ url: `sqlite:${database()}` }), chain)
  await values.upgrade('a1')
  expect(objects()).toEqual(['a', 'b'])
  const error = await failureOf(values.upgrade())
  expect(error).toMatchObject({ code: 'TRANSACTION_CONTROL_IN_STEP' })
  expect(String(error)).toContain('b1/up.sql:1:')
  await values.downgrade('base')
  expect(objects()).toEqual([])
})

test('eight times as many statements take about eight times as long, not sixty-four', {
  timeout: 600_000,
}, async () => {
  const runOf = async (rows: number): Promise<number> => {
    const inserts = Array.from({ length: rows }, (_, id) => `INSERT INTO person VALUES (${id}, 'Ada');`)
    project.put({
      'a1_seed/up.sql': up('a1', 'base', ['CREATE TABLE person (id INTEGER, name TEXT);', ...inserts].join('\n')),
    })
    const started = process.cpuUsage()
    const dialect = sqliteDialect({ url: ':memory:' })
    expect((await migratorOf(dialect, [], { tiers: [graph(project.folder)] }).upgrade()).applied).toEqual(['main:a1'])
    const { user, system } = process.cpuUsage(started)
    return user + system
  }
  await runOf(100)
  // In the long run more than a call takes arguments.
  const few = longRun ? 20_000 : 2_000
  const cost = await runOf(few)
  expect((await runOf(few * 8)) / cost).toBeLessThan(20)
})
