import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expression, integer, isMigrateError, type MigrationEvent, type Revision, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, type Recorded } from '../../kit/migrator.ts'
import { keyed, nothing } from '../preserved/kit.ts'
import { executeIn, migratorOn, rowsOf, snapshot, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

/** Does something once the plan is made and before anything runs. */
function afterPlanning(work: () => void): { onEvent: (event: MigrationEvent) => void } {
  let done = false
  return {
    onEvent: (event) => {
      if (event.type !== 'started' || done) return
      done = true
      work()
    },
  }
}

test('a column added by hand between plan and run survives the rebuild', async () => {
  const file = join(folder.path, 'column.db')
  const chain = line(keyed('t', 'v'), (op) => op.alterTable('t', (t) => t.alterColumn('v', { type: varchar(9) })))
  await migratorOn(file, chain).upgrade('r1')
  await migratorOn(file, chain).upgrade(
    'head',
    afterPlanning(() =>
      executeIn(file, "ALTER TABLE t ADD COLUMN hand TEXT; INSERT INTO t VALUES (1, 'v', 'precious')"),
    ),
  )
  expect(rowsOf(file, 'SELECT * FROM t')).toEqual([{ id: 1, v: 'v', hand: 'precious' }])
})

test('a change in place that becomes a rebuild meanwhile keeps the rows of cascading children', async () => {
  const file = join(folder.path, 'cascade.db')
  const chain = line(
    (op) => {
      keyed('parent', 'v')(op)
      op.createTable('child', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('parent', integer())
        t.primaryKey(['id'])
        t.foreignKey({ columns: ['parent'], references: { table: 'parent', columns: ['id'] }, onDelete: 'cascade' })
      })
    },
    (op) => op.alterTable('parent', (t) => t.dropColumn('v')),
  )
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, "INSERT INTO parent VALUES (1, 'x'); INSERT INTO child VALUES (1, 1)")
  expect((await migratorOn(file, chain).plan()).steps[0]?.foreignKeys).toBeUndefined()
  const outcome = await migratorOn(file, chain)
    .upgrade(
      'head',
      afterPlanning(() => executeIn(file, 'ALTER TABLE parent ADD COLUMN w TEXT CHECK (length(v) < 100)')),
    )
    .catch((error: unknown) => error)
  expect(rowsOf(file, 'SELECT * FROM child')).toEqual([{ id: 1, parent: 1 }])
  if (isMigrateError(outcome)) expect(outcome.code).not.toBe('INTERNAL')
})

test('what was changed by hand between plan and run stops a derived downgrade', async () => {
  const file = join(folder.path, 'drift.db')
  const chain = line(nothing, keyed('t'))
  await migratorOn(file, chain).upgrade()
  const hand = () => executeIn(file, 'ALTER TABLE t ADD COLUMN hand TEXT')
  const error = await errorOf(migratorOn(file, chain).downgrade('r1', afterPlanning(hand)))
  expect(error).toMatchObject({ code: 'DRIFT', location: { revision: 'r2', direction: 'down' } })
  expect(rowsOf(file, 'SELECT * FROM t')).toEqual([])
})

test('rows that came between plan and run and cannot be preserved stop the downgrade', async () => {
  const file = join(folder.path, 'rows.db')
  const chain = line(nothing, keyed('t'))
  const few = { preserve: { maxBytes: 400 } }
  await migratorOn(file, chain, few).upgrade()
  const rows = () => executeIn(file, 'INSERT INTO t VALUES (1), (2)')
  const error = await errorOf(migratorOn(file, chain, few).downgrade('r1', afterPlanning(rows)))
  expect(error).toMatchObject({ code: 'DATA_LOSS', location: { revision: 'r2' } })
  expect(rowsOf(file, 'SELECT * FROM t')).toHaveLength(2)
})

test('one downgrades while the other upgrades: the later one stops at a boundary or has nothing to do', async () => {
  const file = join(folder.path, 'opposite.db')
  const chain = line(...Array.from({ length: 6 }, (_, at) => keyed(`t${at + 1}`)))
  await migratorOn(file, chain).upgrade('r3')
  const outcomes = await Promise.all(
    [
      migratorOn(file, chain, { transaction: 'revision' }).upgrade(),
      migratorOn(file, chain, { transaction: 'revision' }).downgrade('base'),
    ].map((work) =>
      work.then(
        () => 'done',
        (error: unknown) => (isMigrateError(error) ? error.code : String(error)),
      ),
    ),
  )
  for (const outcome of outcomes) expect(['done', 'PLAN_STALE']).toContain(outcome)
  const tables = rowsOf(file, "SELECT name FROM sqlite_master WHERE name GLOB 't[0-9]' ORDER BY name") as {
    name: string
  }[]
  const [row] = rowsOf(file, 'SELECT * FROM migrate_version') as { version_num: string }[]
  expect(tables.map(({ name }) => name)).toEqual(
    Array.from({ length: Number(row?.version_num.slice(1) ?? 0) }, (_, at) => `t${at + 1}`),
  )
})

