/**
 * tags are known by their names, and chats by their tags
 *
 * A tag's id becomes its normalised name, one tag per name and user. Tags that go (the mark `pinned`, and doubles of
 * one user) are preserved as rows, the old id and data of the others in their cell `data`. The downgrade gives all of that
 * back; tags made since get an id of their own. What chatidtag says goes to chat.meta, chat.pinned and chat_tag; where
 * one of them says something already, it stays.
 */
import { bigint, json, type OperationRecorder, type TestRows, text } from '@org/migrate-core'
import { tagChats, unpinChats } from '../data/chat-tags.ts'
import { changeTagKey } from '../data/keyed-table.ts'
import { requiredKey } from '../data/legacy-columns.ts'
import { refuseLongTags } from '../data/tag-length.ts'
import { normaliseTags, restoreTags } from '../data/tag-rows.ts'

export const revision = '1af9b942657b'
export const downRevision = 'd31026856c01'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

/** The id of a tag is its normalised name: no other is one that a program writes. */
export const testRows: TestRows = {
  after: { tag: [{ id: 'my_tag', name: 'My Tag', user_id: 'u1', meta: { shown: true } }] },
}

export function upgrade(op: OperationRecorder) {
  op.on({
    sqlite() {
      // No length of a column is enforced there.
    },
    otherwise(on) {
      on.run('ids of tags fit into their columns', { up: refuseLongTags, down: 'none', to: [] })
    },
  })
  // Two users may have tags of one name from here on: the id alone is no key any more.
  changeTagKey(op, {
    mysql: ['id', 'user_id'],
    otherwise(t) {
      t.dropIndex('tag_id')
      t.addUnique(['id', 'user_id'], { name: 'uq_id_user_id' })
    },
  })
  op.run('tags get the ids of their names', {
    up: normaliseTags,
    down: restoreTags,
    from: ['tag.name', 'tag.data'],
    to: ['tag.id', 'chatidtag.tag_name'],
  })
  op.alterTable('tag', (t) => {
    t.dropColumn('data')
    t.addColumn('meta', json())
  })
  op.createTable('chat_tag', (t) => {
    t.column('chat_id', text(), requiredKey)
    t.column('tag_id', text(), requiredKey)
    t.column('user_id', text(), requiredKey)
    t.column('created_at', bigint())
    t.primaryKey(['chat_id', 'tag_id', 'user_id'])
  })
  op.alterTable('chat', (t) => {
    t.addColumn('meta', json(), { nullable: false, default: '{}' })
  })
  const marks = { table: 'chatidtag', columns: ['id', 'tag_name', 'user_id', 'timestamp'] } as const
  op.run('chats know their tags', {
    up: tagChats,
    down: unpinChats,
    from: [
      { ...marks, by: { chat_id: 'chat.id' } },
      { ...marks, by: { chat_id: 'chat_tag.chat_id' } },
      // A chat that was deleted has no tags.
      { table: 'chat', columns: ['id'], by: { id: 'chat_tag.chat_id' } },
    ],
    to: ['chat.meta', 'chat.pinned', 'chat_tag'],
  })
}

export function downgrade(op: OperationRecorder) {
  op.run('pinned goes back to what it was', { up: unpinChats, down: 'none' })
  op.alterTable('chat', (t) => {
    t.dropColumn('meta')
  })
  op.dropTable('chat_tag')
  op.alterTable('tag', (t) => {
    t.dropColumn('meta')
    t.addColumn('data', text())
  })
  op.run('tags get their old ids back', { up: restoreTags, down: 'none' })
  changeTagKey(op, {
    mysql: ['id'],
    otherwise(t) {
      t.dropConstraint('uq_id_user_id')
      t.createIndex('tag_id', ['id'], { unique: true })
    },
  })
}
