import type { StepDatabase } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, test } from 'vitest'
import { stepCallForm } from '../../../packages/core/src/data-steps/call-forms.ts'
import { errorOf, line } from '../../kit/migrator.ts'
import { migratorOn, temporaryFolder } from './kit.ts'

// What an author calls on `db` without a type checker.

const folder = temporaryFolder()
const file = (): string => `${folder.path}/db.sqlite`

beforeEach(() => {
  const client = new Database(file())
  client.exec(`CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, age INTEGER);
    INSERT INTO accounts VALUES (1, 'ann@a.org', 20), (2, 'bob@b.org', 30)`)
  client.close()
})

function accounts(): unknown[] {
  const client = new Database(file())
  try {
    return client.prepare('SELECT id, email, age FROM accounts').raw().all()
  } finally {
    client.close()
  }
}

/** Runs a line of a data step as its author writes it. */
const run = (code: string, work: (db: StepDatabase) => unknown = () => undefined) => {
  const body = new Function('db', `return (async () => { ${code} })()`)
  return migratorOn(
    file(),
    line((op) =>
      op.run('step', async (db) => {
        await body(db)
        await work(db)
      }),
    ),
  ).upgrade()
}

describe('a call of db with something else than it takes is refused with the line to write', () => {
  const backfill =
    "; write it like await db.backfill({ table: 'accounts', columns: ['email'], step: async (rows) => { … } })"
  const updateEach =
    "; write it like await db.updateEach({ table: 'accounts', rows: [{ key: { id: 1 }, set: { email: 'a@b.org' } }] })"
  const execute = "; write it like await db.execute('UPDATE accounts SET age = ? WHERE id = ?', [18, 1])"
  const preserve =
    "; write it like await db.preserve({ table: 'accounts', key: { id }, column: 'email', value: email, written: mail })"
  test.each([
    [
      "await db.backfill('accounts', async () => {})",
      `db.backfill: an object is expected, and it is a string${backfill}`,
    ],
    [
      "await db.backfill({ table: 'accounts', columns: 'email', step: async () => {} })",
      `db.backfill: \`columns\`: a list of texts is expected, and it is a string${backfill}`,
    ],
    [
      "await db.backfill({ table: 'accounts', step: async () => {} })",
      `db.backfill: \`columns\`: a list of texts is expected, and it is undefined${backfill}`,
    ],
    [
      "await db.backfill({ table: 'accounts', columns: ['email'], batchSize: 9, step: async () => {} })",
      `db.backfill: there is no option \`batchSize\`; known are table, key, columns, where, params, batch, step${backfill}`,
    ],
    [
      "await db.backfill({ table: 'accounts', columns: ['email'] })",
      `db.backfill: \`step\`: a function is expected, and it is undefined${backfill}`,
    ],
    [
      "await db.backfill({ table: 'accounts', columns: [], where: { age: 20 }, step: async () => {} })",
      `db.backfill: \`where\`: a text is expected, and it is an object${backfill}`,
    ],
    [
      "await db.backfill({ table: 'accounts', columns: [], batch: 0, step: async () => {} })",
      `db.backfill: \`batch\`: a number from 1 on is expected${backfill}`,
    ],
    [
      "await db.updateEach({ table: 'accounts', rows: [{ id: 1, age: 2 }] })",
      `db.updateEach: \`rows\`: row 1: \`key\`: an object of columns and their values is expected${updateEach}`,
    ],
    [
      "await db.updateEach({ table: 'accounts', rows: [{ key: { id: 1 }, set: { email: ({}).emial } }] })",
      `db.updateEach: \`rows\`: row 1: \`set\`: email is undefined; null is an SQL NULL${updateEach}`,
    ],
    [
      "await db.updateEach({ table: 'accounts', rows: [{ key: { id: ({}).ID }, set: { email: 'x' } }] })",
      `db.updateEach: \`rows\`: row 1: \`key\`: id is undefined; null is an SQL NULL${updateEach}`,
    ],
    [
      "await db.preserve('accounts', 1, 'email', 'x')",
      `db.preserve: an object is expected, and it is a string${preserve}`,
    ],
    [
      "await db.preserve({ table: 'accounts', key: { id: 1 }, column: 'email', value: 'x' })",
      `db.preserve: \`written\`: it is undefined; null is an SQL NULL${preserve}`,
    ],
    [
      "await db.restore('accounts', 'email')",
      "db.restore: an object is expected, and it is a string; write it like await db.restore({ table: 'accounts', column: 'email' })",
    ],
    [
      "await db.execute('UPDATE accounts SET age = ?', 1)",
      `db.execute: a list is expected, and it is a number${execute}`,
    ],
    [
      "await db.execute({ sql: 'DELETE FROM accounts' })",
      `db.execute: a text is expected, and it is an object${execute}`,
    ],
    [
      'await db.transaction()',
      'db.transaction: a function is expected, and it is undefined; write it like await db.transaction(async (db) => { … })',
    ],
    [
      'db.report({ id: 1 })',
      "db.report: a text is expected, and it is an object; write it like db.report('accounts without an email', '17')",
    ],
  ])('%s', async (code, message) => {
    const error = await errorOf(run(code))
    expect([error.code, error.message]).toEqual(['INVALID_OPTION', message])
    expect(accounts()).toEqual([
      [1, 'ann@a.org', 20],
      [2, 'bob@b.org', 30],
    ])
  })
})

