import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expression, type OperationRecorder } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { freePort } from '../../../kit/servers/ports.mjs'
import { sqldServer } from '../../../kit/sqld/sqld-server.ts'
import { migratesByLists, migratorOn, users } from '../lists/suite.ts'

const server = sqldServer()

migratesByLists('libSQL over HTTP', server)

describe('a URL of libSQL', () => {
  test.each([
    ['libsql://', /names no host/],
    ['libsql:shop.turso.io', /names no host/],
    ['libsql://user:geheim@shop.turso.io', /a token stands in authToken/],
    ['libsql://shop.turso.io?token=geheim', /there is no parameter "token"/],
    ['libsql://shop.turso.io?tls=yes', /`tls` is 0 or 1/],
  ])('%s is refused', (url, why) => {
    const dialect = () => sqliteDialect({ url })
    expect(dialect).toThrow(expect.objectContaining({ code: 'INVALID_URL', message: expect.stringMatching(why) }))
    expect(dialect).toThrow(expect.not.objectContaining({ message: expect.stringContaining('geheim') }))
  })

  test('its token goes to the server, and is named nowhere', async () => {
    const authorizations: (string | undefined)[] = []
    const door = createServer((request, response) => {
      authorizations.push(request.headers.authorization)
      const isFirst = authorizations.length === 1
      response.writeHead(401).end(isFirst ? '{"error":"the token is not known here"}' : 'the token is not known here')
    })
    await new Promise<void>((resolve) => void door.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void door.close())
    const host = `127.0.0.1:${(door.address() as AddressInfo).port}`
    const { connection } = sqliteDialect({ url: `libsql://${host}/a?tls=0&authToken=geheim` })
    expect(connection.database).toBe(`libsql://${host}/a`)
    for (const options of [
      { url: `libsql://${host}?tls=0&authToken=geheim` },
      { url: `libsql://${host}?tls=0`, key: 'geheim' },
    ]) {
      const error = await errorOf(migratorOf(sqliteDialect(options), line(users)).status())
      expect(error.message).toBe(
        `cannot reach libsql://${host}: the token was refused: the token is not known here (HTTP 401)`,
      )
      expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE', details: { isRefused: true } })
    }
    expect(new Set(authorizations)).toEqual(new Set(['Bearer geheim']))
  })

  test('a server that is not there was sent nothing', async () => {
    const host = `127.0.0.1:${await freePort()}`
    const error = await errorOf(migratorOf(sqliteDialect({ url: `libsql://${host}?tls=0` }), line(users)).upgrade())
    expect([error.code, error.message]).toEqual(['DATABASE_UNREACHABLE', `cannot reach libsql://${host}: ECONNREFUSED`])
  })
})

test('what the parser of the server refuses is named, and nothing of its revision is done', async () => {
  const db = await server().createDatabase()
  const migrator = migratorOn(db, users, (op) => {
    op.sql("INSERT INTO users VALUES (1, 'a')")
    op.sql('VACUUM')
  })
  const error = await errorOf(migrator.upgrade('head'))
  expect(error.message).toMatch(/VACUUM failed: .*unsupported statement: VACUUM/)
  expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([['r1']])
  expect(await db.rows('SELECT count(*) FROM users')).toEqual([[0]])
})

test('a rebuild with children keeps every row, with foreign keys on', async () => {
  const db = await server().createDatabase()
  await migratorOn(db, users, (op) => {
    op.sql(
      'CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE)',
    )
    op.sql("INSERT INTO users VALUES (1, 'a'), (2, 'b')")
    op.sql('INSERT INTO posts VALUES (7, 1), (8, 2)')
  }).upgrade('head')
  await migratorOn(
    db,
    users,
    () => undefined,
    (op) => op.alterColumn('users', 'name', { nullable: false }),
  ).upgrade('head')
  expect(await db.rows('SELECT * FROM posts ORDER BY id')).toEqual([
    [7, 1],
    [8, 2],
  ])
  expect(await db.rows(`SELECT "notnull" FROM pragma_table_info('users') WHERE name = 'name'`)).toEqual([[1]])
  await expect(db.rows('DELETE FROM users WHERE id = 1')).resolves.toEqual([])
  expect(await db.rows('SELECT id FROM posts')).toEqual([[8]])
})

test('a rebuild of a table that a view names is refused before anything is sent, and runs with the view dropped around it', async () => {
  const db = await server().createDatabase()
  const view = expression('SELECT id, name FROM users')
  await migratorOn(db, users, (op) => {
    op.createView('named', view)
    op.sql("INSERT INTO users VALUES (1, 'a')")
  }).upgrade('head')
  const required = (op: OperationRecorder): void => op.alterColumn('users', 'name', { nullable: false })
  const error = await errorOf(migratorOn(db, users, () => undefined, required).upgrade('head'))
  expect([error.code, error.message, error.remedy]).toEqual([
    'UNSUPPORTED',
    'a rebuild of users: the view named names it, and libSQL over HTTP renames no table that such an object reads',
    'Drop the view or the trigger before this change, and create it again behind it.',
  ])
  expect(await db.rows('SELECT version_num FROM migrate_version')).toEqual([['r2']])
  await migratorOn(
    db,
    users,
    () => undefined,
    (op) => {
      op.dropView('named')
      required(op)
      op.createView('named', view)
    },
  ).upgrade('head')
  expect(await db.rows('SELECT * FROM named')).toEqual([[1, 'a']])
})
