import type { ServerSession } from '@org/migrate-core/dialect'
import { expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { countRoundTrips } from '../../kit/round-trips.ts'
import { describeOnEach, familyOf, type TestDatabase } from '../../kit/servers.ts'

describeOnEach(['postgres', 'mariadb'], 'the last statements of a transaction', (createDatabase, server) => {
  async function connectTo(): Promise<{ readonly database: TestDatabase; readonly session: ServerSession }> {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id integer PRIMARY KEY, name varchar(99))')
    await database.sql("INSERT INTO t VALUES (1, 'a'), (2, 'a')")
    const { connection } = dialectFor(familyOf(server), database.url)
    const session = await connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    return { database, session }
  }
  const rows = (database: TestDatabase): Promise<unknown> => database.sql('SELECT name FROM t ORDER BY id')
  const rename = (id: bigint, name: string) => ({ sql: 'UPDATE t SET name = ? WHERE id = ?', params: [name, id] })
  const unlessOneRow = (count: number): Error => new Error(`${count} rows`)

  it('are committed with it, in one round trip', async () => {
    const { database, session } = await connectTo()
    const scope = await session.begin()
    const count = countRoundTrips(database.url)
    await scope.commitWith?.([
      { sql: 'SELECT 1 FROM t WHERE id = 1', unlessOneRow },
      { ...rename(1n, 'a'), unlessOneRow },
      { ...rename(2n, `it's ; "?" \\n – é`), unlessOneRow },
      { sql: 'INSERT INTO t (id, name) SELECT (SELECT MAX(id) + 1 FROM t), ?', params: [null] },
    ])
    expect(count()).toBe(1)
    expect(await rows(database)).toEqual([{ name: 'a' }, { name: `it's ; "?" \\n – é` }, { name: null }])
    await expect((await session.begin()).commit()).resolves.toBeUndefined()
  })

  it('are not where one changed another number of rows, or a query gave none', async () => {
    const { database, session } = await connectTo()
    for (const refused of [
      { closing: { ...rename(9n, 'b'), unlessOneRow }, message: '0 rows' },
      { closing: { sql: "UPDATE t SET name = 'c'", unlessOneRow }, message: '2 rows' },
      { closing: { sql: 'SELECT 1 FROM t WHERE id = 9', unlessOneRow }, message: '0 rows' },
    ]) {
      const scope = await session.begin()
      const committed = scope.commitWith?.([{ ...rename(1n, 'b'), unlessOneRow }, refused.closing, rename(2n, 'b')], {})
      await expect(committed).rejects.toThrow(refused.message)
      expect(await rows(database)).toEqual([{ name: 'a' }, { name: 'a' }])
      await session.execute("UPDATE t SET name = 'a' WHERE id = 1")
    }
  })

  it('are not where one fails, and the error is that of the statement', async () => {
    const { database, session } = await connectTo()
    const scope = await session.begin()
    await session.execute("UPDATE t SET name = 'b'")
    const committed = scope.commitWith?.([rename(1n, 'b'), { sql: "INSERT INTO t VALUES (1, 'c')" }], {})
    await expect(committed).rejects.toMatchObject(server === 'postgres' ? { code: '23505' } : { errno: 1062 })
    expect(await rows(database)).toEqual([{ name: 'a' }, { name: 'a' }])
    await session.execute("UPDATE t SET name = 'd' WHERE id = 1")
    expect(await rows(database)).toEqual([{ name: 'd' }, { name: 'a' }])
  })

  it('are not once the signal has spoken', async () => {
    const { database, session } = await connectTo()
    const stop = new AbortController()
    const scope = await session.begin({ signal: stop.signal })
    await session.execute("UPDATE t SET name = 'b'")
    stop.abort(new Error('enough'))
    await expect(scope.commitWith?.([rename(1n, 'b')], {})).rejects.toThrow('enough')
    expect(await rows(database)).toEqual([{ name: 'a' }, { name: 'a' }])
  })
})

