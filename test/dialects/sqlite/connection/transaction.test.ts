import type { Session } from '@org/migrate-core/dialect'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { database, open, raw } from './kit.ts'

const setting = async (session: Session, name: string): Promise<unknown> => {
  const [row] = await session.query(`PRAGMA ${name}`)
  return Object.values(row ?? {})[0]
}

const parents = `CREATE TABLE p (id INTEGER PRIMARY KEY);
  CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);
  INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (10, 1), (20, 2)`

describe('a transaction', () => {
  it('inside another is refused', async () => {
    const session = await open(':memory:')
    const scope = await session.begin()
    await expect(session.begin()).rejects.toMatchObject({ code: 'ALREADY_IN_TRANSACTION' })
    await scope.rollback()
    await (await session.begin()).commit()
  })

  it('of a session that was closed is rolled back', async () => {
    const file = database('CREATE TABLE t (a)')
    const session = await open(file)
    await session.begin()
    await session.execute('INSERT INTO t VALUES (1)')
    await session.close()
    expect(session.isOpen).toBe(false)
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
    expect(raw(file, (db) => db.prepare('SELECT count(*) FROM t').pluck().get())).toBe(0)
  })

  it('waits for a writer without blocking the event loop', async () => {
    const file = database('CREATE TABLE t (a)')
    const holder = new Database(file)
    holder.exec('BEGIN IMMEDIATE')
    let turns = 0
    const ticking = setInterval(() => {
      turns += 1
      // Where the loop is blocked, it never gets here.
      if (turns === 10) holder.exec('COMMIT')
    }, 5)
    const session = await open(file)
    await (await session.begin()).commit()
    clearInterval(ticking)
    holder.close()
    expect(turns).toBeGreaterThanOrEqual(10)
  })

  it('gives up with DATABASE_BUSY, or with the reason of the signal', async () => {
    const file = database('CREATE TABLE t (a)')
    const holder = new Database(file)
    holder.exec('BEGIN IMMEDIATE')
    const session = await open(file, 'run', 60)
    await expect(session.begin()).rejects.toMatchObject({ code: 'DATABASE_BUSY', cause: { code: 'SQLITE_BUSY' } })
    const patient = await open(file, 'run', 60_000)
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 30)
    await expect(patient.begin({ foreignKeys: 'off', signal: stop.signal })).rejects.toThrow('enough')
    expect(await setting(patient, 'foreign_keys')).toBe(1n)
    holder.close()
  })

  it('tries COMMIT again while a reader holds its lock', async () => {
    const file = database('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)')
    const session = await open(file)
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (3)')
    const reader = new Database(file)
    const rows = reader.prepare('SELECT a FROM t').iterate()
    rows.next()
    setTimeout(() => rows.return?.(), 100)
    await scope.commit()
    expect(reader.prepare('SELECT count(*) FROM t').pluck().get()).toBe(3)
    reader.close()
  })

  it('that cannot be committed in time is rolled back and says so', async () => {
    const file = database('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)')
    const session = await open(file, 'run', 50)
    const scope = await session.begin({ foreignKeys: 'off' })
    await session.execute('INSERT INTO t VALUES (3)')
    const reader = new Database(file)
    const rows = reader.prepare('SELECT a FROM t').iterate()
    rows.next()
    await expect(scope.commit()).rejects.toMatchObject({ code: 'DATABASE_BUSY' })
    rows.return?.()
    reader.close()
    expect(await setting(session, 'foreign_keys')).toBe(1n)
    expect(await session.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 2n }])
  })

  it('names the row of a deferred foreign key that COMMIT refuses', async () => {
    const session = await open(
      database(
        'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)',
      ),
    )
    const scope = await session.begin()
    await session.execute('INSERT INTO c VALUES (7)')
    await expect(scope.commit()).rejects.toMatchObject({
      code: 'FOREIGN_KEY_VIOLATION',
      details: { violations: ['c, row 1: refers to p, which has no such row'] },
      cause: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' },
    })
    expect(await session.query('SELECT count(*) AS n FROM c')).toEqual([{ n: 0n }])
    // Ending it once more does nothing, also to the next transaction.
    const next = await session.begin()
    await session.execute('INSERT INTO p VALUES (1)')
    await scope.rollback()
    await next.commit()
    expect(await session.query('SELECT id FROM p')).toEqual([{ id: 1n }])
  })

  it('that SQLite rolled back by itself takes no more statements and cannot be committed', async () => {
    const session = await open(database('CREATE TABLE t (a)'))
    await session.query('PRAGMA max_page_count = 5')
    const scope = await session.begin()
    await session.execute('CREATE TABLE u (a)')
    await expect(session.execute('INSERT INTO t VALUES (zeroblob(100000))')).rejects.toMatchObject({
      code: 'SQLITE_FULL',
    })
    // Only some failures end the transaction; this makes sure that one did.
    await expect(
      (async () => {
        for (let n = 0; n < 50; n += 1) await session.execute('INSERT INTO u VALUES (1)')
        await session.execute('ROLLBACK')
        await session.execute('INSERT INTO t VALUES (1)')
      })(),
    ).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await expect(scope.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(await session.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 0n }])
    await expect(session.query('SELECT * FROM u')).rejects.toThrow('no such table: u')
  })
})

