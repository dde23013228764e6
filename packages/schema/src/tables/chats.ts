import { bigint, column, json, table } from '@org/migrate-core'
import { optional, required } from './columns.ts'
import type { JsonValue } from './json-value.ts'

/** The legacy tier wrote DATETIME for these two; what they hold has always been epoch seconds. */
const seconds = () => column(bigint(), { nullable: false, native: { sqlite: 'DATETIME' } })

export const folder = table(
  'folder',
  {
    id: required.keyText(),
    parent_id: optional.keyText(),
    user_id: required.keyText(),
    name: required.text(),
    items: optional.json(),
    meta: optional.json(),
    is_expanded: required.boolean(),
    created_at: required.bigint(),
    updated_at: required.bigint(),
    data: optional.json(),
  },
  {
    primaryKey: ['id', 'user_id'],
    foreignKeys: [
      {
        name: 'fk_folder_parent',
        columns: ['parent_id', 'user_id'],
        references: { table: 'folder', columns: ['id', 'user_id'] },
        deferrable: 'deferred',
      },
    ],
  },
)

export const chat = table(
  'chat',
  {
    id: required.keyString(),
    user_id: required.keyString(),
    title: required.text(),
    share_id: optional.keyString(),
    archived: required.legacyBoolean(),
    created_at: seconds(),
    updated_at: seconds(),
    chat: optional.json(),
    folder_id: optional.keyText(),
    pinned: optional.boolean(),
    meta: column(json<JsonValue>(), { nullable: false, default: '{}' }),
  },
  {
    indexes: [
      { name: 'chat_id', columns: ['id'], unique: true },
      { name: 'chat_share_id', columns: ['share_id'], unique: true },
    ],
    foreignKeys: [
      {
        name: 'fk_chat_folder',
        columns: ['folder_id', 'user_id'],
        references: { table: folder, columns: ['id', 'user_id'] },
        deferrable: 'deferred',
      },
    ],
  },
)

export const chatidtag = table(
  'chatidtag',
  {
    id: required.keyString(),
    tag_name: required.string(),
    chat_id: required.string(),
    user_id: required.string(),
    timestamp: required.legacyBigint(),
  },
  { indexes: [{ name: 'chatidtag_id', columns: ['id'], unique: true }] },
)

export const chat_tag = table(
  'chat_tag',
  {
    chat_id: required.keyText(),
    tag_id: required.keyText(),
    user_id: required.keyText(),
    created_at: optional.bigint(),
  },
  { primaryKey: ['chat_id', 'tag_id', 'user_id'] },
)

export const tag = table(
  'tag',
  {
    id: required.keyString(),
    name: required.string(),
    user_id: required.keyString(),
    meta: optional.json(),
    color: optional.text(),
    icon: optional.text(),
  },
  { primaryKey: { name: 'pk_id_user_id', columns: ['id', 'user_id'] } },
)

export const channel = table(
  'channel',
  {
    id: required.keyText(),
    user_id: optional.text(),
    name: optional.text(),
    description: optional.text(),
    data: optional.json(),
    meta: optional.json(),
    access_control: optional.json(),
    created_at: optional.bigint(),
    updated_at: optional.bigint(),
    type: optional.text(),
  },
  { primaryKey: ['id'] },
)

export const channel_member = table(
  'channel_member',
  { id: required.keyText(), channel_id: required.text(), user_id: required.text(), created_at: optional.bigint() },
  { primaryKey: ['id'] },
)

export const message = table(
  'message',
  {
    id: required.keyText(),
    user_id: optional.text(),
    channel_id: optional.text(),
    content: optional.text(),
    data: optional.json(),
    meta: optional.json(),
    /** Nanoseconds since the epoch. */
    created_at: optional.bigint(),
    updated_at: optional.bigint(),
    images: optional.json(),
    files: optional.json(),
    citations: optional.json(),
    parent_id: optional.text(),
  },
  { primaryKey: ['id'] },
)

export const message_reaction = table(
  'message_reaction',
  {
    id: required.keyText(),
    user_id: required.text(),
    message_id: required.text(),
    name: required.text(),
    created_at: optional.bigint(),
  },
  { primaryKey: ['id'] },
)
