import type { ServerSession } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { codeOf, one, open } from './kit.ts'

const rows = async (db: TestDatabase): Promise<unknown[]> =>
  (await db.sql('SELECT id FROM t ORDER BY id')).map((row) => Number(row.id))

async function table(db: TestDatabase): Promise<void> {
  await db.sql('CREATE TABLE t (id int PRIMARY KEY, a int) ENGINE=InnoDB; INSERT INTO t VALUES (1, 0), (2, 0)')
}

/** The session becomes the victim: it has changed less than the other one. */
async function deadlock(session: ServerSession, other: ServerSession): Promise<unknown> {
  await other.execute('UPDATE t SET a = a + 1 WHERE id = 2')
  await other.execute(
    'INSERT INTO t SELECT 100 + seq.n, 0 FROM (SELECT 1 n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) seq',
  )
  await session.execute('UPDATE t SET a = a + 1 WHERE id = 1')
  const waiting = other.execute('UPDATE t SET a = a + 1 WHERE id = 1')
  await new Promise((resolve) => setTimeout(resolve, 200))
  const outcome = await codeOf(session.execute('UPDATE t SET a = a + 1 WHERE id = 2'))
  await waiting
  return outcome
}

describeOnEach(['mariadb', 'mysql'], 'a transaction', (createDatabase) => {
  it('stays or goes as a whole', async () => {
    const db = await createDatabase()
    await table(db)
    const session = await open(db)
    const first = await session.begin()
    await session.execute('INSERT INTO t VALUES (3, 0)')
    expect(await rows(db)).toEqual([1, 2])
    await first.commit()
    const second = await session.begin()
    await session.execute('INSERT INTO t VALUES (4, 0)')
    await second.rollback()
    expect(await rows(db)).toEqual([1, 2, 3])
    await second.rollback()
    await second.commit()
    await session.execute('INSERT INTO t VALUES (5, 0)')
    expect(await rows(db)).toEqual([1, 2, 3, 5])
  })

  it('inside another is refused', async () => {
    const db = await createDatabase()
    const session = await open(db)
    const scope = await session.begin()
    await expect(session.begin()).rejects.toMatchObject({ code: 'ALREADY_IN_TRANSACTION' })
    await scope.rollback()
    await session.execute('START TRANSACTION')
    await expect(session.begin()).rejects.toMatchObject({ code: 'ALREADY_IN_TRANSACTION' })
    await session.execute('ROLLBACK')
    await (await session.begin()).commit()
  })

  it.each([
    'CREATE TABLE u (a int)',
    'ALTER TABLE t ADD b int',
    'TRUNCATE TABLE t',
    'COMMIT',
    'BEGIN',
    'LOCK TABLES t WRITE',
  ])('refuses %s, which would commit it', async (sql) => {
    const db = await createDatabase()
    await table(db)
    const session = await open(db)
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (3, 0)')
    await expect(session.execute(sql)).rejects.toMatchObject({ code: 'INTERNAL' })
    await scope.rollback()
    expect(await rows(db)).toEqual([1, 2])
  })

  it('that a procedure has committed is not continued', async () => {
    const db = await createDatabase()
    await table(db)
    await db.sql('CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (9, 0); COMMIT; END')
    const session = await open(db)
    const scope = await session.begin()
    await session.execute('CALL p()')
    expect(await codeOf(session.execute('INSERT INTO t VALUES (10, 0)'))).toBe('COMMIT_FAILED')
    expect(await codeOf(scope.commit())).toBe('COMMIT_FAILED')
    expect(await rows(db)).toEqual([1, 2, 9])
    await session.execute('INSERT INTO t VALUES (11, 0)')
  })

  it('that a deadlock has taken back is not continued', async () => {
    const db = await createDatabase()
    await table(db)
    const [session, other] = [await open(db), await open(db)]
    const [scope, otherScope] = [await session.begin(), await other.begin()]
    expect(await deadlock(session, other)).toBe(1213)
    expect(await codeOf(session.execute('INSERT INTO t VALUES (3, 0)'))).toBe('COMMIT_FAILED')
    expect(await codeOf(session.query('SELECT 1'))).toBe('COMMIT_FAILED')
    await expect(scope.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED', cause: { errno: 1213 } })
    await otherScope.commit()
    expect(await rows(db)).toEqual([1, 2, 101, 102, 103, 104])
    const next = await session.begin()
    await session.execute('INSERT INTO t VALUES (3, 0)')
    await next.commit()
    expect(await rows(db)).toEqual([1, 2, 3, 101, 102, 103, 104])
  })

  it('goes back to no savepoint that a deadlock has taken along', async () => {
    const db = await createDatabase()
    await table(db)
    const [session, other] = [await open(db), await open(db)]
    const [scope, otherScope] = [await session.begin(), await other.begin()]
    expect(
      await codeOf(
        session.savepoint(async () => {
          await other.execute('UPDATE t SET a = 5 WHERE id = 2')
          await other.execute('INSERT INTO t VALUES (50, 0), (51, 0), (52, 0), (53, 0)')
          await session.execute('UPDATE t SET a = 5 WHERE id = 1')
          const waiting = other.execute('UPDATE t SET a = 6 WHERE id = 1')
          await new Promise((resolve) => setTimeout(resolve, 200))
          await session.execute('UPDATE t SET a = 6 WHERE id = 2').finally(() => waiting)
        }),
      ),
    ).toBe(1213)
    expect(session.isOpen).toBe(true)
    await scope.rollback()
    await otherScope.rollback()
  })

  it('continues after a statement that failed, or waited too long', async () => {
    const db = await createDatabase()
    await table(db)
    const [session, other] = [await open(db), await open(db)]
    const [scope, otherScope] = [await session.begin(), await other.begin()]
    await other.execute('UPDATE t SET a = 1 WHERE id = 1')
    await session.execute('INSERT INTO t VALUES (3, 0)')
    expect(await codeOf(session.execute('INSERT INTO t VALUES (3, 0)'))).toBe(1062)
    await session.limit?.({ lockMs: 1_000 })
    expect(await codeOf(session.execute('UPDATE t SET a = 2 WHERE id = 1'))).toBe(1205)
    await session.execute('INSERT INTO t VALUES (4, 0)')
    await scope.commit()
    await otherScope.rollback()
    expect(await rows(db)).toEqual([1, 2, 3, 4])
  })

  it('has savepoints inside savepoints', async () => {
    const db = await createDatabase()
    await table(db)
    const session = await open(db)
    expect(await codeOf(session.savepoint(async () => undefined))).toBe('INTERNAL')
    const scope = await session.begin()
    const given = await session.savepoint(async () => {
      await session.execute('INSERT INTO t VALUES (3, 0)')
      await expect(
        session.savepoint(async () => {
          await session.execute('INSERT INTO t VALUES (4, 0)')
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      await session.savepoint(() => session.execute('INSERT INTO t VALUES (5, 0)'))
      return 'given'
    })
    expect(given).toBe('given')
    await scope.commit()
    expect(await rows(db)).toEqual([1, 2, 3, 5])
  })

  it('of a session that is closed is rolled back when close() returns', async () => {
    const db = await createDatabase()
    await table(db)
    const session = await open(db)
    await session.begin()
    await session.execute('UPDATE t SET a = 7 WHERE id = 1')
    await session.close()
    expect(session.isOpen).toBe(false)
    expect(await codeOf(session.query('SELECT 1'))).toBe('SESSION_CLOSED')
    expect(await db.sql('SELECT a FROM t WHERE id = 1 FOR UPDATE NOWAIT')).toMatchObject([{ a: 0 }])
    await session.close()
  })

  it('to look at writes nothing', async () => {
    const db = await createDatabase()
    await table(db)
    const session = await open(db, { purpose: 'inspect' })
    expect(await codeOf(session.execute('INSERT INTO t VALUES (3, 0)'))).toBe(1792)
    expect(await codeOf(session.execute('CREATE TABLE u (a int)'))).toBe(1792)
    const scope = await session.begin()
    expect(await one(session, 'SELECT COUNT(*) FROM t')).toBe(2n)
    expect(await codeOf(session.execute('DELETE FROM t'))).toBe(1792)
    await scope.commit()
    expect(await rows(db)).toEqual([1, 2])
  })
})

describeOnEach(['mariadb', 'mysql'], 'statements that are asked for at once', (createDatabase) => {
  it('run one after the other', async () => {
    const session = await open(await createDatabase())
    await session.execute('CREATE TABLE t (id int PRIMARY KEY)')
    await Promise.all([1, 2, 3, 4].map((id) => session.execute('INSERT INTO t VALUES (?)', [id])))
    const answers = await Promise.all([1, 2, 3, 4].map((id) => one(session, 'SELECT id FROM t WHERE id = ?', [id])))
    expect(answers).toEqual([1n, 2n, 3n, 4n])
    const [scope, sum] = await Promise.all([session.begin(), one(session, 'SELECT SUM(id) FROM t')])
    expect(sum).toBe('10')
    await scope.rollback()
  })
})
