import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { integer, isMigrateError, type Revision, text, varchar } from '@org/migrate-core'
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

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (isMigrateError(error) ? error.code : String(error)),
  )
}

test('plan changes nothing, is JSON and frozen, and lists the statements', async () => {
  const file = join(folder.path, 'a.db')
  await migratorOn(file, line(users)).upgrade()
  const bytes = readFileSync(file)
  const chain = line(users, (op) =>
    op.alterTable('users', (t) => t.addColumn('locale', varchar(5), { nullable: false, default: 'en' })),
  )
  const plan = await migratorOn(file, chain).plan()
  expect(readFileSync(file).equals(bytes)).toBe(true)
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  expect(Object.isFrozen(plan.steps)).toBe(true)
  expect(
    plan.steps.map((step) => [
      step.revision,
      step.direction,
      step.operations.flatMap((each) => each.statements.map((s) => s.sql)),
    ]),
  ).toEqual([['r2', 'up', [`ALTER TABLE main."users" ADD COLUMN "locale" VARCHAR(5) NOT NULL DEFAULT 'en'`]]])
})

test('a plan is run; one that the database left behind is refused', async () => {
  const file = join(folder.path, 'b.db')
  const chain = line(users, (op) => op.dropTable('users'))
  const migrator = migratorOn(file, chain)
  const plan = await migrator.plan('r1')
  const types: string[] = []
  for await (const event of migrator.run(plan)) types.push(event.type)
  expect(types).toEqual(['started', 'databaseCreated', 'stepStarted', 'statement', 'stepFinished', 'finished'])
  const second = (async () => {
    for await (const _ of migrator.run(plan));
  })()
  expect(await codeOf(second)).toBe('PLAN_STALE')
})

test('a plan is refused once a revision of it has another parent, although the statements are the same', async () => {
  const file = join(folder.path, 'moved.db')
  const branches = (parent: string): readonly Revision[] => [
    { revision: 'r1', downRevision: null, upgrade: users },
    { revision: 'r2', downRevision: 'r1', upgrade: (op) => op.createTable('b', (t) => t.column('id', integer())) },
    { revision: 'r3', downRevision: parent, upgrade: (op) => op.createTable('c', (t) => t.column('id', integer())) },
  ]
  await migratorOn(file, branches('r1')).upgrade('r1')
  const plan = await migratorOn(file, branches('r1')).plan('heads')
  expect(plan.steps.map(({ revision }) => revision)).toEqual(['r2', 'r3'])
  const running = (async () => {
    for await (const _ of migratorOn(file, branches('r2')).run(plan));
  })()
  expect(await codeOf(running)).toBe('PLAN_STALE')
})

test('a reader of run() that stops early stops the run at a boundary', async () => {
  const file = join(folder.path, 'c.db')
  const chain = line(
    users,
    ...Array.from(
      { length: 30 },
      (_, at): Recorded =>
        (op) =>
          op.alterTable('users', (t) => t.addColumn(`c${at}`, text())),
    ),
  )
  const migrator = migratorOn(file, chain, { transaction: 'revision' })
  for await (const event of migrator.run(await migrator.plan())) if (event.type === 'stepFinished') break
  const [row] = rowsOf(file, 'SELECT * FROM migrate_version') as { version_num: string }[]
  const columns = rowsOf(file, 'PRAGMA table_info(users)').length
  expect(`r${columns - 1}`).toBe(row?.version_num)
})

test('an abort in a data step leaves the database before that revision', async () => {
  const file = join(folder.path, 'd.db')
  const stop = new AbortController()
  const chain = line(users, (op) => {
    op.alterTable('users', (t) => t.addColumn('x', text()))
    op.run('long', async (db) => {
      for (let at = 0; ; at++) {
        if (at === 50) stop.abort()
        await db.execute('INSERT INTO "users" ("id") VALUES (?)', [BigInt(at)])
      }
    })
  })
  await migratorOn(file, chain).upgrade('r1')
  const before = snapshot(file)
  expect(await codeOf(migratorOn(file, chain).upgrade('head', { signal: stop.signal }))).toBe('ABORTED')
  expect(snapshot(file)).toBe(before)
})

test('guards are resolved against the tables; another shape is refused with the differences', async () => {
  const file = join(folder.path, 'e.db')
  executeIn(file, 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)')
  const guarded: Recorded = (op) =>
    op.createTable(
      'users',
      (t) => {
        t.column('id', integer())
        t.column('email', text())
        t.primaryKey(['id'])
      },
      { ifNotExists: true },
    )
  const error = await migratorOn(file, line(guarded))
    .upgrade()
    .catch((reason: unknown) => reason)
  if (!isMigrateError(error, 'GUARD_MISMATCH')) throw error
  expect(error.details.differences).toHaveLength(1)
  expect(error.details.differences[0]).toContain('email')
  executeIn(file, 'DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)')
  await migratorOn(file, line(guarded)).upgrade()
  // What was there before is not ours: going back leaves it.
  await migratorOn(file, line(guarded)).downgrade('base')
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 'users'")).toHaveLength(1)
})

