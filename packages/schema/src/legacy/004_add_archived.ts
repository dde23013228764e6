/** chats can be archived; those that are there are not */
import { boolean, type OperationRecorder } from '@org/migrate-core'
import { flag } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    // The default serves the rows that are there; none stays in the schema.
    t.addColumn('archived', boolean(), { ...flag, default: false })
    t.alterColumn('archived', { default: null })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.dropColumn('archived')
  })
}
