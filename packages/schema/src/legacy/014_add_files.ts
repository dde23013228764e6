/** uploaded files */
import { bigint, type OperationRecorder, text } from '@org/migrate-core'
import { required, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.createTable('file', (t) => {
    for (const name of ['id', 'user_id', 'filename', 'meta']) t.column(name, text(), required)
    t.column('created_at', bigint(), wholeNumber)
    t.index('file_id', ['id'], { unique: true })
  })
}

export function rollback(op: OperationRecorder) {
  op.dropTable('file')
}
