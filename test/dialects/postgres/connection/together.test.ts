import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { describeOnEach } from '../../../kit/own-sessions.ts'
import { open } from './kit.ts'

const insert = (id: bigint, text: string | null) => ({
  sql: 'INSERT INTO notes (id, text) SELECT ?, ?',
  params: [id, text],
})

describeOnEach(['postgres', 'postgres-next'], 'statements sent together', (createDatabase) => {
  test('keep every value, and answer in their order', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE notes (id bigint PRIMARY KEY, text varchar(99))')
    const session = await open(database.url)
    const scope = await session.begin()
    const outcomes = await session.together?.([
      insert(1n, `it's "?" and \\n $1 ?? -- é 🜚`),
      insert(-9223372036854775808n, null),
      { sql: 'UPDATE notes SET text = ?', params: ['no more'] },
      { sql: "DELETE FROM notes WHERE id = ? OR text = '?'", params: [7n] },
      insert(2n, '\\'),
    ])
    expect(outcomes?.map(({ changes }) => changes)).toEqual([1, 1, 2, 0, 1])
    await scope.commit()
    expect(await database.sql('SELECT id::text, text FROM notes ORDER BY notes.id')).toEqual([
      { id: '-9223372036854775808', text: 'no more' },
      { id: '1', text: 'no more' },
      { id: '2', text: '\\' },
    ])
  })

  test('fail with what the first of them failed with, and nothing stays', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE notes (id bigint PRIMARY KEY, text varchar(99))')
    const session = await open(database.url)
    const scope = await session.begin()
    const sent = session.together?.([insert(1n, 'a'), insert(1n, 'b'), insert(2n, 'c'), insert(1n, 'd')])
    await expect(sent).rejects.toMatchObject({ code: '23505' })
    await scope.rollback()
    expect(await database.sql('SELECT * FROM notes')).toEqual([])
  })

  test('that a signal ends fail with its reason, and not with what the server says of those behind', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const running = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"
    const isRunning = () => expect.poll(() => database.sql(running), { interval: 5 }).toHaveLength(1)
    for (const reached of [() => sleep(0), () => sleep(5), isRunning]) {
      const stop = new AbortController()
      const scope = await session.begin({ signal: stop.signal })
      const reads = ['SELECT pg_sleep(3)', 'SELECT 1 AS a', 'SELECT 2 AS a'].map((sql) => ({ sql, columns: [] }))
      const outcome = session.queryTogether?.(reads).then(
        () => 'answered',
        (error: Error) => error.message,
      )
      await reached()
      stop.abort(new Error('stopped'))
      // What reaches the server before the statement does ends nothing.
      expect(reached === isRunning ? ['stopped'] : ['stopped', 'answered']).toContain(await outcome)
      await scope.rollback()
    }
  })
})
