import { expect, it } from 'vitest'
import { chatAt018, databaseAt018 } from './kit/database.ts'

it('what was deleted at head is made again where the upgrade makes it from rows that are there, and nowhere else', async () => {
  const db = await databaseAt018(`
    ${chatAt018('c', '{}')}
    INSERT INTO "tag" VALUES ('x', 'Work', 'u1', NULL);
    INSERT INTO "chatidtag" VALUES ('m', 'Work', 'c', 'u1', 5);
    INSERT INTO "document" VALUES (1, 'k', 'n', 't', 'f', '{}', 'u1', 5);
    INSERT INTO "file" VALUES ('f', 'u1', 'n', '{"path": "/x", "size": 5}', 1);
  `)
  await db.migrator.upgrade('c69f45358db4')
  db.script(`INSERT INTO "folder" ("id", "user_id", "name", "items", "is_expanded", "created_at", "updated_at")
    VALUES ('folder', 'u1', 'n', '{"chat_ids": ["c"]}', 0, 1, 1)`)
  await db.migrator.upgrade()
  db.script(`
    DELETE FROM "tag"; DELETE FROM "chat_tag"; DELETE FROM "knowledge";
    UPDATE "chat" SET "meta" = '{}', "folder_id" = NULL;
    UPDATE "file" SET "path" = NULL, "size" = NULL;
  `)
  await db.migrator.downgrade('base')
  await db.migrator.upgrade()
  expect({
    tags: db.one('SELECT COUNT(*) FROM "tag"'),
    marks: db.one('SELECT COUNT(*) FROM "chat_tag"'),
    knowledge: db.one('SELECT COUNT(*) FROM "knowledge"'),
    chat: db.rows('SELECT "meta", "folder_id" FROM "chat"'),
    file: db.rows('SELECT "path", "size" FROM "file"'),
  }).toEqual({
    tags: 0n,
    marks: 1n,
    knowledge: 1n,
    chat: [{ meta: '{}', folder_id: 'folder' }],
    file: [{ path: null, size: null }],
  })
})
