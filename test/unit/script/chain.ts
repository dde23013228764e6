import { integer, type Migrator, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { migratorOf } from '../../kit/migrator.ts'
import type { Ground } from './ground.ts'

/** Rows, columns, a rebuild on SQLite, several operations in one revision, a guard, and what stands outside a transaction. */
export const chain = [
  {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    message: 'items',
    upgrade(op: OperationRecorder) {
      op.createTable('item', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', varchar(40))
        t.primaryKey(['id'])
      })
      op.insertRows('item', [{ id: 1, name: "it's; \\ -- 'é' 😀" }], { key: ['id'] })
    },
  },
  {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    message: 'sizes; and\na second line',
    upgrade(op: OperationRecorder) {
      op.alterTable('item', (t) => {
        t.addColumn('size', integer(), { nullable: false, default: 3 })
        t.alterColumn('name', { nullable: false })
      })
      op.insertRows('item', [{ id: 2, name: 'two', size: 2 }], { key: ['id'] })
      op.createTable(
        'note',
        (t) => {
          t.column('id', varchar(8), { nullable: false })
          t.column('item', integer())
          t.column('body', text())
          t.primaryKey(['id'])
          t.foreignKey({ columns: ['item'], references: { table: 'item', columns: ['id'] }, onDelete: 'cascade' })
        },
        { ifNotExists: true },
      )
    },
  },
  {
    revision: 'cccccccccccc',
    downRevision: 'bbbbbbbbbbbb',
    message: 'an index beside the readers',
    upgrade(op: OperationRecorder) {
      op.createIndex('item', 'item_size', ['size'], { concurrently: true })
      op.alterTable('item', (t) => t.addColumn('label', varchar(20)))
    },
  },
]

export function migratorOn(ground: Ground, revised = chain): Migrator {
  return migratorOf(ground.dialect(), revised)
}

export const items = 'SELECT id, name, size, label FROM item ORDER BY id'
