import { expect, test } from 'vitest'
import { describeOnEach } from '../../../kit/own-sessions.ts'
import { open } from './kit.ts'

describeOnEach(['postgres', 'postgres-next'], 'a session', (createDatabase) => {
  test('gives rows and counts changes', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    await session.execute('CREATE TABLE t (id bigint PRIMARY KEY, name text, ok boolean, body jsonb, bytes bytea)')
    expect(
      await session.execute('INSERT INTO t VALUES (?, ?, ?, ?, ?)', [1n, 'one', 1n, '{"a": 1}', Buffer.from([0, 255])]),
    ).toEqual({ changes: 1 })
    const [row] = await session.query('SELECT *, ok AND true AS also FROM t WHERE id = ?', [1])
    expect({ ...row }).toEqual({
      id: 1n,
      name: 'one',
      ok: true,
      body: '{"a": 1}',
      bytes: Buffer.from([0, 255]),
      also: 1n,
    })
  })
})
