/**
 * a tag is known by its id and its user, and has a colour and an icon
 *
 * The downgrade takes colour and icon away; they are preserved for the next upgrade.
 */
import { type OperationRecorder, text } from '@org/migrate-core'
import { changeTagKey } from '../data/keyed-table.ts'

export const revision = '3ab32c4b8f59'
export const downRevision = '1af9b942657b'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  changeTagKey(op, {
    // It is the primary key there already.
    mysql: undefined,
    otherwise(t) {
      t.dropConstraint('uq_id_user_id')
      t.addPrimaryKey(['id', 'user_id'], { name: 'pk_id_user_id' })
    },
  })
  op.alterTable('tag', (t) => {
    t.addColumn('color', text())
    t.addColumn('icon', text())
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('tag', (t) => {
    t.dropColumn('icon')
    t.dropColumn('color')
  })
  changeTagKey(op, {
    mysql: undefined,
    otherwise(t) {
      t.dropConstraint('pk_id_user_id')
      t.addUnique(['id', 'user_id'], { name: 'uq_id_user_id' })
    },
  })
}