test('what db has not is answered with what it has', async () => {
  const failed = async (code: string) => {
    const { code: name, message } = await errorOf(run(code))
    return [name, message]
  }
  expect(await failed("await db.raw('SELECT 1')")).toEqual([
    'DATA_STEP_FAILED',
    'The data step "step" failed: db.raw is not a function: there is no db.raw; ' +
      "use await db.execute('UPDATE accounts SET age = ? WHERE id = ?', [18, 1])",
  ])
  expect(await failed('await db.update_each({})')).toEqual([
    'DATA_STEP_FAILED',
    'The data step "step" failed: db.update_each is not a function: there is no db.update_each; ' +
      "use await db.updateEach({ table: 'accounts', rows: [{ key: { id: 1 }, set: { email: 'a@b.org' } }] })",
  ])
  expect(await failed('await db.user.updateMany({})')).toEqual([
    'DATA_STEP_FAILED',
    'The data step "step" failed: Cannot read properties of undefined (reading \'updateMany\'): there is no db.user; ' +
      'it has backfill, columns, execute, indexes, preserve, primaryKey, query, readPreserved, report, restore, tableNames, ' +
      'transaction, uniqueConstraints, updateEach',
  ])
  expect(await failed("db.raw; throw new TypeError('no such mail')")).toEqual([
    'DATA_STEP_FAILED',
    'The data step "step" failed: no such mail',
  ])
})

test('so does the db of a hook, which has no preserved values', async () => {
  const beforeRevision = new Function('{ db }', "return db.insert('accounts', { id: 3 })") as () => Promise<void>
  const refused = await errorOf(
    migratorOn(
      file(),
      line((op) => op.run('step', async () => undefined)),
      { beforeRevision },
    ).upgrade(),
  )
  expect([refused.code, refused.message]).toEqual([
    'HOOK_FAILED',
    'The hook `beforeRevision` failed: db.insert is not a function: there is no db.insert; ' +
      "use await db.execute('UPDATE accounts SET age = ? WHERE id = ?', [18, 1])",
  ])
})

test('calls that are not awaited are named', async () => {
  const refused = await errorOf(
    run("db.execute('DELETE FROM accounts'); db.execute('DELETE FROM accounts'); db.columns('accounts')"),
  )
  expect([refused.code, refused.message]).toEqual([
    'DATA_STEP_NOT_AWAITED',
    'The data step "step" ended without awaiting 3 of its calls: db.execute, db.columns.',
  ])
  const accidental = await errorOf(run("(async () => { await db.query('SELECT 1') })()"))
  expect(accidental.message).toBe('The data step "step" ended without awaiting 1 of its calls: db.query.')
})

test('each method of db is called as a message shows it', async () => {
  const shown: string[] = []
  await run('', async (db) => {
    for (const method of Object.keys(db).filter((name) => name !== 'dialect' && name !== 'arguments')) {
      const form = stepCallForm(method as never).replaceAll('{ … }', '{}')
      shown.push(method)
      await new Function('db', 'id', 'email', 'mail', `return (async () => { ${form} })()`)(
        db,
        1n,
        'ann@a.org',
        'ann@c.org',
      )
    }
  })
  expect(shown).toHaveLength(14)
})

test('an error of a call has the line that called it', async () => {
  const refused = await errorOf(
    migratorOn(
      file(),
      line((op) => op.run('step', async (db) => void (await db.execute('DELETE FROM accounts', 1 as never)))),
    ).upgrade(),
  )
  expect(refused.stack).toMatch(/call-forms\.test\.ts:\d+:\d+/)
})
