import { closeSync, copyFileSync, openSync, statSync, writeSync } from 'node:fs'
import { integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { line, type Recorded } from '../../kit/migrator.ts'
import { migratorOn } from '../../unit/run/kit.ts'
import type { Answers, Sandbox, Scenario } from './scenario.ts'

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
const rows: Recorded = (op) =>
  op.insertRows(
    't',
    [
      { id: 1, name: 'one' },
      { id: 2, name: null },
    ],
    { key: ['id'] },
  )

/** The second revision as it is first, and as the remedy makes it. */
const second = (follows: string, wrong: Recorded, right: Recorded, more: Partial<Scenario> = {}): Scenario => ({
  follows,
  before: (sandbox) => sandbox.up(line((op) => [table(op), rows(op)])),
  call: (sandbox) => sandbox.up(line((op) => [table(op), rows(op)], wrong)),
  afterwards: (sandbox) => sandbox.up(line((op) => [table(op), rows(op)], right)),
  ...more,
})
const step =
  (up: (db: never) => unknown): Recorded =>
  (op) =>
    op.run('step', up as never)
const nothing: Recorded = (op) => op.run('nothing', async () => {})
const unique: Recorded = (op) => op.createIndex('t', 'one_name', ['name'], { unique: true })
const notNull: Recorded = (op) => op.alterTable('t', (t) => t.alterColumn('name', { nullable: false }))
const doubled = (sandbox: Sandbox): void => sandbox.sql("UPDATE t SET name = 'one'")

export const stepAnswers: Answers = {
  STATEMENT_FAILED: [
    second(
      'Fix the revision',
      (op) => op.sql('SELECT nothing FROM nowhere'),
      (op) => op.sql('SELECT 1'),
    ),
    {
      ...second('or the data', unique, unique),
      before: async (sandbox) => {
        await sandbox.up(line((op) => [table(op), rows(op)]))
        doubled(sandbox)
      },
      call: (sandbox) =>
        sandbox.up(
          line(
            (op) => [table(op), rows(op)],
            (op) => op.sql("INSERT INTO t VALUES (3, 'x'), (1, 'y')"),
          ),
        ),
      follow: (sandbox) => sandbox.sql('DELETE FROM t WHERE id = 1'),
      afterwards: (sandbox) =>
        sandbox.up(
          line(
            (op) => [table(op), rows(op)],
            (op) => op.sql("INSERT INTO t VALUES (3, 'x'), (1, 'y')"),
          ),
        ),
    },
  ],
  BLOCKING_ROWS: [
    second('in a data step before the change', notNull, (op) => {
      op.run('fill', async (db) => void (await db.query("UPDATE t SET name = '' WHERE name IS NULL")))
      notNull(op)
    }),
    {
      ...second('Fix or remove the named rows', notNull, notNull),
      follow: (sandbox) => sandbox.sql('DELETE FROM t WHERE name IS NULL'),
    },
  ],
  DATA_STEP_FAILED: [
    second(
      'Fix the step',
      step(async () => {
        throw new Error('odd')
      }),
      nothing,
    ),
  ],
  DATA_STEP_NOT_AWAITED: [
    second(
      'Await every call',
      (op) => op.run('step', async (db) => void db.query("UPDATE t SET name = 'x'")),
      (op) => op.run('step', async (db) => void (await db.query("UPDATE t SET name = 'x'"))),
    ),
  ],
  HOOK_FAILED: [
    {
      follows: 'Fix the hook and run it again',
      call: (sandbox) =>
        sandbox.up(line(table), {
          beforeRevision: () => {
            throw new Error('odd')
          },
        }),
      afterwards: (sandbox) => sandbox.up(line(table), { beforeRevision: () => {} }),
    },
  ],
  DATA_STEP_HUNG: [
    {
      follows: 'Make sure that the promise of the step resolves',
      call: (sandbox) =>
        sandbox.up(
          line(table, (op) => op.run('step', () => new Promise(() => {}))),
          { stepIdleMs: 100 },
        ),
      afterwards: (sandbox) =>
        sandbox.up(
          line(table, (op) => op.run('step', async () => {})),
          { stepIdleMs: 100 },
        ),
    },
  ],
  TRANSACTION_CONTROL_IN_STEP: [
    second(
      'db.transaction() gives a savepoint',
      (op) => op.run('step', async (db) => void (await db.query('BEGIN'))),
      (op) =>
        op.run('step', async (db) => db.transaction(async () => void (await db.query("UPDATE t SET name = 'x'")))),
    ),
  ],
  DDL_IN_DATA_STEP: [
    second(
      'Record schema changes with `op`',
      (op) => op.run('step', async (db) => void (await db.query('CREATE TABLE u (id INTEGER)'))),
      (op) => {
        op.createTable('u', (t) => t.column('id', integer()))
        op.run('step', async () => {})
      },
    ),
  ],
  FOREIGN_KEY_VIOLATION: [
    {
      follows: 'Fix the rows that point nowhere',
      before: async (sandbox) => {
        await sandbox.up(line(parentAndChild))
        sandbox.sql('PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (1, 77)')
      },
      call: (sandbox) => sandbox.up(line(parentAndChild, addKey)),
      follow: (sandbox) => sandbox.sql('DELETE FROM child WHERE parent = 77'),
    },
  ],
  DEPENDANT_BROKEN: [
    {
      follows: 'Drop or change the view or trigger in the same revision',
      before: async (sandbox) => {
        await sandbox.up(line(table))
        // Its text names no column: only the view's own list has one too many afterwards.
        sandbox.sql('CREATE VIEW v (one, two) AS SELECT * FROM t')
      },
      call: (sandbox) => sandbox.up(line(table, dropColumn)),
      afterwards: (sandbox) =>
        sandbox.up(
          line(table, (op) => {
            op.dropView('v')
            dropColumn(op)
          }),
        ),
    },
  ],
  DATABASE_BUSY: [
    {
      follows: 'once the other connection has finished',
      before: (sandbox) => hold(sandbox, 'BEGIN IMMEDIATE'),
      call: (sandbox) => sandbox.up(line(table), { waitMs: 50 }),
      follow: release,
    },
  ],
  NOT_AT_HEAD: [
    {
      follows: 'migrate upgrade',
      before: (sandbox) => sandbox.up(line(table)),
      call: (sandbox) => migratorOn(sandbox.file, line(table, rows)).ensure({ mode: 'verify' }),
      follow: (sandbox) => sandbox.up(line(table, rows)),
    },
  ],
  ABORTED: [
    {
      follows: 'Run it again: what was finished stays',
      call: (sandbox) => migratorOn(sandbox.file, line(table, rows)).upgrade('head', { signal: AbortSignal.abort() }),
      afterwards: (sandbox) => sandbox.up(line(table, rows)),
    },
  ],
  DATABASE_UNREACHABLE: [
    {
      follows: 'Check the URL',
      call: (sandbox) => migratorOn(sandbox.folder, line(table)).upgrade(),
      afterwards: (sandbox) => sandbox.up(line(table)),
    },
  ],
  DATABASE_DAMAGED: [
    {
      follows: 'Restore the database from a backup',
      before: async (sandbox) => {
        await sandbox.up(line(table, rows))
        await migratorOn(sandbox.file, line(table, rows, nothing)).upgrade('head', { backup: `${sandbox.file}.backup` })
        damage(sandbox.file)
      },
      call: (sandbox) => migratorOn(sandbox.file, line(table, rows, nothing)).upgrade(),
      follow: (sandbox) => restore(sandbox.file),
    },
  ],
  BOOKKEEPING_INVALID: [
    {
      follows: 'names',
      before: (sandbox) => sandbox.sql('CREATE TABLE migrate_history (x)'),
      call: (sandbox) => sandbox.up(line(table)),
      afterwards: (sandbox) => sandbox.up(line(table), { tables: { history: 'our_history' } }),
    },
  ],
  BOOKKEEPING_NEWER: [
    {
      follows: 'Run a version of this program that is at least as new',
      before: async (sandbox) => {
        await sandbox.up(line(table))
        sandbox.sql('UPDATE migrate_history SET format = 9')
      },
      call: (sandbox) => sandbox.up(line(table, rows)),
      // The newer program, to which the number is known.
      follow: (sandbox) => sandbox.sql('UPDATE migrate_history SET format = 2'),
    },
  ],
}

const held = new Map<string, Database.Database>()
function hold(sandbox: Sandbox, text: string): void {
  const db = new Database(sandbox.file)
  db.exec(text)
  held.set(sandbox.file, db)
}
function release({ file }: Sandbox): void {
  held.get(file)?.exec('ROLLBACK')
  held.get(file)?.close()
}

function parentAndChild(op: OperationRecorder): void {
  op.createTable('parent', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
  op.createTable('child', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('parent', integer())
    t.primaryKey(['id'])
  })
}
function addKey(op: OperationRecorder): void {
  op.alterTable('child', (t) => {
    t.addForeignKey({ columns: ['parent'], references: { table: 'parent', columns: ['id'] } })
  })
}
function dropColumn(op: OperationRecorder): void {
  op.alterTable('t', (t) => {
    t.alterColumn('name', { type: varchar(5) })
    t.alterColumn('name', { default: 'x' })
    t.dropColumn('name')
  })
}

function damage(file: string): void {
  const handle = openSync(file, 'r+')
  const { size } = statSync(file)
  writeSync(handle, Buffer.alloc(size - 4096, 0x5a), 0, size - 4096, 4096)
  closeSync(handle)
}
function restore(file: string): void {
  copyFileSync(`${file}.backup`, file)
}
