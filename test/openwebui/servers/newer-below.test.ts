import { expect, it } from 'vitest'
import { longRun } from '../../kit/scale.ts'
import { type CreateDatabase, databaseAt, onDialects } from './kit/database.ts'

const lowest = '7e5b5dc7342b'

const chat = (id: string): string =>
  `INSERT INTO "chat" (id, user_id, title, chat, archived, created_at, updated_at)
    VALUES ('${id}', 'u1', 't', '{"messages": []}', FALSE, 1, 2);`

/** Documents, files and tagged chats as the program writes them at 018. */
async function filled(createDatabase: CreateDatabase) {
  const db = await databaseAt(createDatabase)
  await db.script(`
    ${chat('edited')} ${chat('deleted')} ${chat('same')}
    INSERT INTO "tag" VALUES ('t1', 'work', 'u1', NULL), ('t2', 'pinned', 'u1', NULL), ('t3', 'home', 'u1', NULL);
    INSERT INTO "chatidtag" VALUES ('m1', 'work', 'edited', 'u1', 1), ('m2', 'work', 'deleted', 'u1', 2), ('m3', 'work', 'same', 'u1', 3),
      ('m4', 'pinned', 'edited', 'u1', 4), ('m5', 'pinned', 'same', 'u1', 5);
    INSERT INTO "file" VALUES ('f1', 'u1', 'one.txt', '{"path": "/old/one.txt", "size": 1, "content_type": "text/plain"}', 1),
      ('f2', 'u1', 'two.txt', '{"path": "/old/two.txt", "size": 2, "content_type": "text/plain"}', 2);
    INSERT INTO "document" (id, collection_name, name, title, filename, content, user_id, timestamp) VALUES
      (1, 'c1', 'one', 'Title one', 'one', '{}', 'u1', 1), (2, 'c2', 'two', 'Title two', 'two', '{}', 'u1', 2);`)
  await db.migrator.upgrade()
  return db
}

/** Servers keep the text of JSON in their own way. */
const json = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value)

onDialects('what the old program writes below', (createDatabase) => {
  it('is what the new one finds, and everything else is as it was at head', async () => {
    const db = await filled(createDatabase)
    await db.script(`UPDATE "file" SET access_control = '{}', hash = CASE id WHEN 'f1' THEN 'h-f1' ELSE 'h-f2' END;
      UPDATE "knowledge" SET description = CASE id WHEN 'c1' THEN 'mine c1' ELSE 'mine c2' END;
      INSERT INTO "knowledge" (id, user_id, name, created_at) VALUES ('made', 'u1', 'made at head', 5);
      UPDATE "chat" SET meta = '{"tags": ["work", "head"]}' WHERE id IN ('same', 'edited');
      INSERT INTO "tag" (id, name, user_id) VALUES ('head', 'head', 'u1');
      INSERT INTO "chat_tag" VALUES ('same', 'head', 'u1', 9), ('deleted', 'head', 'u1', 9)`)
    await db.migrator.downgrade(lowest)
    await db.script(`UPDATE "file" SET meta = '{"path": "/new/one.txt", "size": 11, "content_type": "text/html"}' WHERE id = 'f1';
      UPDATE "document" SET title = 'New title' WHERE collection_name = 'c1';
      DELETE FROM "chatidtag" WHERE chat_id IN ('deleted', 'edited'); DELETE FROM "chat" WHERE id = 'deleted';
      INSERT INTO "chatidtag" VALUES ('m9', 'home', 'edited', 'u1', 9)`)
    await db.migrator.upgrade()
    const files = await db.rows('SELECT id, path, size, mime_type, access_control, hash FROM file ORDER BY id')
    expect(files.map((row) => ({ ...row, access_control: json(row.access_control) }))).toEqual([
      { id: 'f1', path: 'file:///new/one.txt', size: 11n, mime_type: 'text/html', access_control: {}, hash: 'h-f1' },
      { id: 'f2', path: 'file:///old/two.txt', size: 2n, mime_type: 'text/plain', access_control: {}, hash: 'h-f2' },
    ])
    expect(await db.rows('SELECT id, name, description FROM knowledge ORDER BY id')).toEqual([
      { id: 'c1', name: 'New title', description: 'one' },
      { id: 'c2', name: 'Title two', description: 'mine c2' },
      { id: 'made', name: 'made at head', description: null },
    ])
    const chats = await db.rows('SELECT id, meta, pinned FROM chat ORDER BY id')
    expect(chats.map((row) => ({ ...row, meta: json(row.meta) }))).toEqual([
      { id: 'edited', meta: { tags: ['home'] }, pinned: false },
      { id: 'same', meta: { tags: ['work', 'head'] }, pinned: true },
    ])
    expect(await db.rows('SELECT chat_id, tag_id FROM chat_tag ORDER BY chat_id, tag_id')).toEqual([
      { chat_id: 'edited', tag_id: 'home' },
      { chat_id: 'same', tag_id: 'head' },
      { chat_id: 'same', tag_id: 'work' },
    ])
  })

  if (longRun)
    it('is nothing: a round trip ends as it began, and nothing is superseded', async () => {
      const db = await filled(createDatabase)
      await db.script(
        `UPDATE "tag" SET meta = '{"a": 1}', color = 'red'; UPDATE "chat" SET pinned = FALSE WHERE id = 'same'`,
      )
      const all = async (): Promise<unknown> => ({
        chats: await db.rows('SELECT * FROM "chat" ORDER BY id'),
        tagged: await db.rows('SELECT * FROM "chat_tag" ORDER BY chat_id, tag_id'),
        tags: await db.rows('SELECT * FROM "tag" ORDER BY id'),
        files: await db.rows('SELECT * FROM "file" ORDER BY id'),
        knowledge: await db.rows('SELECT * FROM "knowledge" ORDER BY id'),
      })
      const before = await all()
      await db.migrator.downgrade(lowest)
      await db.migrator.upgrade()
      expect(await all()).toEqual(before)
      expect((await db.migrator.status()).superseded).toBe(0)
    })
})
