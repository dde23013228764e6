/**
 * the tables of the sequential tier, and message
 *
 * Each table is made only where it is absent, in exactly the shape that the sequential tier leaves at 018, so that the
 * schema is the same with and without that tier. A table that is there in another shape is refused.
 *
 * There is no downgrade function: the history knows what this revision really made, and only that is dropped.
 */
import { bigint, boolean, integer, json, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { createKeyedTable } from '../data/keyed-table.ts'
import {
  dateTimeNumber,
  flag,
  optionalKey,
  required,
  requiredKey,
  rowNumber,
  wholeNumber,
} from '../data/legacy-columns.ts'

export const revision = '7e5b5dc7342b'
export const downRevision = null
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

const whereAbsent = { ifNotExists: true } as const
const unique = { unique: true } as const

function people(op: OperationRecorder) {
  createKeyedTable(
    op,
    'auth',
    (t) => {
      t.column('id', varchar(255), requiredKey)
      t.column('email', varchar(255), required)
      t.column('password', text(), required)
      t.column('active', boolean(), flag)
    },
    whereAbsent,
  )
  createKeyedTable(
    op,
    'user',
    (t) => {
      t.column('id', varchar(255), requiredKey)
      for (const name of ['name', 'email', 'role']) t.column(name, varchar(255), required)
      t.column('profile_image_url', text(), required)
      t.column('api_key', varchar(255), optionalKey)
      for (const name of ['created_at', 'updated_at', 'last_active_at']) t.column(name, bigint(), wholeNumber)
      for (const name of ['settings', 'info']) t.column(name, text())
      t.column('oauth_sub', text(), optionalKey)
      t.index('user_api_key', ['api_key'], unique)
      t.index('user_oauth_sub', ['oauth_sub'], unique)
    },
    whereAbsent,
  )
}

function conversations(op: OperationRecorder) {
  createKeyedTable(
    op,
    'chat',
    (t) => {
      t.column('id', varchar(255), requiredKey)
      t.column('user_id', varchar(255), required)
      t.column('title', text(), required)
      t.column('chat', text(), required)
      t.column('share_id', varchar(255), optionalKey)
      t.column('archived', boolean(), flag)
      t.column('created_at', bigint(), dateTimeNumber)
      t.column('updated_at', bigint(), dateTimeNumber)
      t.index('chat_share_id', ['share_id'], unique)
    },
    whereAbsent,
  )
  createKeyedTable(
    op,
    'chatidtag',
    (t) => {
      t.column('id', varchar(255), requiredKey)
      for (const name of ['tag_name', 'chat_id', 'user_id']) t.column(name, varchar(255), required)
      t.column('timestamp', bigint(), wholeNumber)
    },
    whereAbsent,
  )
  createKeyedTable(
    op,
    'tag',
    (t) => {
      t.column('id', varchar(255), requiredKey)
      for (const name of ['name', 'user_id']) t.column(name, varchar(255), required)
      t.column('data', text())
    },
    whereAbsent,
  )
  createKeyedTable(
    op,
    'memory',
    (t) => {
      t.column('id', varchar(255), requiredKey)
      t.column('user_id', varchar(255), required)
      t.column('content', text(), required)
      t.column('updated_at', bigint(), wholeNumber)
      t.column('created_at', bigint(), wholeNumber)
    },
    whereAbsent,
  )
  op.createTable(
    'message',
    (t) => {
      t.column('id', text(), requiredKey)
      for (const name of ['user_id', 'channel_id', 'content']) t.column(name, text())
      t.column('data', json())
      t.column('meta', json())
      t.column('created_at', bigint())
      t.column('updated_at', bigint())
      t.primaryKey(['id'])
    },
    whereAbsent,
  )
}

function library(op: OperationRecorder) {
  op.createTable(
    'document',
    (t) => {
      t.column('id', integer(), rowNumber)
      t.column('collection_name', varchar(255), requiredKey)
      t.column('name', varchar(255), requiredKey)
      t.column('title', text(), required)
      t.column('filename', text(), required)
      t.column('content', text())
      t.column('user_id', varchar(255), required)
      t.column('timestamp', bigint(), wholeNumber)
      t.primaryKey(['id'])
      t.index('document_collection_name', ['collection_name'], unique)
      t.index('document_name', ['name'], unique)
    },
    whereAbsent,
  )
  createKeyedTable(
    op,
    'file',
    (t) => {
      t.column('id', text(), requiredKey)
      for (const name of ['user_id', 'filename', 'meta']) t.column(name, text(), required)
      t.column('created_at', bigint(), wholeNumber)
    },
    whereAbsent,
  )
  op.createTable(
    'prompt',
    (t) => {
      t.column('id', integer(), rowNumber)
      t.column('command', varchar(255), requiredKey)
      t.column('user_id', varchar(255), required)
      t.column('title', text(), required)
      t.column('content', text(), required)
      t.column('timestamp', bigint(), wholeNumber)
      t.primaryKey(['id'])
      t.index('prompt_command', ['command'], unique)
    },
    whereAbsent,
  )
}

function models(op: OperationRecorder) {
  createKeyedTable(
    op,
    'function',
    (t) => {
      t.column('id', text(), requiredKey)
      for (const name of ['user_id', 'name', 'type', 'content', 'meta']) t.column(name, text(), required)
      t.column('created_at', bigint(), wholeNumber)
      t.column('updated_at', bigint(), wholeNumber)
      t.column('valves', text())
      t.column('is_active', boolean(), flag)
      t.column('is_global', boolean(), flag)
    },
    whereAbsent,
  )
  createKeyedTable(
    op,
    'model',
    (t) => {
      t.column('id', text(), requiredKey)
      t.column('user_id', text(), required)
      t.column('base_model_id', text())
      for (const name of ['name', 'meta', 'params']) t.column(name, text(), required)
      t.column('created_at', bigint(), wholeNumber)
      t.column('updated_at', bigint(), wholeNumber)
    },
    whereAbsent,
  )
  createKeyedTable(
    op,
    'tool',
    (t) => {
      t.column('id', text(), requiredKey)
      for (const name of ['user_id', 'name', 'content', 'specs', 'meta']) t.column(name, text(), required)
      t.column('created_at', bigint(), wholeNumber)
      t.column('updated_at', bigint(), wholeNumber)
      t.column('valves', text())
    },
    whereAbsent,
  )
}

export function upgrade(op: OperationRecorder) {
  people(op)
  conversations(op)
  library(op)
  models(op)
}
