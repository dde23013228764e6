/** what the assistant remembers of a user */
import { bigint, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { required, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.createTable('memory', (t) => {
    t.column('id', varchar(255), required)
    t.column('user_id', varchar(255), required)
    t.column('content', text(), required)
    t.column('updated_at', bigint(), wholeNumber)
    t.column('created_at', bigint(), wholeNumber)
    t.index('memory_id', ['id'], { unique: true })
  })
}

export function rollback(op: OperationRecorder) {
  op.dropTable('memory')
}