test('a signal that is aborted before the run makes no file', async () => {
  const file = join(folder.path, 'none.db')
  const error = await errorOf(migratorOn(file, line(keyed('t'))).upgrade('head', { signal: AbortSignal.abort() }))
  expect(error.code).toBe('ABORTED')
  expect(existsSync(file)).toBe(false)
})

test('an abort at every event leaves the database at a boundary, and the next run resumes', async () => {
  const chain = line(
    keyed('a', 'v'),
    (op) => {
      op.alterTable('a', (t) => t.alterColumn('v', { type: varchar(9) }))
      op.run('fill', {
        up: async (db) => void (await db.execute('INSERT INTO "a" VALUES (1, ?)', ['x'])),
        down: 'none',
      })
      op.createIndex('a', 'a_v', ['v'])
    },
    keyed('b'),
  )
  const states = new Set<string>()
  const clean = join(folder.path, 'clean.db')
  const leaveOut = ['migrate_history']
  for (const target of ['r1', 'r2', 'r3']) {
    await migratorOn(clean, chain, { transaction: 'revision' }).upgrade(target)
    states.add(snapshot(clean, leaveOut))
  }
  let events = 0
  await migratorOn(join(folder.path, 'count.db'), chain, { transaction: 'revision' }).upgrade('head', {
    onEvent: () => void events++,
  })
  for (let at = 1; at <= events; at++) {
    const file = join(folder.path, `abort${at}.db`)
    const stop = new AbortController()
    let reads = 0
    const outcome = await migratorOn(file, chain, { transaction: 'revision' })
      .upgrade('head', {
        signal: stop.signal,
        onEvent: () => {
          if (++reads === at) stop.abort()
        },
      })
      .catch((error: unknown) => error)
    if (isMigrateError(outcome)) expect(outcome.code).toBe('ABORTED')
    const after = existsSync(file) ? snapshot(file, leaveOut) : ''
    expect(after === '' || rowsOf(file, 'SELECT 1 FROM sqlite_master').length === 0 || states.has(after)).toBe(true)
    await migratorOn(file, chain, { transaction: 'revision' }).upgrade()
    expect(snapshot(file, leaveOut)).toBe([...states].at(-1))
  }
})

test('a listener that is async and rejects does not stop the run; the result says so', async () => {
  const file = join(folder.path, 'async-listener.db')
  const result = await migratorOn(file, line(keyed('a'), keyed('b'))).upgrade('head', {
    onEvent: (async () => {
      throw new Error('listener broke later')
    }) as () => void,
  })
  expect(result.applied).toHaveLength(2)
  expect(result.warnings.join()).toContain('listener broke later')
})

test('a listener that throws does not stop the run; the result says so', async () => {
  const file = join(folder.path, 'listener.db')
  const result = await migratorOn(file, line(keyed('a'), keyed('b'))).upgrade('head', {
    onEvent: () => {
      throw new Error('listener broke')
    },
  })
  expect(result.applied).toEqual(['main:r1', 'main:r2'])
  expect(result.warnings.join()).toContain('listener broke')
})

test('a call that a failed data step left behind writes nothing afterwards', async () => {
  const file = join(folder.path, 'left.db')
  const chain = line(keyed('t', 'v'), (op) =>
    op.run('both', async (db) => {
      const slow = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 60))
        await db.execute('INSERT INTO "t" VALUES (1, NULL)')
      }
      const preserving = async (): Promise<void> => {
        for (let at = 0; at < 20_000; at++)
          await db.preserve({ table: 't', key: { id: BigInt(at) }, column: 'v', value: 'old', written: 'new' })
      }
      await Promise.all([
        slow(),
        preserving(),
        db.backfill({
          table: 't',
          columns: ['v'],
          step: async () => {
            for (;;) await db.execute('INSERT INTO "t" ("v") VALUES (NULL)')
          },
        }),
        new Promise((_resolve, reject) => setTimeout(() => reject(new Error('first')), 30)),
      ])
    }),
  )
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, "INSERT INTO t VALUES (100, 'x')")
  const before = snapshot(file)
  const error = await errorOf(migratorOn(file, chain).upgrade())
  expect(error.message).toContain('first')
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(snapshot(file)).toBe(before)
})

test('views: a revision of a view alone goes up and down; guards see what is there', async () => {
  const file = join(folder.path, 'views.db')
  const view: Recorded = (op) => op.createView('v', expression('SELECT id FROM t'))
  const chain = line(keyed('t'), view)
  await migratorOn(file, chain).upgrade()
  expect(
    (await errorOf(migratorOn(file, [...chain, ...line(nothing, nothing, view).slice(2)] as Revision[]).upgrade()))
      .code,
  ).toBe('OBJECT_EXISTS')
  await migratorOn(file, chain).downgrade('r1')
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 'v'")).toEqual([])
})

test('a plan remembers its tier', async () => {
  const file = join(folder.path, 'tier.db')
  const migrator = migratorOn(file, line(keyed('t')))
  const plan = await migrator.plan('head', { tier: 'main' })
  expect(plan.tier).toBe('main')
})
