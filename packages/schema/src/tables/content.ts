import { boolean, column, integer, table } from '@org/migrate-core'
import { optional, required } from './columns.ts'

const automaticId = () => column(integer(), { nullable: false, identity: { mode: 'byDefault' } })

export const document = table(
  'document',
  {
    id: automaticId(),
    collection_name: required.keyString(),
    name: required.keyString(),
    title: required.text(),
    filename: required.text(),
    content: optional.text(),
    user_id: required.string(),
    timestamp: required.legacyBigint(),
  },
  {
    primaryKey: ['id'],
    indexes: [
      { name: 'document_collection_name', columns: ['collection_name'], unique: true },
      { name: 'document_name', columns: ['name'], unique: true },
    ],
  },
)

export const knowledge = table(
  'knowledge',
  {
    id: required.keyText(),
    user_id: required.text(),
    name: required.text(),
    description: optional.text(),
    data: optional.json(),
    meta: optional.json(),
    created_at: required.bigint(),
    updated_at: optional.bigint(),
    files: optional.json(),
    access_control: optional.json(),
  },
  { primaryKey: ['id'] },
)

export const file = table(
  'file',
  {
    id: required.keyText(),
    user_id: required.text(),
    filename: required.text(),
    meta: optional.json(),
    created_at: required.legacyBigint(),
    path: optional.text(),
    access_control: optional.json(),
    size: optional.bigint(),
    mime_type: optional.text(),
    hash: optional.text(),
    data: optional.json(),
    updated_at: optional.bigint(),
    processed: optional.boolean(),
    error: optional.text(),
  },
  { indexes: [{ name: 'file_id', columns: ['id'], unique: true }] },
)

export const prompt = table(
  'prompt',
  {
    id: automaticId(),
    command: required.keyString(),
    user_id: required.string(),
    title: required.text(),
    content: required.text(),
    timestamp: required.legacyBigint(),
    access_control: optional.json(),
  },
  { primaryKey: ['id'], indexes: [{ name: 'prompt_command', columns: ['command'], unique: true }] },
)

export const memory = table(
  'memory',
  {
    id: required.keyString(),
    user_id: required.string(),
    content: required.text(),
    updated_at: required.legacyBigint(),
    created_at: required.legacyBigint(),
  },
  { indexes: [{ name: 'memory_id', columns: ['id'], unique: true }] },
)

export const model = table(
  'model',
  {
    id: required.keyText(),
    user_id: required.text(),
    base_model_id: optional.text(),
    name: required.text(),
    meta: required.jsonText(),
    params: required.jsonText(),
    created_at: required.legacyBigint(),
    updated_at: required.legacyBigint(),
    access_control: optional.json(),
    is_active: column(boolean(), { nullable: false, default: true }),
  },
  { indexes: [{ name: 'model_id', columns: ['id'], unique: true }] },
)

export const tool = table(
  'tool',
  {
    id: required.keyText(),
    user_id: required.text(),
    name: required.text(),
    content: required.text(),
    specs: required.jsonText(),
    meta: required.jsonText(),
    created_at: required.legacyBigint(),
    updated_at: required.legacyBigint(),
    valves: optional.jsonText(),
    access_control: optional.json(),
  },
  { indexes: [{ name: 'tool_id', columns: ['id'], unique: true }] },
)

/** A function of the application; the name of the table is `function`. */
export const functionTable = table(
  'function',
  {
    id: required.keyText(),
    user_id: required.text(),
    name: required.text(),
    type: required.text(),
    content: required.text(),
    meta: required.jsonText(),
    created_at: required.legacyBigint(),
    updated_at: required.legacyBigint(),
    valves: optional.jsonText(),
    is_active: required.legacyBoolean(),
    is_global: required.legacyBoolean(),
  },
  { indexes: [{ name: 'function_id', columns: ['id'], unique: true }] },
)

export const feedback = table(
  'feedback',
  {
    id: required.keyText(),
    user_id: optional.text(),
    version: optional.bigint(),
    type: optional.text(),
    data: optional.json(),
    meta: optional.json(),
    snapshot: optional.json(),
    created_at: required.bigint(),
    updated_at: required.bigint(),
    message_id: optional.text(),
    rating: column(integer()),
    comment: optional.text(),
  },
  { primaryKey: ['id'] },
)

export const note = table(
  'note',
  {
    id: required.keyText(),
    user_id: optional.text(),
    title: optional.text(),
    data: optional.json(),
    meta: optional.json(),
    access_control: optional.json(),
    created_at: optional.bigint(),
    updated_at: optional.bigint(),
    content: optional.text(),
  },
  { primaryKey: ['id'] },
)
