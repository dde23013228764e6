/** a chat can be shared under an id of its own */
import { type OperationRecorder, varchar } from '@org/migrate-core'
import { optionalKey } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.addColumn('share_id', varchar(255), optionalKey)
    t.createIndex('chat_share_id', ['share_id'], { unique: true })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.dropIndex('chat_share_id')
    t.dropColumn('share_id')
  })
}
