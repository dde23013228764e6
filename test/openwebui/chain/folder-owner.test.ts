import { expect, it } from 'vitest'
import { chatAt018, databaseAt018, quoted } from './kit/database.ts'

it('a folder that lists the chat of another user neither takes nor touches it', async () => {
  const db = await databaseAt018(chatAt018('mine', '{}', 'u1') + chatAt018('theirs', '{}', 'u2'))
  await db.migrator.upgrade('4ace53fd72c8')
  db.script(
    'INSERT INTO "folder" ("id", "user_id", "name", "items", "is_expanded", "created_at", "updated_at") ' +
      `VALUES ('f', 'u1', 'n', ${quoted('{"chat_ids": ["theirs", "mine"]}')}, 0, 1, 1)`,
  )
  const { reports } = await db.migrator.upgrade('d31026856c01')
  expect(db.rows('SELECT "id", "folder_id" FROM "chat" ORDER BY "id"')).toEqual([
    { id: 'mine', folder_id: 'f' },
    { id: 'theirs', folder_id: null },
  ])
  expect(reports.map(({ what, count, firstKeys }) => [what, count, firstKeys])).toEqual([
    ['chats put into the folder that lists them', 1, ['mine']],
  ])
})
