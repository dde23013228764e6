import { expect, it } from 'vitest'
import { chatAt018, databaseAt018, quoted } from './kit/database.ts'
import { dataOf } from './kit/schema.ts'

const folder = (id: string, items: string, created = '5'): string =>
  'INSERT INTO "folder" ("id", "user_id", "name", "items", "is_expanded", "created_at", "updated_at") ' +
  `VALUES (${quoted(id)}, 'u1', 'n', ${items}, 0, ${created}, 5);`

it('a folder that lists two thousand chats gets them all; items of any other form get none', async () => {
  const ids = Array.from({ length: 2000 }, (_, at) => `c${at}`)
  const db = await databaseAt018(`BEGIN; ${ids.map((id) => chatAt018(id, '{}')).join('\n')} COMMIT;`)
  await db.migrator.upgrade('c69f45358db4')
  db.script(
    folder('null as text', `'"null"'`) +
      folder('null', `'null'`) +
      folder('number', '7') +
      folder('bytes', `X'${Buffer.from('{"chat_ids": ["c1"]}').toString('hex')}'`) +
      folder('deep', `'{"chat_ids": ${'['.repeat(100_000)}"c2"${']'.repeat(100_000)}}'`) +
      folder('all', quoted(JSON.stringify({ chat_ids: [...ids, ...ids] })), '6') +
      folder('too late', quoted(JSON.stringify({ chat_ids: ids })), '7'),
  )
  const before = dataOf(db)
  await db.migrator.upgrade()
  expect(db.rows('SELECT "folder_id", COUNT(*) AS "chats" FROM "chat" GROUP BY 1')).toEqual([
    { folder_id: 'all', chats: 2000n },
  ])
  await db.migrator.downgrade('c69f45358db4')
  expect(dataOf(db)).toEqual(before)
})

it('marks without a name say nothing, and those without an owner belong to no user', async () => {
  const db = await databaseAt018(chatAt018('c', '{}') + chatAt018('d', '{}'))
  await db.migrator.upgrade('d31026856c01')
  db.script(`
    DROP TABLE "chatidtag";
    CREATE TABLE "chatidtag" ("id" VARCHAR(255) NOT NULL, "tag_name" VARCHAR(255), "chat_id" VARCHAR(255),
      "user_id" VARCHAR(255), "timestamp" INTEGER);
    CREATE UNIQUE INDEX "chatidtag_id" ON "chatidtag" ("id");
    INSERT INTO "chatidtag" VALUES ('1', NULL, 'c', 'u1', 1), ('2', 'Work', 'c', NULL, 7), ('3', 'work', 'c', '', 3),
      ('4', NULL, 'd', 'u1', 1), ('5', 'x', NULL, 'u1', 1);
  `)
  await db.migrator.upgrade('1af9b942657b')
  expect(db.rows('SELECT "id", "pinned", "meta" FROM "chat" ORDER BY "id"')).toEqual([
    { id: 'c', pinned: 0n, meta: '{"tags": ["work"]}' },
    { id: 'd', pinned: null, meta: '{}' },
  ])
  expect(db.rows('SELECT * FROM "chat_tag"')).toEqual([{ chat_id: 'c', tag_id: 'work', user_id: '', created_at: 3n }])
})
