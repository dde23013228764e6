import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { errorOf, line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'

/** A database of an engine that takes lists of statements. */
export interface ListDatabase {
  /** For `sqliteDialect`. */
  readonly url: string
  /** The rows of one statement, through no code of ours. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>
}

export type ListServer = () => { createDatabase(): ListDatabase | Promise<ListDatabase> }

export const migratorOn = (db: ListDatabase, ...bodies: readonly RevisionBody[]) =>
  migratorOf(sqliteDialect({ url: db.url }), line(...bodies))

export const users = (op: OperationRecorder): void =>
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })

const addMail = (op: OperationRecorder): void => op.alterTable('users', (t) => t.addColumn('mail', text()))

const tables = async (db: ListDatabase): Promise<readonly unknown[]> =>
  (
    await db.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY 1",
    )
  )
    .flat()
    .filter((name) => !String(name).startsWith('sqlite_'))

/** What a migrator does by lists of statements, on each engine that takes them. */
export function migratesByLists(engine: string, server: ListServer): void {
  describe(`a migrator on ${engine}`, () => {
    test('goes up and down, a list for each revision, and reports what is applied', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, addMail)
      expect((await migrator.upgrade('head')).applied).toHaveLength(2)
      expect(await tables(db)).toEqual(['migrate_history', 'migrate_lock', 'migrate_version', 'users'])
      expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([['r2']])
      expect((await migrator.upgrade('head')).applied).toEqual([])
      await migrator.downgrade('r1')
      expect(await db.rows("SELECT name FROM pragma_table_info('users')")).toEqual([['id'], ['name']])
      await migrator.downgrade('base')
      expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([])
      expect(await db.rows('SELECT direction, revision FROM migrate_history ORDER BY id')).toEqual([
        ['up', 'r1'],
        ['up', 'r2'],
        ['down', 'r2'],
        ['down', 'r1'],
      ])
      // It is free.
      expect(await db.rows('SELECT owner FROM migrate_lock WHERE id = 1')).toEqual([[null]])
    })

    test('a revision that fails leaves nothing, and the error names the statement', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => {
        op.sql("INSERT INTO users VALUES (1, 'a')")
        op.sql("INSERT INTO users VALUES (2, 'b')")
        op.sql("INSERT INTO users VALUES (1, 'c')")
      })
      const error = await errorOf(migrator.upgrade('head'))
      expect(error.code).toBe('STATEMENT_FAILED')
      expect(error.message).toMatch(/INSERT INTO users VALUES \(1, 'c'\) failed: UNIQUE constraint failed: users\.id/)
      expect(error.details).toMatchObject({ fault: 'constraint' })
      expect(await db.rows('SELECT count(*) FROM users')).toEqual([[0]])
      expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([['r1']])
    })

    test('a check fails the list, with the rows that are in the way', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => {
        op.expectNone('users without a name', 'SELECT id FROM users WHERE name IS NULL')
        op.sql("INSERT INTO users VALUES (9, 'new')")
      })
      await migrator.upgrade('r1')
      await db.rows('INSERT INTO users VALUES (4, NULL)')
      const error = await errorOf(migrator.upgrade('head'))
      expect(error.code).toBe('BLOCKING_ROWS')
      expect(error.message).toMatch(/users without a name: 1 row: id 4/)
      await db.rows("UPDATE users SET name = 'x'")
      await migrator.upgrade('head')
      expect(await db.rows('SELECT id FROM users ORDER BY 1')).toEqual([[4], [9]])
    })

    test('a check behind a write looks at what was written', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => {
        op.sql('INSERT INTO users VALUES (1, NULL)')
        op.expectNone('users without a name', 'SELECT id FROM users WHERE name IS NULL')
      })
      expect((await errorOf(migrator.upgrade('head'))).code).toBe('BLOCKING_ROWS')
      expect(await db.rows('SELECT count(*) FROM users')).toEqual([[0]])
    })

    test('a data step reads first and writes then', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => {
        op.run('upper case', {
          up: async (step) => {
            for (const { id, name } of await step.query('SELECT id, name FROM users'))
              await step.execute('UPDATE users SET name = ? WHERE id = ?', [String(name).toUpperCase(), id ?? null])
          },
          down: 'none',
        })
      })
      await migrator.upgrade('r1')
      await db.rows("INSERT INTO users VALUES (1, 'a'), (2, 'b')")
      await migrator.upgrade('head')
      expect(await db.rows('SELECT name FROM users ORDER BY id')).toEqual([['A'], ['B']])
    })

    test('what another session writes meanwhile fails the list', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => {
        op.run('count', {
          up: async (step) => {
            const [row] = await step.query('SELECT count(*) AS n FROM users')
            await db.rows("INSERT INTO users VALUES (7, 'meanwhile')")
            await step.execute('INSERT INTO users VALUES (100, ?)', [`one of ${row?.n}`])
          },
          down: 'none',
        })
      })
      await migrator.upgrade('r1')
      const error = await errorOf(migrator.upgrade('head'))
      expect(error.message).toMatch(/another session changed what it read, or/)
      expect(await db.rows('SELECT id FROM users')).toEqual([[7]])
    })

    test.each([
      [
        'the order that it was read in',
        "'a'",
        'SELECT id FROM users ORDER BY name',
        "UPDATE users SET name = 'c' WHERE id = 1",
      ],
      [
        'where one text ends and the next begins',
        "'x' || char(31) || 'ty'",
        'SELECT name, note FROM users',
        "UPDATE users SET name = 'x', note = 'y' || char(31) || 'tz' WHERE id = 1",
      ],
    ])('a change of %s fails the list', async (_, first, read, write) => {
      const db = await server().createDatabase()
      const migrator = migratorOn(
        db,
        (op) => {
          users(op)
          op.alterTable('users', (t) => t.addColumn('note', text()))
          op.sql(`INSERT INTO users VALUES (1, ${first}, 'z'), (2, 'b', 'b')`)
        },
        (op) =>
          op.run('rank', async (step) => {
            await step.query(read)
            await db.rows(write)
            await step.execute("UPDATE users SET note = 'done'")
          }),
      )
      expect((await errorOf(migrator.upgrade('head'))).message).toMatch(/another session changed what it read/)
      expect(await db.rows("SELECT count(*) FROM users WHERE note = 'done'")).toEqual([[0]])
    })

    test('a data step that reads what it has written is refused, and nothing is changed', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => {
        op.run('write and read', {
          up: async (step) => {
            await step.execute("INSERT INTO users VALUES (1, 'a')")
            const rows = await step.query('SELECT id FROM users')
            if (rows.length === 0) await step.execute("INSERT INTO users VALUES (2, 'nobody')")
          },
          down: 'none',
        })
      })
      const error = await errorOf(migrator.upgrade('head'))
      expect(error.code).toBe('UNSUPPORTED')
      expect(error.message).toMatch(/it reads what the revision itself has written before/)
      expect(await db.rows('SELECT count(*) FROM users')).toEqual([[0]])
    })

    test('what a data step takes back is not sent', async () => {
      const db = await server().createDatabase()
      await migratorOn(db, users, (op) =>
        op.run('take back', async (step) => {
          await step.execute("INSERT INTO users VALUES (1, 'stays')")
          const taken = step.transaction(async (inner) => {
            await inner.execute("INSERT INTO users VALUES (2, 'goes')")
            throw new Error('no')
          })
          await taken.catch(() => undefined)
          await step.transaction((inner) => inner.execute("INSERT INTO users VALUES (3, 'stays')"))
        }),
      ).upgrade('head')
      expect(await db.rows('SELECT id, name FROM users ORDER BY id')).toEqual([
        [1, 'stays'],
        [3, 'stays'],
      ])
    })

    test('a table with rows and with tables that refer to it is dropped', async () => {
      const db = await server().createDatabase()
      await migratorOn(db, users, (op) => {
        op.sql('CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id) ON DELETE CASCADE)')
        op.sql("INSERT INTO users VALUES (1, 'a')")
        op.sql('INSERT INTO posts VALUES (7, 1)')
      }).upgrade('head')
      const dropping = migratorOn(
        db,
        users,
        () => undefined,
        (op) => op.dropTable('users', { cascade: true }),
      )
      await dropping.upgrade('head')
      expect(await tables(db)).toEqual(['migrate_history', 'migrate_lock', 'migrate_version', 'posts'])
      expect(await db.rows('SELECT id, author FROM posts')).toEqual([[7, 1]])
    })

    test('a column is dropped that got its name, and the name of its table, in the same revision', async () => {
      const db = await server().createDatabase()
      await migratorOn(
        db,
        users,
        (op) => op.sql("INSERT INTO users VALUES (1, '12'), (2, 'x')"),
        (op) => {
          op.renameTable('users', 'people')
          op.alterTable('people', (t) => t.renameColumn('name', 'code'))
          op.alterTable('people', (t) => t.dropColumn('code'))
        },
      ).upgrade('head')
      expect(await db.rows('SELECT * FROM people ORDER BY id')).toEqual([[1], [2]])
    })

    test('how many rows a statement of a list changed cannot be asked', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => {
        op.run('count changes', {
          up: async (step) => {
            const { changes } = await step.execute("INSERT INTO users VALUES (1, 'a')")
            if (changes === 0) throw new Error('none')
          },
          down: 'none',
        })
      })
      expect((await errorOf(migrator.upgrade('head'))).message).toMatch(/is not known before the list is sent/)
    })

    test('a data step cannot write the tables that say what is applied', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, (op) => op.sql("UPDATE migrate_version SET version_num = 'r9'"))
      expect((await errorOf(migrator.upgrade('head'))).code).toBe('BOOKKEEPING_INVALID')
      expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([['r1']])
    })

    test('a downgrade that would lose values is refused unless that is allowed', async () => {
      const db = await server().createDatabase()
      const migrator = migratorOn(db, users, addMail)
      await migrator.upgrade('head')
      await db.rows("INSERT INTO users VALUES (1, 'a', 'a@example.com')")
      expect((await errorOf(migrator.downgrade('r1'))).code).toBe('DATA_LOSS')
      expect(await db.rows('SELECT mail FROM users')).toEqual([['a@example.com']])
      await migrator.downgrade('r1', { allowDataLoss: true })
      expect(await db.rows('SELECT * FROM users')).toEqual([[1, 'a']])
    })
  })
}
