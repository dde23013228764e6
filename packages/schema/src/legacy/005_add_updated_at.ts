/** chats know when they were made and when they were changed */
import { bigint, type OperationRecorder } from '@org/migrate-core'
import { dateTimeNumber, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.addColumn('created_at', bigint(), { ...dateTimeNumber, nullable: true })
    t.addColumn('updated_at', bigint(), { ...dateTimeNumber, nullable: true })
  })
  op.run('copy timestamp into created_at and updated_at', {
    up: async (db) => {
      await db.execute('UPDATE "chat" SET "created_at" = "timestamp", "updated_at" = "timestamp"')
    },
    from: ['chat.timestamp'],
    to: ['chat.created_at', 'chat.updated_at'],
    down: async (db) => {
      await db.execute('UPDATE "chat" SET "timestamp" = "created_at"')
    },
  })
  op.alterTable('chat', (t) => {
    t.dropColumn('timestamp')
    t.alterColumn('created_at', { nullable: false })
    t.alterColumn('updated_at', { nullable: false })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.addColumn('timestamp', bigint(), { ...wholeNumber, nullable: true })
  })
  op.run('copy created_at into timestamp', {
    up: async (db) => {
      await db.execute('UPDATE "chat" SET "timestamp" = "created_at"')
    },
    down: 'none',
  })
  op.alterTable('chat', (t) => {
    t.alterColumn('timestamp', { nullable: false })
    t.dropColumn('created_at')
    t.dropColumn('updated_at')
  })
}
