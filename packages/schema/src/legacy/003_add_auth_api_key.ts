/** users get an API key; despite the name of the step it stands in `user` */
import { type OperationRecorder, varchar } from '@org/migrate-core'
import { optionalKey } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    t.addColumn('api_key', varchar(255), optionalKey)
    t.createIndex('user_api_key', ['api_key'], { unique: true })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    t.dropIndex('user_api_key')
    t.dropColumn('api_key')
  })
}
