import type { Inserted } from '@org/migrate-schema/sqlite'

/** Rows of the declared tables, the same for each database. */
export const aChat = {
  id: 'c',
  user_id: 'u',
  title: `it's "x" \\ 💙`,
  archived: false,
  created_at: 1717250400n,
  updated_at: 9223372036854775807n,
  folder_id: null,
  chat: { n: 12345678901234567890n, x: [1.5, 'ü', null] },
} as const satisfies Inserted<'chat'>

export const aUser = {
  id: 'u',
  name: 'n',
  email: 'e',
  role: 'user',
  profile_image_url: '',
  created_at: 1n,
  updated_at: 1n,
  last_active_at: 1n,
  settings: { ui: { scale: 1.25 } },
  date_of_birth: '1999-12-31',
} as const satisfies Inserted<'user'>