test('an irreversible operation fails the planning of a downgrade and is named', async () => {
  const file = join(folder.path, 'f.db')
  const chain = line(users, (op) => op.sql('UPDATE users SET email = lower(email)'))
  await migratorOn(file, chain).upgrade()
  const before = snapshot(file)
  const error = await migratorOn(file, chain)
    .downgrade('base')
    .catch((reason: unknown) => reason)
  if (!isMigrateError(error, 'IRREVERSIBLE')) throw error
  expect(error.details.operations[0]?.operation).toContain('UPDATE users')
  expect(snapshot(file)).toBe(before)
})

test('what another session changed since the upgrade stops a derived downgrade; accepting it continues', async () => {
  const file = join(folder.path, 'g.db')
  await migratorOn(file, line(users)).upgrade()
  executeIn(file, 'ALTER TABLE users ADD COLUMN byhand TEXT')
  expect(await codeOf(migratorOn(file, line(users)).downgrade('base'))).toBe('DRIFT')
  expect(await codeOf(migratorOn(file, line(users)).downgrade('base', { acceptDrift: true }))).toBe('done')
})

test('an applied revision without a file: upgrade refuses, downgrade goes by the history', async () => {
  const file = join(folder.path, 'h.db')
  const chain = line(users, (op) => op.alterTable('users', (t) => t.addColumn('x', text())))
  await migratorOn(file, chain).upgrade()
  const older = chain.slice(0, 1) as Revision[]
  expect(await codeOf(migratorOn(file, older).upgrade())).toBe('UNKNOWN_APPLIED_REVISION')
  expect(await migratorOn(file, older).status()).toMatchObject({ state: 'ahead', tiers: [{ unknown: ['r2'] }] })
  expect(await codeOf(migratorOn(file, older).downgrade('r1'))).toBe('done')
  expect(rowsOf(file, "SELECT name FROM pragma_table_info('users')")).toEqual([{ name: 'id' }, { name: 'email' }])
})

test('a revision of no file whose downgrade needs a function is refused', async () => {
  const file = join(folder.path, 'i.db')
  const chain = line(users, (op) => op.run('both ways', { up: async () => undefined, down: async () => undefined }))
  await migratorOn(file, chain).upgrade()
  expect(await codeOf(migratorOn(file, chain.slice(0, 1) as Revision[]).downgrade('r1'))).toBe('REVISION_FILE_NEEDED')
})

test('a stamped revision is reverted by replay', async () => {
  const file = join(folder.path, 'j.db')
  const chain = line(users, (op) => op.alterTable('users', (t) => t.addColumn('x', text())))
  executeIn(file, 'CREATE TABLE "users" ("id" INTEGER NOT NULL PRIMARY KEY, "email" TEXT, "x" TEXT)')
  await migratorOn(file, chain).stamp('head')
  expect((await migratorOn(file, chain).status()).state).toBe('atHead')
  await migratorOn(file, chain).downgrade('r1')
  expect(rowsOf(file, "SELECT name FROM pragma_table_info('users')")).toEqual([{ name: 'id' }, { name: 'email' }])
})

test('a version row that is no revision of ours is never taken for zero', async () => {
  const file = join(folder.path, 'k.db')
  executeIn(file, "CREATE TABLE migrate_version (version_num TEXT); INSERT INTO migrate_version VALUES ('zzz')")
  const before = snapshot(file)
  expect(await codeOf(migratorOn(file, line(users)).upgrade())).toBe('UNKNOWN_APPLIED_REVISION')
  executeIn(file, 'UPDATE migrate_version SET version_num = NULL')
  expect(await codeOf(migratorOn(file, line(users)).upgrade())).toBe('BOOKKEEPING_INVALID')
  executeIn(file, 'DROP TABLE migrate_version; CREATE TABLE migrate_version (version INTEGER)')
  expect(await codeOf(migratorOn(file, line(users)).upgrade())).toBe('BOOKKEEPING_INVALID')
  expect(before).toContain('zzz')
})

test('opaque SQL may make what later operations name', async () => {
  const file = join(folder.path, 'l.db')
  const chain = line((op) => {
    op.sql('CREATE TABLE made (id INTEGER PRIMARY KEY, a TEXT)')
    op.alterTable('made', (t) => t.alterColumn('a', { nullable: false }))
  })
  const plan = await migratorOn(file, chain).plan()
  expect(plan.steps[0]?.operations.map((each) => [each.statements.length, each.asExpected])).toEqual([
    [1, undefined],
    [0, true],
  ])
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, "SELECT \"notnull\" AS n FROM pragma_table_info('made') WHERE name = 'a'")).toEqual([{ n: 1 }])
})

test('a revision that records something else each time is refused before anything is touched', async () => {
  const file = join(folder.path, 'm.db')
  let column = 0
  const chain = line(users, (op) => op.alterTable('users', (t) => t.addColumn(`c${column++}`, text())))
  await migratorOn(file, chain).upgrade('r1')
  const before = snapshot(file)
  expect(await codeOf(migratorOn(file, chain).upgrade())).toBe('RECORDING_NOT_REPEATABLE')
  expect(snapshot(file)).toBe(before)
})
