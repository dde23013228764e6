import { column, date, table, varchar } from '@org/migrate-core'
import { optional, required } from './columns.ts'

export const user = table(
  'user',
  {
    id: required.keyString(),
    name: required.string(),
    email: required.string(),
    role: required.string(),
    profile_image_url: required.text(),
    api_key: optional.keyString(),
    created_at: required.legacyBigint(),
    updated_at: required.legacyBigint(),
    last_active_at: required.legacyBigint(),
    settings: optional.jsonText(),
    info: optional.jsonText(),
    oauth_sub: optional.keyText(),
    username: column(varchar(50)),
    bio: optional.text(),
    gender: optional.text(),
    date_of_birth: column(date()),
  },
  {
    indexes: [
      { name: 'user_id', columns: ['id'], unique: true },
      { name: 'user_api_key', columns: ['api_key'], unique: true },
      { name: 'user_oauth_sub', columns: ['oauth_sub'], unique: true },
    ],
  },
)

export const auth = table(
  'auth',
  { id: required.keyString(), email: required.string(), password: required.text(), active: required.legacyBoolean() },
  { indexes: [{ name: 'auth_id', columns: ['id'], unique: true }] },
)

export const group = table(
  'group',
  {
    id: required.keyText(),
    user_id: optional.text(),
    name: optional.text(),
    description: optional.text(),
    data: optional.json(),
    meta: optional.json(),
    permissions: optional.json(),
    user_ids: optional.json(),
    created_at: optional.bigint(),
    updated_at: optional.bigint(),
  },
  { primaryKey: ['id'] },
)

export const group_member = table(
  'group_member',
  { group_id: required.keyText(), user_id: required.keyText(), created_at: optional.bigint() },
  { primaryKey: ['group_id', 'user_id'] },
)
