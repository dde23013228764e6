import { expect, test } from 'vitest'
import { describeOnDialects } from '../../../kit/own-sessions.ts'
import { open } from './kit.ts'

const shelves = `CREATE TABLE authors (id int PRIMARY KEY);
CREATE TABLE books (id int PRIMARY KEY, author int CONSTRAINT books_author REFERENCES authors DEFERRABLE INITIALLY DEFERRED,
  place int CONSTRAINT books_place UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO authors VALUES (1); INSERT INTO books VALUES (1, 1, 1), (2, 1, 2)`

describeOnDialects(['postgres', 'postgres-next'], 'a transaction', (createDatabase) => {
  test('commits everything, DDL too, or nothing', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const first = await session.begin()
    await session.execute('CREATE TABLE t (id int)')
    await session.execute('INSERT INTO t VALUES (1)')
    await first.rollback()
    expect(await database.sql("SELECT to_regclass('t') AS t")).toEqual([{ t: null }])
    const second = await session.begin()
    await session.execute('CREATE TABLE t (id int)')
    await session.execute('INSERT INTO t VALUES (1)')
    await second.commit()
    expect(await database.sql('SELECT * FROM t')).toEqual([{ id: 1 }])
    await second.rollback()
  })

  test('is refused inside another, whichever code began it', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const scope = await session.begin()
    await expect(session.begin()).rejects.toMatchObject({ code: 'ALREADY_IN_TRANSACTION' })
    await scope.rollback()
    await session.execute('BEGIN')
    await expect(session.begin()).rejects.toMatchObject({ code: 'ALREADY_IN_TRANSACTION' })
    await session.execute('ROLLBACK')
    const next = await session.begin()
    await next.commit()
    await expect(next.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
  })

  test('in which a statement failed cannot be committed, though the server says no error', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int PRIMARY KEY)')
    const session = await open(database.url)
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (1)')
    await expect(session.execute('INSERT INTO t VALUES (1)')).rejects.toMatchObject({ code: '23505' })
    await expect(scope.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(await database.sql('SELECT * FROM t')).toEqual([])
    const next = await session.begin()
    await session.execute('INSERT INTO t VALUES (2)')
    await next.commit()
  })

  test('that a statement ended on the way cannot be committed', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const scope = await session.begin()
    await session.execute('ROLLBACK')
    await expect(scope.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
  })

  test('says at its end which row a deferred constraint holds against it', async () => {
    const database = await createDatabase()
    await database.sql(shelves)
    const session = await open(database.url)
    const scope = await session.begin()
    await session.execute('INSERT INTO books VALUES (3, 7, 3)')
    await expect(scope.commit()).rejects.toMatchObject({
      code: 'FOREIGN_KEY_VIOLATION',
      details: {
        violations: ['public.books: books_author: Key (author)=(7) is not present in table "authors".'],
      },
      cause: { code: '23503' },
    })
    const second = await session.begin()
    await session.execute('UPDATE books SET place = 1')
    await expect(second.commit()).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      details: { check: 'public.books: books_place', rows: ['Key (place)=(1) already exists.'] },
    })
    expect(await database.sql('SELECT count(*)::text AS n FROM books')).toEqual([{ n: '2' }])
  })

  test('gives back to a savepoint what failed in it', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int PRIMARY KEY)')
    const session = await open(database.url)
    await expect(session.savepoint(async () => 1)).rejects.toMatchObject({ code: 'INTERNAL' })
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (1)')
    await expect(
      session.savepoint(async () => {
        await session.execute('INSERT INTO t VALUES (2)')
        await session.savepoint(async () => session.execute('INSERT INTO t VALUES (3)'))
        await session.execute('INSERT INTO t VALUES (1)')
      }),
    ).rejects.toMatchObject({ code: '23505' })
    expect(await session.savepoint(async () => session.execute('INSERT INTO t VALUES (4)'))).toEqual({ changes: 1 })
    await scope.commit()
    expect(await database.sql('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 4 }])
  })

  test('checks now what it put off, and puts off what follows', async () => {
    const database = await createDatabase()
    await database.sql(shelves)
    const session = await open(database.url)
    const scope = await session.begin()
    await session.execute('INSERT INTO books VALUES (3, 2, 3)')
    await session.execute('INSERT INTO authors VALUES (2)')
    await expect(session.savepoint(async () => session.execute('ALTER TABLE books ADD c int'))).rejects.toMatchObject({
      code: '55006',
    })
    await session.checkDeferred?.()
    await session.execute('ALTER TABLE books ADD c int')
    await session.execute('INSERT INTO books VALUES (4, 3, 4)')
    await session.execute('INSERT INTO authors VALUES (3)')
    await scope.commit()
    const second = await session.begin()
    await session.execute('INSERT INTO books VALUES (5, 9, 5)')
    await expect(session.checkDeferred?.()).rejects.toMatchObject({
      code: 'FOREIGN_KEY_VIOLATION',
      details: { violations: ['public.books: books_author: Key (author)=(9) is not present in table "authors".'] },
    })
    await second.rollback()
    const third = await session.begin()
    await session.execute('UPDATE books SET place = 1 WHERE id = 2')
    await expect(session.checkDeferred?.()).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
    await third.rollback()
  })

  test('checks deferred constraints also of other schemas, of odd names, and leaves immediate ones so', async () => {
    const database = await createDatabase()
    await database.sql(`CREATE SCHEMA "Odd ""one"; CREATE TABLE "Odd ""one".p (id int PRIMARY KEY);
      CREATE TABLE "Odd ""one".c (p int CONSTRAINT "the.Key" REFERENCES "Odd ""one".p DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE i (p int CONSTRAINT i_p REFERENCES "Odd ""one".p DEFERRABLE INITIALLY IMMEDIATE);
      CREATE TABLE a (p int CONSTRAINT same REFERENCES "Odd ""one".p DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE b (p int CONSTRAINT same REFERENCES "Odd ""one".p)`)
    const session = await open(database.url)
    const scope = await session.begin()
    await session.execute('INSERT INTO "Odd ""one".c VALUES (1)')
    await session.execute('INSERT INTO "Odd ""one".p VALUES (1)')
    await session.checkDeferred?.()
    await session.execute('INSERT INTO "Odd ""one".c VALUES (2)')
    await expect(session.savepoint(async () => session.execute('INSERT INTO i VALUES (2)'))).rejects.toMatchObject({
      code: '23503',
    })
    await session.execute('INSERT INTO "Odd ""one".p VALUES (2)')
    await scope.commit()
  })

  test('takes one statement a call', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    await expect(session.execute('CREATE TABLE a (); CREATE TABLE b ()')).rejects.toMatchObject({ code: '42601' })
    await expect(session.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: '42601' })
    await session.execute('CREATE TABLE c ();')
    expect(await database.sql("SELECT relname FROM pg_class WHERE relname IN ('a', 'b', 'c')")).toEqual([
      { relname: 'c' },
    ])
  })

  test('COPY that speaks with the client is refused, and the session continues', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    await session.execute('CREATE TABLE stdin (a int)')
    await expect(session.execute('copy stdin from STDIN')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    await expect(session.execute('COPY (SELECT 1) TO stdout')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(await session.query('SELECT 1 AS a')).toEqual([{ a: 1n }])
  })

  test('counts what a statement changed', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const changes = async (sql: string): Promise<number> => (await session.execute(sql)).changes
    expect(await changes('CREATE TABLE t (id int, v int)')).toBe(0)
    expect(await changes('INSERT INTO t SELECT n, 0 FROM generate_series(1, 10) n')).toBe(10)
    expect(await changes('UPDATE t SET v = 1 WHERE id > 5')).toBe(5)
    expect(await changes('UPDATE t SET v = 1 WHERE id > 50')).toBe(0)
    expect(await changes('SELECT * FROM t')).toBe(0)
    expect(await changes('CREATE TABLE u AS SELECT * FROM t')).toBe(0)
    expect(await changes('ALTER TABLE t ALTER v TYPE bigint')).toBe(0)
    expect(await changes('MERGE INTO t USING u ON u.id = t.id WHEN MATCHED AND t.id < 4 THEN DELETE')).toBe(3)
    expect(await changes('WITH d AS (DELETE FROM u RETURNING id) UPDATE t SET v = 2 FROM d WHERE d.id = t.id')).toBe(7)
    expect(await changes('DELETE FROM t RETURNING id')).toBe(7)
    expect(await changes('DROP TABLE t')).toBe(0)
  })

  test('statements that cannot run inside one run outside', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int)')
    const session = await open(database.url)
    await session.execute('CREATE INDEX CONCURRENTLY t_id ON t (id)')
    await session.limit?.({ lockMs: 5_000 })
    await session.execute('DROP INDEX CONCURRENTLY t_id')
    await session.execute('VACUUM t')
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'statements that come again', (createDatabase) => {
  const read = 'SELECT * FROM t WHERE id = ?'

  test('see the table as it is after DDL, in and outside a transaction', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int); INSERT INTO t VALUES (1)')
    const session = await open(database.url)
    const inspect = async (): Promise<unknown> => {
      for (let round = 0; round < 3; round += 1) await session.query(read, [1])
      return { ...(await session.query(read, [1]))[0] }
    }
    expect(await inspect()).toEqual({ id: 1n })
    const scope = await session.begin()
    expect(await inspect()).toEqual({ id: 1n })
    await session.execute('ALTER TABLE t ADD a text')
    expect(await inspect()).toEqual({ id: 1n, a: null })
    await session
      .savepoint(async () => {
        await session.execute('ALTER TABLE t ALTER id TYPE text')
        expect(await inspect()).toEqual({ id: '1', a: null })
        throw new Error('back')
      })
      .catch(() => undefined)
    expect(await inspect()).toEqual({ id: 1n, a: null })
    await scope.rollback()
    const second = await session.begin()
    expect(await inspect()).toEqual({ id: 1n })
    await second.rollback()
    await database.sql('ALTER TABLE t ADD b int')
    expect(await inspect()).toEqual({ id: 1n, b: null })
  })

  test('see the table as another session made it before the transaction began', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int); INSERT INTO t VALUES (1)')
    const session = await open(database.url)
    for (let round = 0; round < 4; round += 1) await session.query(read, [1])
    await database.sql('ALTER TABLE t ADD b int')
    const scope = await session.begin()
    expect(await session.query(read, [1])).toEqual([{ id: 1n, b: null }])
    await scope.commit()
    for (let round = 0; round < 4; round += 1) await session.query(read, [1])
    await database.sql('ALTER TABLE t DROP b')
    expect(await session.query(read, [1])).toEqual([{ id: 1n }])
  })

  test('write a column whose type changed', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    await session.execute('CREATE TABLE t (v int)')
    const insert = 'INSERT INTO t VALUES (?)'
    for (let round = 0; round < 3; round += 1) await session.execute(insert, [round])
    await session.execute('ALTER TABLE t ALTER v TYPE jsonb USING to_jsonb(v)')
    for (let round = 0; round < 3; round += 1) await session.execute(insert, ['{"a": 1}'])
    expect(await database.sql('SELECT count(*)::text AS n FROM t')).toEqual([{ n: '6' }])
  })
})
