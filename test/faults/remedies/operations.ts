import { integer, type OperationRecorder, text } from '@org/migrate-core'
import { line, type Recorded } from '../../kit/migrator.ts'
import { migratorOn } from '../../unit/run/kit.ts'
import type { Answers, Scenario } from './scenario.ts'

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
const revision = (follows: string, wrong: Recorded, right: Recorded, more: Partial<Scenario> = {}): Scenario => ({
  follows,
  call: (sandbox) => sandbox.up(line(table, wrong)),
  afterwards: (sandbox) => sandbox.up(line(table, right)),
  ...more,
})
const column: Recorded = (op) => op.alterTable('t', (t) => t.addColumn('more', text()))
let counter = 0

export const operationAnswers: Answers = {
  INVALID_OPERATION: [
    revision(
      'Fix the operation',
      (op) => op.sql(' '),
      (op) => op.sql('SELECT 1'),
    ),
  ],
  INVALID_NAME: [
    revision(
      'Use a name without control characters',
      (op) => op.createTable('a\u0000b', (t) => t.column('id', integer())),
      (op) => op.createTable('a b', (t) => t.column('id', integer())),
    ),
  ],
  RECORDING_NOT_SYNCHRONOUS: [
    revision(
      'Make upgrade and downgrade plain functions',
      (async (op: OperationRecorder) => column(op)) as unknown as Recorded,
      column,
    ),
    revision('do data work in op.run()', (async () => {}) as unknown as Recorded, (op) =>
      op.run('work', async () => {}),
    ),
  ],
  RECORDING_NOT_REPEATABLE: [
    revision(
      'Take random values, clocks and environment out',
      (op) => {
        counter += 1
        op.insertRows('t', [{ id: counter }], { key: ['id'] })
      },
      (op) => op.insertRows('t', [{ id: 1 }], { key: ['id'] }),
    ),
  ],
  DIALECT_NOT_DECLARED: [
    revision(
      'Add the dialect to op.on()',
      (op) => op.on({ postgres: column }),
      (op) => op.on({ postgres: column, sqlite: column, mysql: column }),
    ),
    revision(
      'or an `otherwise`',
      (op) => op.on({ postgres: column }),
      (op) => op.on({ postgres: column, otherwise: column }),
    ),
  ],
  OBJECT_MISSING: [
    revision(
      'Check the name',
      (op) => op.dropTable('tt'),
      (op) => op.dropTable('t'),
    ),
    revision(
      'guard the operation with ifExists',
      (op) => op.dropTable('tt'),
      (op) => op.dropTable('tt', { ifExists: true }),
    ),
  ],
  OBJECT_EXISTS: [
    {
      follows: '`migrate stamp r1`',
      before: (sandbox) => sandbox.sql('CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, name TEXT)'),
      call: (sandbox) => sandbox.up(line(table)),
      follow: (sandbox) => migratorOn(sandbox.file, line(table)).stamp('r1'),
    },
    {
      follows: 'otherwise rename or drop it',
      before: (sandbox) => sandbox.sql('CREATE TABLE t (x)'),
      call: (sandbox) => sandbox.up(line(table)),
      follow: (sandbox) => sandbox.sql('ALTER TABLE t RENAME TO theirs'),
    },
  ],
  GUARD_MISMATCH: [
    revision(
      'Make the existing object equal',
      (op) => op.createTable('t', (t) => t.column('id', integer()), { ifNotExists: true }),
      (op) =>
        op.createTable(
          't',
          (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('name', text())
            t.primaryKey(['id'])
          },
          { ifNotExists: true },
        ),
    ),
    revision(
      'give the new one another name',
      (op) => op.createTable('t', (t) => t.column('id', integer()), { ifNotExists: true }),
      (op) => op.createTable('u', (t) => t.column('id', integer()), { ifNotExists: true }),
    ),
  ],
  DEPENDENT_OBJECTS: [
    revision(
      'Drop or change the dependants first',
      (op) => {
        op.createIndex('t', 'by_name', ['name'])
        op.alterTable('t', (t) => t.dropColumn('name'))
      },
      (op) => {
        op.createIndex('t', 'by_name', ['name'])
        op.dropIndex('t', 'by_name')
        op.alterTable('t', (t) => t.dropColumn('name'))
      },
    ),
  ],
  UNSUPPORTED: [
    revision(
      'Leave it out on this database with op.on()',
      (op) => op.createSchema('s'),
      (op) => op.on({ postgres: (on) => on.createSchema('s'), otherwise: () => {} }),
    ),
    revision(
      'use what the database has instead',
      (op) => op.createSequence('s'),
      (op) => op.createTable('s', (t) => t.column('n', integer())),
    ),
  ],
  NOT_PRINTABLE: [
    {
      follows: 'leave the data steps out with --sql-skip-data',
      call: (sandbox) =>
        migratorOn(
          sandbox.file,
          line(table, (op) => op.run('x', async () => {})),
        ).script('head'),
      afterwards: (sandbox) =>
        migratorOn(
          sandbox.file,
          line(table, (op) => op.run('x', async () => {})),
        ).script('head', { skipData: true }),
    },
    {
      follows: 'print the ranges before and after them',
      call: (sandbox) =>
        migratorOn(
          sandbox.file,
          line(table, (op) => op.run('x', async () => {}), column),
        ).script('head'),
      afterwards: async (sandbox) => {
        const migrator = migratorOn(
          sandbox.file,
          line(table, (op) => op.run('x', async () => {}), column),
        )
        await migrator.script('r1')
        await migrator.script('r3', { from: 'r2' })
      },
    },
  ],
}