describe('savepoints', () => {
  it('take back what their body did, and only that', async () => {
    const session = await open(':memory:')
    await session.execute('CREATE TABLE t (a)')
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (1)')
    await session.savepoint(async () => {
      await session.execute('INSERT INTO t VALUES (2)')
      const inner = session.savepoint(async () => {
        await session.execute('INSERT INTO t VALUES (3)')
        throw new Error('no')
      })
      await expect(inner).rejects.toThrow('no')
    })
    await scope.commit()
    expect(await session.query('SELECT a FROM t')).toEqual([{ a: 1n }, { a: 2n }])
  })
})

describe('foreign keys off', () => {
  it('are off inside, back on afterwards, in every ending', async () => {
    const session = await open(database(parents))
    for (const end of ['commit', 'rollback', 'broken'] as const) {
      const scope = await session.begin({ foreignKeys: 'off' })
      expect(await setting(session, 'foreign_keys')).toBe(0n)
      await session.query('PRAGMA legacy_alter_table = ON')
      if (end === 'broken') {
        await session.execute('INSERT INTO c VALUES (30, 3)')
        await expect(scope.commit()).rejects.toMatchObject({ code: 'FOREIGN_KEY_VIOLATION' })
      } else await scope[end]()
      expect(await setting(session, 'foreign_keys')).toBe(1n)
      expect(await setting(session, 'legacy_alter_table')).toBe(0n)
    }
  })

  it('stay off where they were found off', async () => {
    const session = await open(database(parents))
    await session.query('PRAGMA foreign_keys = OFF')
    await (await session.begin({ foreignKeys: 'off' })).commit()
    expect(await setting(session, 'foreign_keys')).toBe(0n)
  })

  it('let violations stay that were there before, but no new one', async () => {
    const file = database(`PRAGMA foreign_keys = OFF; ${parents}; INSERT INTO c VALUES (30, 3)`)
    const session = await open(file)
    const scope = await session.begin({ foreignKeys: 'off' })
    await session.execute('CREATE TABLE x (a)')
    await scope.commit()
    const second = await session.begin({ foreignKeys: 'off' })
    await session.execute('DELETE FROM p WHERE id = 2')
    await expect(second.commit()).rejects.toMatchObject({
      code: 'FOREIGN_KEY_VIOLATION',
      details: { violations: ['c, row 20: refers to p, which has no such row'] },
    })
    expect(raw(file, (db) => db.prepare('SELECT id FROM p').pluck().all())).toEqual([1, 2])
  })

  it('know violations again under the new name of their table, or of the one they mean', async () => {
    const file = database(`PRAGMA foreign_keys = OFF; ${parents}; INSERT INTO c VALUES (30, 3), (31, 4)`)
    const session = await open(file)
    const scope = await session.begin({ foreignKeys: 'off' })
    await session.execute('ALTER TABLE c RENAME TO child')
    await session.execute('ALTER TABLE p RENAME TO parent')
    await scope.commit()
    const second = await session.begin({ foreignKeys: 'off' })
    await session.execute('ALTER TABLE child RENAME TO c2')
    await session.execute('UPDATE c2 SET p = 9 WHERE id = 10')
    await expect(second.commit()).rejects.toMatchObject({
      details: { violations: ['c2, row 10: refers to parent, which has no such row'] },
    })
  })

  it('name a key whose parent lost what makes it unique', async () => {
    const session = await open(
      database(
        'CREATE TABLE p (k); CREATE UNIQUE INDEX pk ON p (k); CREATE TABLE c (k REFERENCES p (k)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)',
      ),
    )
    const scope = await session.begin({ foreignKeys: 'off' })
    await session.execute('DROP INDEX pk')
    await expect(scope.commit()).rejects.toThrow(/foreign key mismatch/)
  })

  it('refuse to leave a view or a trigger broken that worked before', async () => {
    const session = await open(
      database(`CREATE TABLE a (x, y); CREATE TABLE b (z);
        CREATE VIEW old AS SELECT x FROM nowhere;
        CREATE VIEW v AS SELECT z FROM b; CREATE TRIGGER g AFTER UPDATE OF y ON a BEGIN INSERT INTO b (z) VALUES (NEW.x); END;
        CREATE TRIGGER h INSTEAD OF INSERT ON v BEGIN INSERT INTO b VALUES (NEW.z); END`),
    )
    const fine = await session.begin({ foreignKeys: 'off' })
    await session.execute('CREATE VIEW w AS SELECT x FROM a')
    await fine.commit()
    const first = await session.begin({ foreignKeys: 'off' })
    await session.execute('DROP VIEW v')
    await session.execute('DROP TABLE b')
    await expect(first.commit()).rejects.toMatchObject({
      code: 'DEPENDANT_BROKEN',
      details: { object: 'trigger g on a', why: 'no such table: main.b' },
    })
    const second = await session.begin({ foreignKeys: 'off' })
    await session.execute('DROP TRIGGER g')
    await session.execute('DROP TABLE b')
    await expect(second.commit()).rejects.toMatchObject({ details: { object: 'view v', why: 'no such table: main.b' } })
    expect(await session.query('SELECT name FROM sqlite_schema WHERE type = ?', ['trigger'])).toEqual([
      { name: 'g' },
      { name: 'h' },
    ])
  })
})
