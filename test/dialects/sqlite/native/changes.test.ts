import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { integer, type MigratorOptions, type Plan, text } from '@org/migrate-core'
import type { Statement } from '@org/migrate-core/dialect'
import { beforeEach, describe, expect, test } from 'vitest'
import { errorOf, line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'
import { skipBefore353 } from '../../../kit/sqlite-client/needs-driver.ts'
import { executeIn, rowsOf, snapshot, temporaryFolder } from '../../../unit/run/kit.ts'
import { sqliteOf } from './kit.ts'

const folder = temporaryFolder()
beforeEach(skipBefore353)
const [newer, older] = ['3.53.0', '3.52.9']

const family = `CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT, /* in years */ age INT NOT NULL, CONSTRAINT adult CHECK (age >= 18));
  CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);
  INSERT INTO parent VALUES (1, 'a', 20), (2, 'b', 30); INSERT INTO child VALUES (10, 1), (20, 2)`

function database(sql = family): string {
  const file = join(folder.path, 'app.db')
  executeIn(file, sql)
  return file
}

const migrator = (version: string, bodies: readonly RevisionBody[], options: Partial<MigratorOptions> = {}) =>
  migratorOf(sqliteOf(version, `sqlite:${join(folder.path, 'app.db')}`), line(...bodies), options)

const statementsOf = (plan: Plan): readonly Statement[] =>
  plan.steps.flatMap(({ operations }) => operations.flatMap(({ statements }) => statements as readonly Statement[]))

const sqlOf = async (...bodies: readonly RevisionBody[]): Promise<readonly string[]> =>
  statementsOf(await migrator(newer, bodies).plan()).map(({ sql }) => sql)

const notNull: RevisionBody = (op) => op.alterTable('parent', (t) => t.alterColumn('name', { nullable: false }))
const positive: RevisionBody = (op) =>
  op.alterTable('parent', (t) => t.addConstraint({ kind: 'check', name: 'positive', expression: 'age > 0' }))

const storedText = (): unknown =>
  (rowsOf(join(folder.path, 'app.db'), "SELECT sql FROM sqlite_master WHERE name = 'parent'") as { sql: string }[])[0]
    ?.sql

describe('on SQLite 3.53', () => {
  test('NOT NULL is one statement, without a copy, and foreign keys stay on', async () => {
    const file = database()
    const plan = await migrator(newer, [notNull]).plan()
    expect(plan.steps[0]?.foreignKeys).toBe(undefined)
    expect(statementsOf(plan)).toEqual([
      {
        sql: 'ALTER TABLE main."parent" ALTER COLUMN "name" SET NOT NULL',
        transaction: 'any',
        tables: [{ name: 'parent' }],
        blockingRows: [
          {
            sql: 'SELECT "id" FROM main."parent" WHERE "name" IS NULL LIMIT 5',
            expectEmpty: 'rows with NULL in parent.name',
          },
        ],
      },
    ])
    const enforced: unknown[] = []
    const run = migrator(newer, [notNull], {
      onEvent: (event) => void (event.type === 'progress' ? enforced.push(event) : undefined),
    })
    await run.upgrade()
    expect(enforced).toEqual([])
    expect(storedText()).toContain('name TEXT NOT NULL, /* in years */ age')
    expect(rowsOf(file, 'SELECT parent FROM child ORDER BY id')).toEqual([{ parent: 1 }, { parent: 2 }])
  })

  test('the table keeps its place in the file', async () => {
    const file = database()
    const page = (): unknown => rowsOf(file, "SELECT rootpage FROM sqlite_master WHERE name = 'parent'")
    const first = page()
    await migrator(newer, [notNull, positive]).upgrade()
    expect(page()).toEqual(first)
  })

  test('the downgrade of NOT NULL and of a CHECK is in place too, and gives the text that was', async () => {
    database()
    const first = storedText()
    await migrator(newer, [notNull, positive]).upgrade()
    const down = await migrator(newer, [notNull, positive]).plan('base', { direction: 'down' })
    expect(statementsOf(down).map(({ sql }) => sql)).toEqual([
      'ALTER TABLE main."parent" DROP CONSTRAINT "positive"',
      'ALTER TABLE main."parent" ALTER COLUMN "name" DROP NOT NULL',
    ])
    await migrator(newer, [notNull, positive]).downgrade('base')
    expect(storedText()).toBe(first)
  })

  test('changes of one table that all can be made in place are made one by one', async () => {
    database()
    const statements = await sqlOf((op) =>
      op.alterTable('parent', (t) => {
        t.alterColumn('name', { nullable: false })
        t.addConstraint({ kind: 'check', name: 'named', expression: `"name" <> ''` })
        t.dropConstraint('adult')
      }),
    )
    expect(statements).toEqual([
      'ALTER TABLE main."parent" ALTER COLUMN "name" SET NOT NULL',
      `ALTER TABLE main."parent" ADD CONSTRAINT "named" CHECK ("name" <> '')`,
      'ALTER TABLE main."parent" DROP CONSTRAINT "adult"',
    ])
  })

  test('beside a change that takes a rebuild there is one rebuild, and nothing in place', async () => {
    database()
    const bodies: RevisionBody[] = [
      (op) =>
        op.alterTable('parent', (t) => {
          t.alterColumn('name', { nullable: false })
          t.alterColumn('age', { type: text() })
        }),
    ]
    const plan = await migrator(newer, bodies).plan()
    expect(statementsOf(plan).filter(({ copy }) => copy !== undefined)).toHaveLength(1)
    expect(statementsOf(plan).filter(({ sql }) => sql.includes('SET NOT NULL'))).toEqual([])
    expect(plan.steps[0]?.foreignKeys).toBe('off')
  })

  for (const [what, sql, body] of [
    [
      'a CHECK that NULL passes',
      family,
      (op) => op.alterTable('parent', (t) => t.addConstraint({ kind: 'check', expression: `name <> 'x'` })),
    ],
    [
      'a CHECK that a division can make NULL',
      family,
      (op) => op.alterTable('parent', (t) => t.addConstraint({ kind: 'check', expression: '100 / age > 0' })),
    ],
    [
      'an unnamed CHECK that is dropped',
      'CREATE TABLE parent (id INTEGER PRIMARY KEY, age INT NOT NULL CHECK (age > 1))',
      (op) => op.alterTable('parent', (t) => t.dropConstraint({ kind: 'check', expression: 'age > 1' })),
    ],
    [
      'NOT NULL that is said twice',
      'CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL NOT NULL)',
      (op) => op.alterTable('parent', (t) => t.alterColumn('name', { nullable: true })),
    ],
    [
      'a comment that SQLite would take along',
      'CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL -- of people\n)',
      (op) => op.alterTable('parent', (t) => t.alterColumn('name', { nullable: true })),
    ],
    [
      'NOT DEFERRABLE, which SQLite would take for the NOT NULL',
      'CREATE TABLE parent (id INTEGER PRIMARY KEY, name INT REFERENCES parent NOT DEFERRABLE)',
      (op) => op.alterTable('parent', (t) => t.alterColumn('name', { nullable: false })),
    ],
    [
      'a name that another constraint has',
      'CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL CONSTRAINT positive UNIQUE, age INT NOT NULL)',
      (op) =>
        op.alterTable('parent', (t) => t.addConstraint({ kind: 'check', name: 'Positive', expression: 'age > 0' })),
    ],
    [
      'NOT NULL of values that an expression computes',
      family,
      (op) => op.alterTable('parent', (t) => t.alterColumn('name', { nullable: false, using: `coalesce(name, '')` })),
    ],
    [
      'NOT NULL together with a default',
      family,
      (op) => op.alterTable('parent', (t) => t.alterColumn('name', { nullable: false, default: '' })),
    ],
  ] as readonly (readonly [string, string, RevisionBody])[]) {
    test(`the rebuild stays for ${what}`, async () => {
      const file = database(`${sql}; INSERT INTO parent (id) SELECT 1 WHERE false`)
      const plan = await migrator(newer, [body]).plan()
      expect(statementsOf(plan).filter(({ copy }) => copy !== undefined)).toHaveLength(1)
      await migrator(newer, [body]).upgrade()
      expect(rowsOf(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    })
  }

  test.each(['rowid', 'OID', '_rowid_'])(
    'a column called %s goes and comes by a rebuild: SQLite 3.54 drops and adds none of that name',
    async (name) => {
      const file = database(`CREATE TABLE parent (id INTEGER PRIMARY KEY, ${name} TEXT, age INT);
      INSERT INTO parent VALUES (7, 'a', 40), (9, 'b', 50)`)
      const body: RevisionBody = (op) => op.dropColumn('parent', name)
      expect(statementsOf(await migrator(newer, [body]).plan()).filter(({ copy }) => copy !== undefined)).toHaveLength(
        1,
      )
      await migrator(newer, [body]).upgrade()
      expect(rowsOf(file, 'SELECT rowid AS r, * FROM parent')).toEqual([
        { r: 7, id: 7, age: 40 },
        { r: 9, id: 9, age: 50 },
      ])
      await migrator(newer, [body]).downgrade('base')
      expect(rowsOf(file, `SELECT id, ${name} AS name, age FROM parent`)).toEqual([
        { id: 7, name: null, age: 40 },
        { id: 9, name: null, age: 50 },
      ])
    },
  )

  test('a CHECK that NULL passes takes the rows with NULL, which SQLite 3.53 itself refuses', async () => {
    const file = database(`${family}; INSERT INTO parent VALUES (3, NULL, 40)`)
    const check = `name <> 'x'`
    await migrator(newer, [
      (op) => op.alterTable('parent', (t) => t.addConstraint({ kind: 'check', name: 'no_x', expression: check })),
    ]).upgrade()
    expect(rowsOf(file, 'SELECT id FROM parent')).toHaveLength(3)
  })

  test.each([
    [
      'NOT NULL',
      'INSERT INTO parent VALUES (3, NULL, 40), (4, NULL, 50)',
      notNull,
      'rows with NULL in parent.name',
      ['id 3', 'id 4'],
    ],
    [
      'a CHECK',
      "INSERT INTO parent VALUES (3, 'c', 70)",
      ((op) =>
        op.alterTable('parent', (t) =>
          t.addConstraint({ kind: 'check', name: 'young', expression: 'age < 60' }),
        )) as RevisionBody,
      'rows that violate CHECK young of parent',
      ['id 3'],
    ],
  ])('the rows that %s refuses are named, and nothing is changed', async (_what, insert, body, check, blocking) => {
    const file = database(`${family}; ${insert}`)
    const first = snapshot(file)
    const error = await errorOf(migrator(newer, [body]).upgrade())
    expect([error.code, error.details]).toEqual(['BLOCKING_ROWS', { check, rows: blocking }])
    expect(snapshot(file, ['migrate_version', 'migrate_history'])).toBe(first)
  })

  test('the error of NOT NULL is that of a rebuild', async () => {
    const file = database(`${family}; INSERT INTO parent VALUES (3, NULL, 40)`)
    const errors = []
    for (const version of [newer, older]) {
      const error = await errorOf(migrator(version, [notNull]).upgrade())
      errors.push([error.code, error.message.replace(/ALTER.*|SELECT.*/s, ''), error.details, error.remedy])
    }
    expect(errors[0]).toEqual(errors[1])
    expect(rowsOf(file, 'SELECT id FROM parent')).toHaveLength(3)
  })
})

test('a column that is made NOT NULL in place is rebuilt afterwards as SQLite stored it', async () => {
  const file = database()
  await migrator(newer, [
    notNull,
    (op) => op.alterTable('parent', (t) => t.alterColumn('age', { type: integer(), default: 5 })),
  ]).upgrade()
  expect(storedText()).toContain('name TEXT NOT NULL, /* in years */ age INTEGER NOT NULL DEFAULT 5')
  expect(rowsOf(file, 'SELECT count(*) AS n FROM child')).toEqual([{ n: 2 }])
})

test('before 3.53 the same revision is a rebuild, and a database may go from one to the other', async () => {
  const file = database()
  const plan = await migrator(older, [notNull]).plan()
  expect(statementsOf(plan).filter(({ copy }) => copy !== undefined)).toHaveLength(1)
  expect(plan.steps[0]?.foreignKeys).toBe('off')
  copyFileSync(file, `${file}.copy`)
  await migrator(older, [notNull]).upgrade()
  await migrator(newer, [notNull, positive]).upgrade()
  await migrator(older, [notNull, positive]).downgrade('base')
  // RENAME TO quotes the name in the stored text.
  const shown = (of: string): string =>
    snapshot(of, ['migrate_version', 'migrate_history']).replace('\\"parent\\"', 'parent')
  expect(shown(file)).toBe(shown(`${file}.copy`))
})
