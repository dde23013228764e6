import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { integer, isMigrateError, type MigrateError, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, type Recorded } from '../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, snapshot, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const users: Recorded = (op) => {
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('email', text())
    t.primaryKey(['id'])
  })
}

async function errorOf(work: Promise<unknown>): Promise<MigrateError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isMigrateError(error)) throw new Error(`no MigrateError but ${String(error)}`)
  return error
}

test('a revision that fails in its third statement leaves schema, data and version as before', async () => {
  const file = join(folder.path, 'a.db')
  await migratorOn(file, line(users)).upgrade()
  executeIn(file, "INSERT INTO users VALUES (1, 'a@x'), (2, 'a@x')")
  const before = snapshot(file)
  const broken: Recorded = (op) => {
    op.alterTable('users', (t) => t.addColumn('name', text()))
    op.insertRows('users', [{ id: 3, email: 'c@x' }])
    op.createIndex('users', 'users_email', ['email'], { unique: true })
  }
  const error = await errorOf(migratorOn(file, line(users, broken)).upgrade())
  expect(error.code).toBe('BLOCKING_ROWS')
  expect(error.location).toMatchObject({
    tier: 'main',
    revision: 'r2',
    direction: 'up',
    operation: 'create unique index users_email on users',
  })
  expect(error.location.sql).toContain('CREATE UNIQUE INDEX')
  expect(error.location.source).toContain('failure.test.ts')
  expect(error.remedy).toContain('run it again')
  expect(error.outcome).toBe('unchanged')
  expect((error.cause as Error).message).toContain('UNIQUE constraint failed')
  expect(snapshot(file)).toBe(before)

  const fixed: Recorded = (op) => {
    op.run('one email each', {
      up: async (db) => void (await db.execute('DELETE FROM "users" WHERE "id" = ?', [2n])),
      down: 'none',
    })
    broken(op)
  }
  await migratorOn(file, line(users, fixed)).upgrade()
  expect(rowsOf(file, 'SELECT id, name FROM users ORDER BY id')).toEqual([
    { id: 1, name: null },
    { id: 3, name: null },
  ])
  expect(rowsOf(file, 'SELECT * FROM migrate_version')).toEqual([{ version_num: 'r2' }])
})

test('with a transaction per revision the finished ones stay; with one for the run nothing does', async () => {
  const each = join(folder.path, 'each.db')
  const failing = line(users, (op) =>
    op.run('boom', async () => {
      throw new Error('boom')
    }),
  )
  await errorOf(migratorOn(each, failing, { transaction: 'revision' }).upgrade())
  expect(rowsOf(each, 'SELECT * FROM migrate_version')).toEqual([{ version_num: 'r1' }])

  const whole = join(folder.path, 'whole.db')
  const error = await errorOf(migratorOn(whole, failing).upgrade())
  expect(error).toMatchObject({ code: 'DATA_STEP_FAILED', outcome: 'rolledBack', location: { revision: 'r2' } })
  expect(rowsOf(whole, 'SELECT count(*) AS n FROM sqlite_master')).toEqual([{ n: 0 }])
})

test('an error while planning makes no file', async () => {
  const file = join(folder.path, 'none.db')
  const chain = line((op) => op.alterTable('missing', (t) => t.addColumn('a', text())))
  const error = await errorOf(migratorOn(file, chain).upgrade())
  expect(error).toMatchObject({ code: 'OBJECT_MISSING', location: { revision: 'r1' } })
  expect(existsSync(file)).toBe(false)
  expect((await errorOf(migratorOn(file, line(users)).upgrade('nope'))).code).toBe('UNKNOWN_REVISION')
  expect(existsSync(file)).toBe(false)
})

test('a swallowed COMMIT would be seen: deferred violations surface as an error, nothing stays', async () => {
  const file = join(folder.path, 'deferred.db')
  const chain = line(
    (op) => {
      op.createTable('parent', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
      op.createTable('child', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('parent', integer())
        t.primaryKey(['id'])
        t.foreignKey({ columns: ['parent'], references: { table: 'parent', columns: ['id'] }, deferrable: 'deferred' })
      })
    },
    (op) =>
      op.run('orphan', async (db) => void (await db.execute('INSERT INTO "child" ("id", "parent") VALUES (1, 99)'))),
  )
  await migratorOn(file, chain).upgrade('r1')
  const before = snapshot(file)
  const error = await errorOf(migratorOn(file, chain).upgrade())
  expect(['FOREIGN_KEY_VIOLATION', 'COMMIT_FAILED']).toContain(error.code)
  expect(error.location.revision).toBe('r2')
  expect(snapshot(file)).toBe(before)
})

test('rows in the way of NOT NULL are named, and nothing is changed', async () => {
  const file = join(folder.path, 'null.db')
  await migratorOn(file, line(users)).upgrade()
  executeIn(file, "INSERT INTO users VALUES (1, 'a@x'), (7, NULL)")
  const before = snapshot(file)
  const error = await errorOf(
    migratorOn(
      file,
      line(users, (op) => op.alterTable('users', (t) => t.alterColumn('email', { nullable: false }))),
    ).upgrade(),
  )
  expect(error.code).toBe('BLOCKING_ROWS')
  expect(error.message).toContain('7')
  expect(snapshot(file)).toBe(before)
})
