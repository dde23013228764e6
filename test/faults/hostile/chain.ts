import {
  expression,
  integer,
  isMigrateError,
  type Migrator,
  type OperationRecorder,
  type Revision,
  text,
} from '@org/migrate-core'
import type { CompileTable, Dialect, UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { changedDialect } from '../../kit/changed-dialect.ts'
import { migratorOf } from '../../kit/migrator.ts'

/** Revisions that leave every kind of row in the bookkeeping: operations with inverses, preserved values, parts of a step. */
export const chain: readonly Revision[] = [
  {
    revision: 'r1',
    downRevision: null,
    branchLabels: ['trunk'],
    upgrade(op: OperationRecorder) {
      op.createTable('accounts', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', text())
        t.column('note', text())
        t.primaryKey(['id'])
      })
      op.insertRows('accounts', [{ id: 1, name: 'one', note: 'kept' }], { key: ['id'] })
    },
  },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade(op: OperationRecorder) {
      op.alterTable('accounts', (t) => t.addColumn('locale', text(), { default: 'en' }))
      op.createIndex('accounts', 'accounts_name', ['name'])
      op.alterTable('accounts', (t) => t.renameColumn('note', 'remark'))
      op.createView('names', expression('SELECT name FROM accounts'))
    },
  },
  {
    revision: 'r3',
    downRevision: 'r2',
    upgrade(op: OperationRecorder) {
      op.run('capitals', {
        up: async (db) => {
          const [row] = await db.query('SELECT id, name FROM accounts')
          await db.preserve({
            table: 'accounts',
            key: { id: row?.id ?? null },
            column: 'name',
            value: row?.name ?? null,
            written: 'ONE',
          })
          await db.execute("UPDATE accounts SET name = 'ONE'")
        },
        down: 'restore',
      })
    },
  },
  {
    revision: 'r4',
    downRevision: 'r3',
    upgrade(op: OperationRecorder) {
      op.createTable('extra', (t) => t.column('id', integer()))
      op.alterTable('extra', (t) => t.addColumn('more', text()))
      op.sql('INSERT INTO late VALUES (1)', { inverse: 'DELETE FROM late' })
    },
  },
]

/** SQLite as if it were a server whose DDL commits: what is half done is then in its journal. */
function committing(dialect: UnloadedDialect): UnloadedDialect {
  const autocommitting = { commits: true } as const
  let loading: Promise<Dialect> | undefined
  return {
    ...dialect,
    capabilities: { ...dialect.capabilities, transactionalDdl: 'implicitCommit', nonTransactional: 'segments' },
    load() {
      loading ??= dialect.load.call(this).then((loaded) => {
        const { createTable, addColumn } = loaded.compiler.table
        const table: CompileTable = {
          ...loaded.compiler.table,
          createTable: (input) => createTable(input).map((each) => ({ ...each, ...autocommitting })),
          addColumn: (input) => addColumn(input).map((each) => ({ ...each, ...autocommitting })),
        }
        return { ...loaded, compiler: { ...loaded.compiler, table } }
      })
      return loading
    },
  }
}

export function migratorOn(file: string, files: readonly Revision[] = chain): Migrator {
  return migratorOf(changedDialect(sqliteDialect({ url: `sqlite:${file}` }), committing), files)
}

/** A database in which the last revision stopped in its middle, and could continue now. */
export async function leaveInterrupted(file: string): Promise<void> {
  await migratorOn(file).upgrade('r3')
  const stopped: unknown = await migratorOn(file)
    .upgrade()
    .catch((error: unknown) => error)
  if (!isMigrateError(stopped, 'STATEMENT_FAILED')) throw stopped
  const database = new Database(file)
  database.exec('CREATE TABLE late (id INTEGER)')
  database.close()
}
