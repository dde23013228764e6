/** what the assistant remembers of a user */
import { bigint, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { createKeyedTable } from '../data/keyed-table.ts'
import { required, requiredKey, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  createKeyedTable(op, 'memory', (t) => {
    t.column('id', varchar(255), requiredKey)
    t.column('user_id', varchar(255), required)
    t.column('content', text(), required)
    t.column('updated_at', bigint(), wholeNumber)
    t.column('created_at', bigint(), wholeNumber)
  })
}

export function rollback(op: OperationRecorder) {
  op.dropTable('memory')
}
