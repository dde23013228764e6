import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { d1Server } from '../../../kit/d1/d1-server.ts'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { migratesByLists, migratorOn, users } from '../lists/suite.ts'

const server = d1Server()

migratesByLists('D1', server)

describe('D1', () => {
  test('a rename reaches the foreign keys, whatever a list that failed has left set', async () => {
    const db = server().createDatabase()
    await migratorOn(db, users, (op) =>
      op.sql('CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id))'),
    ).upgrade('head')
    const failing = ['PRAGMA legacy_alter_table = ON', 'PRAGMA foreign_keys = OFF', 'SELECT no_such_column']
    expect((await db.send(failing.map((sql) => ({ sql })))).errors).toHaveLength(1)
    expect(await db.rows('PRAGMA legacy_alter_table')).toEqual([[1]])
    await migratorOn(
      db,
      users,
      () => undefined,
      (op) => op.renameTable('users', 'people'),
    ).upgrade('head')
    expect(await db.rows('SELECT name FROM sqlite_schema WHERE sql LIKE \'%REFERENCES "people"%\'')).toEqual([
      ['posts'],
    ])
  })

  test('without a token nothing is sent', async () => {
    const migrator = migratorOf(sqliteDialect({ url: 'd1://account/database' }), line(users))
    const error = await errorOf(migrator.status())
    expect([error.code, error.remedy]).toEqual([
      'DATABASE_UNREACHABLE',
      'Give it as `key`, or in CLOUDFLARE_API_TOKEN for the command line.',
    ])
  })
})