describeOnEach(['postgres'], 'the next transaction', (createDatabase) => {
  async function closeFirst(next: { readonly deferred?: true }) {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id integer PRIMARY KEY)')
    await database.sql('CREATE TABLE u (id integer REFERENCES t DEFERRABLE INITIALLY DEFERRED)')
    const session = await dialectFor('postgres', database.url).connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    const scope = await session.begin()
    const closed = scope.commitWith?.([{ sql: `INSERT INTO ${next.deferred ? 'u' : 't'} VALUES (1)` }], {})
    return { database, session, closed }
  }

  it('is begun with the commit of the one before, and stands for itself', async () => {
    const { database, session, closed } = await closeFirst({})
    const scope = await closed
    await session.execute('INSERT INTO t VALUES (2)')
    expect(await database.sql('SELECT id FROM t')).toEqual([{ id: 1 }])
    await scope?.rollback()
    expect(await database.sql('SELECT id FROM t')).toEqual([{ id: 1 }])
    await session.execute('INSERT INTO t VALUES (3)')
    expect(await database.sql('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }])
  })

  it('is not open where the commit was refused', async () => {
    const { database, session, closed } = await closeFirst({ deferred: true })
    await expect(closed).rejects.toMatchObject({ code: 'FOREIGN_KEY_VIOLATION' })
    expect(await database.sql('SELECT id FROM u')).toEqual([])
    await session.execute('INSERT INTO t VALUES (4)')
    expect(await database.sql('SELECT id FROM t')).toEqual([{ id: 4 }])
  })
})

describeOnEach(['mariadb'], 'a note that was left for later', (createDatabase) => {
  async function connectTo() {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id integer PRIMARY KEY, name varchar(99))')
    await database.sql("INSERT INTO t VALUES (1, 'a'), (2, 'a')")
    const stop = new AbortController()
    const { connection } = dialectFor('mysql', database.url)
    const session = await connection.connect({ purpose: 'run', signal: stop.signal })
    onTestFinished(() => session.close())
    const note = (id: bigint): void =>
      session.later?.({
        sql: 'UPDATE t SET name = ? WHERE id = ?',
        params: ['noted', id],
        unlessOneRow: (rows) => new Error(`${rows} noted`),
      })
    const names = async (): Promise<unknown> =>
      (await database.sql('SELECT name FROM t ORDER BY id')).map(({ name }) => name)
    return { database, session, stop, note, names }
  }

  it('is committed before the next statement is sent, also where that one fails', async () => {
    const { session, note, names } = await connectTo()
    note(1n)
    expect(await names()).toEqual(['a', 'a'])
    await expect(session.execute('ALTER TABLE absent ADD COLUMN b integer')).rejects.toMatchObject({ errno: 1146 })
    expect(await names()).toEqual(['noted', 'a'])
  })

  it('is committed before a transaction in which a statement was sent, and stays when that is rolled back', async () => {
    const { session, note, names } = await connectTo()
    note(1n)
    const scope = await session.begin()
    await session.execute("UPDATE t SET name = 'b' WHERE id = 2")
    await scope.rollback()
    expect(await names()).toEqual(['noted', 'a'])
  })

  it('is committed in one round trip with the statements of the next commit', async () => {
    const { database, session, note, names } = await connectTo()
    note(1n)
    const scope = await session.begin()
    const count = countRoundTrips(database.url)
    await scope.commitWith?.([{ sql: "UPDATE t SET name = 'b' WHERE id = 2" }])
    expect(count()).toBe(1)
    expect(await names()).toEqual(['noted', 'b'])
  })

  it('is sent with the next statement where the commit was refused for another one', async () => {
    const { session, note, names } = await connectTo()
    note(1n)
    const scope = await session.begin()
    const refused = {
      sql: "UPDATE t SET name = 'b' WHERE id = 9",
      unlessOneRow: (rows: number) => new Error(`${rows}`),
    }
    await expect(scope.commitWith?.([refused])).rejects.toThrow('0')
    expect(await names()).toEqual(['a', 'a'])
    await session.query('SELECT 1')
    expect(await names()).toEqual(['noted', 'a'])
  })

  it('that changes no row is the error of what is sent with it, which is neither sent nor committed', async () => {
    const { session, note, names } = await connectTo()
    note(9n)
    await expect(session.execute("UPDATE t SET name = 'b'")).rejects.toThrow('0 noted')
    note(9n)
    const scope = await session.begin()
    await expect(scope.commitWith?.([{ sql: "UPDATE t SET name = 'b'" }])).rejects.toThrow('0 noted')
    expect(await names()).toEqual(['a', 'a'])
    await session.execute("UPDATE t SET name = 'c' WHERE id = 1")
    expect(await names()).toEqual(['c', 'a'])
  })

  it('is sent although the signal has spoken, and what follows is not', async () => {
    const { session, stop, note, names } = await connectTo()
    note(1n)
    stop.abort(new Error('enough'))
    await expect(session.execute("UPDATE t SET name = 'b'")).rejects.toThrow('enough')
    expect(await names()).toEqual(['noted', 'a'])
  })
})
