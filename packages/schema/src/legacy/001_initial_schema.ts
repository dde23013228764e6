/** the eight tables that everything began with */
import { bigint, boolean, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { createKeyedTable } from '../data/keyed-table.ts'
import { flag, required, requiredKey, rowNumber, shortOnSqlite, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  createKeyedTable(op, 'auth', (t) => {
    t.column('id', varchar(255), requiredKey)
    t.column('email', varchar(255), required)
    t.column('password', text(), shortOnSqlite)
    t.column('active', boolean(), flag)
  })
  createKeyedTable(op, 'chat', (t) => {
    t.column('id', varchar(255), requiredKey)
    t.column('user_id', varchar(255), required)
    t.column('title', text(), shortOnSqlite)
    t.column('chat', text(), required)
    t.column('timestamp', bigint(), wholeNumber)
  })
  createKeyedTable(op, 'chatidtag', (t) => {
    t.column('id', varchar(255), requiredKey)
    t.column('tag_name', varchar(255), required)
    t.column('chat_id', varchar(255), required)
    t.column('user_id', varchar(255), required)
    t.column('timestamp', bigint(), wholeNumber)
  })
  op.createTable('document', (t) => {
    t.column('id', integer(), rowNumber)
    t.column('collection_name', varchar(255), requiredKey)
    t.column('name', varchar(255), requiredKey)
    t.column('title', text(), shortOnSqlite)
    t.column('filename', text(), shortOnSqlite)
    t.column('content', text())
    t.column('user_id', varchar(255), required)
    t.column('timestamp', bigint(), wholeNumber)
    t.primaryKey(['id'])
    t.index('document_collection_name', ['collection_name'], { unique: true })
    t.index('document_name', ['name'], { unique: true })
  })
  op.createTable('modelfile', (t) => {
    t.column('id', integer(), rowNumber)
    t.column('tag_name', varchar(255), requiredKey)
    t.column('user_id', varchar(255), required)
    t.column('modelfile', text(), required)
    t.column('timestamp', bigint(), wholeNumber)
    t.primaryKey(['id'])
    t.index('modelfile_tag_name', ['tag_name'], { unique: true })
  })
  op.createTable('prompt', (t) => {
    t.column('id', integer(), rowNumber)
    t.column('command', varchar(255), requiredKey)
    t.column('user_id', varchar(255), required)
    t.column('title', text(), shortOnSqlite)
    t.column('content', text(), required)
    t.column('timestamp', bigint(), wholeNumber)
    t.primaryKey(['id'])
    t.index('prompt_command', ['command'], { unique: true })
  })
  createKeyedTable(op, 'tag', (t) => {
    t.column('id', varchar(255), requiredKey)
    t.column('name', varchar(255), required)
    t.column('user_id', varchar(255), required)
    t.column('data', text())
  })
  createKeyedTable(op, 'user', (t) => {
    t.column('id', varchar(255), requiredKey)
    t.column('name', varchar(255), required)
    t.column('email', varchar(255), required)
    t.column('role', varchar(255), required)
    t.column('profile_image_url', text(), shortOnSqlite)
    t.column('timestamp', bigint(), wholeNumber)
  })
}

export function rollback(op: OperationRecorder) {
  for (const table of ['user', 'tag', 'prompt', 'modelfile', 'document', 'chatidtag', 'chat', 'auth']) {
    op.dropTable(table)
  }
}
