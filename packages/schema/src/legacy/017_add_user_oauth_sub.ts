/** the name under which another service knows a user */
import { type OperationRecorder, text } from '@org/migrate-core'
import { optionalKey } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    t.addColumn('oauth_sub', text(), optionalKey)
    t.createIndex('user_oauth_sub', ['oauth_sub'], { unique: true })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    t.dropIndex('user_oauth_sub')
    t.dropColumn('oauth_sub')
  })
}
