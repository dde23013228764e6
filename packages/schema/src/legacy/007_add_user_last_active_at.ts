/** users know when they were made, changed and last seen */
import { bigint, type OperationRecorder } from '@org/migrate-core'
import { wholeNumber } from '../data/legacy-columns.ts'

const columns = ['created_at', 'updated_at', 'last_active_at']

export function migrate(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    for (const column of columns) t.addColumn(column, bigint(), { ...wholeNumber, nullable: true })
  })
  op.run('copy timestamp into created_at, updated_at and last_active_at', {
    up: async (db) => {
      await db.execute(
        'UPDATE "user" SET "created_at" = "timestamp", "updated_at" = "timestamp", "last_active_at" = "timestamp"',
      )
    },
    from: ['user.timestamp'],
    to: columns.map((column) => `user.${column}`),
    down: async (db) => {
      await db.execute('UPDATE "user" SET "timestamp" = "created_at"')
    },
  })
  op.alterTable('user', (t) => {
    t.dropColumn('timestamp')
    for (const column of columns) t.alterColumn(column, { nullable: false })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    t.addColumn('timestamp', bigint(), { ...wholeNumber, nullable: true })
  })
  op.run('copy created_at into timestamp', {
    up: async (db) => {
      await db.execute('UPDATE "user" SET "timestamp" = "created_at"')
    },
    down: 'none',
  })
  op.alterTable('user', (t) => {
    t.alterColumn('timestamp', { nullable: false })
    for (const column of columns) t.dropColumn(column)
  })
}
