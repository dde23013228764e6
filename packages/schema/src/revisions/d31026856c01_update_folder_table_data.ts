/**
 * folders hold data, and the database knows which chat stands in which folder
 *
 * Chats that a folder lists go into it, the earlier folder first; places that do not exist for their user become NULL.
 * All that is changed is preserved, and the downgrade puts it back, unless the chat or folder was moved since. Folders that
 * are their own ancestors stay: the foreign keys allow it.
 */
import { json, type OperationRecorder, type StepDatabase } from '@org/migrate-core'
import { dropDanglingFolders, fillFolders } from '../data/folder-chats.ts'
import { leaveKey } from '../data/keyed-table.ts'

export const revision = 'd31026856c01'
export const downRevision = '4ace53fd72c8'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.run('put chats into the folders that list them', {
    up: fillFolders,
    down: 'restore',
    from: ['folder.items'],
    to: ['chat.folder_id'],
  })
  op.run('places that do not exist become NULL', {
    up: dropDanglingFolders,
    down: 'restore',
    from: ['chat.folder_id', 'folder.parent_id'],
    to: ['chat.folder_id', 'folder.parent_id'],
  })
  op.alterTable('folder', (t) => {
    t.addColumn('data', json())
    t.addForeignKey({
      name: 'fk_folder_parent',
      columns: ['parent_id', 'user_id'],
      references: { table: 'folder', columns: ['id', 'user_id'] },
      deferrable: 'deferred',
    })
  })
  op.alterTable('chat', (t) => {
    t.addForeignKey({
      name: 'fk_chat_folder',
      columns: ['folder_id', 'user_id'],
      references: { table: 'folder', columns: ['id', 'user_id'] },
      deferrable: 'deferred',
    })
  })
}

async function putBack(db: StepDatabase): Promise<void> {
  await db.restore({ table: 'chat', column: 'folder_id' })
  await db.restore({ table: 'folder', column: 'parent_id' })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.dropConstraint('fk_chat_folder')
  })
  op.alterTable('folder', (t) => {
    t.dropConstraint('fk_folder_parent')
    t.dropColumn('data')
  })
  leaveKey(op, 'chat', { textColumns: ['folder_id'], stringColumns: ['user_id'] })
  leaveKey(op, 'folder', { textColumns: ['parent_id'] })
  op.run('put back the places as they were', { up: putBack, down: 'none' })
}
