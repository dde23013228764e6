import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { databaseAt018, type TestDatabase, testDatabase } from './kit/database.ts'
import { chain, steps } from './kit/revisions.ts'
import { dataOf, masterOf, schemaOf } from './kit/schema.ts'

/** Rows of the tables that the graph makes, as a program at head would write them. */
export const rowsAtHead = `
  INSERT INTO "folder" ("id", "user_id", "name", "is_expanded", "created_at", "updated_at", "data")
    VALUES ('f', 'u1', 'Folder', 1, 1729044155, 1729044155, '{"a": 1}');
  INSERT INTO "chat" ("id", "user_id", "title", "archived", "created_at", "updated_at", "chat", "folder_id", "pinned", "meta")
    VALUES ('new', 'u1', 'New', 0, 1, 2, '{"a": 9007199254740993}', 'f', 1, '{"tags": ["mine"], "x": 1}');
  INSERT INTO "tag" ("id", "name", "user_id", "meta", "color", "icon") VALUES ('mine', 'Mine', 'u1', '{"m": 1}', 'red', 'star');
  INSERT INTO "chat_tag" VALUES ('new', 'mine', 'u1', 5);
  INSERT INTO "message" ("id", "content", "images", "files", "citations", "parent_id")
    VALUES ('m', 'text', '[1]', '[2]', '[3]', 'p');
  INSERT INTO "message_reaction" VALUES ('r', 'u1', 'm', 'smile', 7);
  INSERT INTO "knowledge" ("id", "user_id", "name", "created_at", "files", "access_control")
    VALUES ('k', 'u1', 'Mine', 8, '["f1"]', '{"read": []}');
  INSERT INTO "file" ("id", "user_id", "filename", "meta", "created_at", "path", "access_control", "size", "mime_type", "hash",
      "data", "updated_at", "processed", "error")
    VALUES ('file', 'u1', 'n', '{"a": 1}', 9, 's3://b/k', '{"read": []}', 10, 'a/b', 'abc', '{}', 11, 1, 'e');
  INSERT INTO "group" ("id", "name", "user_ids") VALUES ('g', 'Group', '["u1"]');
  INSERT INTO "group_member" VALUES ('g', 'u1', 12);
  INSERT INTO "config" VALUES ('ui', '{"a": 1}', 13);
  INSERT INTO "feedback" ("id", "created_at", "updated_at", "message_id", "rating", "comment") VALUES ('fb', 1, 2, 'm', 5, 'ok');
  INSERT INTO "channel" ("id", "name", "type") VALUES ('ch', 'general', 'dm');
  INSERT INTO "channel_member" VALUES ('cm', 'ch', 'u1', 14);
  INSERT INTO "note" ("id", "title", "content") VALUES ('n', 'Note', 'text');
  UPDATE "user" SET "username" = 'ada', "bio" = 'b', "gender" = 'x', "date_of_birth" = '1815-12-10';
  UPDATE "model" SET "is_active" = 0, "access_control" = '{"read": []}' WHERE "id" = 'gpt-4o';
  UPDATE "prompt" SET "access_control" = '{}' WHERE "id" = 1;
  UPDATE "tool" SET "access_control" = '{}';
  INSERT INTO "token_group" VALUES ('tg', '["m"]', 100, 1, 2, '{"at": 1}', '01:00', 'UTC');
  INSERT INTO "token_usage" VALUES ('tg', 1, 2, 3, 4, '2024-01-01', 15);
`

const climbed: Promise<Buffer>[] = []

/** The bytes of a database with rows of every kind behind the first so many revisions: each climbs one step from the one before. */
function bytesAfter(count: number): Promise<Buffer> {
  climbed[count] ??= (async () => {
    const db = testDatabase()
    const revision = chain[count - 1]
    if (revision === undefined) db.load('legacy-018.sql', 'legacy-018-hostile.sql')
    else writeFileSync(db.path, await bytesAfter(count - 1))
    await db.migrator.upgrade(revision ?? 'base')
    return readFileSync(db.path)
  })()
  return climbed[count]
}

async function filledAfter(count: number): Promise<TestDatabase> {
  const bytes = await bytesAfter(count)
  const db = testDatabase()
  writeFileSync(db.path, bytes)
  return db
}

it.each(chain.map((revision, at) => [revision, at] as const))('%s goes up, down and up again', async (revision, at) => {
  const db = await filledAfter(at)
  const below = { master: masterOf(db), schema: schemaOf(db), data: dataOf(db) }

  await db.migrator.upgrade(revision)
  const above = { master: masterOf(db), schema: schemaOf(db), data: dataOf(db) }

  await db.migrator.downgrade(chain[at - 1] ?? 'base')
  expect(schemaOf(db)).toEqual(below.schema)
  expect(dataOf(db)).toEqual(below.data)

  await db.migrator.upgrade(revision)
  expect(masterOf(db)).toEqual(above.master)
  expect(dataOf(db)).toEqual(above.data)
})

it('what the program wrote at head comes back after every downgrade and upgrade', async () => {
  const db = await filledAfter(chain.length)
  db.script(rowsAtHead)
  const above = { master: masterOf(db), data: dataOf(db) }
  for (const revision of [...chain].reverse().slice(1)) {
    await db.migrator.downgrade(revision)
    await db.migrator.upgrade()
    expect([revision, masterOf(db)]).toEqual([revision, above.master])
    expect([revision, dataOf(db)]).toEqual([revision, above.data])
  }
})

it.each(steps.map((step, at) => [step, at] as const))('legacy %s goes up, down and up again', async (step, at) => {
  const db = testDatabase()
  const upgrade = (name: string) => db.migrator.upgrade(name, { tier: 'legacy' })
  const downgrade = () => db.migrator.downgrade(steps[at - 1] ?? 'base', { tier: 'legacy' })
  const snapshot = () => ({ master: masterOf(db), data: dataOf(db) })
  if (at > 0) await upgrade(steps[at - 1] ?? '')
  const below = snapshot()
  await upgrade(step)
  const above = snapshot()
  await downgrade()
  expect(snapshot().data).toEqual({ ...below.data, ...(at === 0 ? { migratehistory: [] } : {}) })
  await upgrade(step)
  expect(snapshot().master).toEqual(above.master)
})

it('the legacy tier goes back from 018 to 005 with its rows', async () => {
  const db = testDatabase()
  db.load('legacy-004.sql')
  const before = { schema: schemaOf(db), data: dataOf(db) }
  await db.migrator.upgrade('018_add_function_is_global', { tier: 'legacy' })
  for (const step of [...steps].reverse().slice(1, 15)) await db.migrator.downgrade(step, { tier: 'legacy' })
  expect(schemaOf(db)).toEqual(before.schema)
  expect(dataOf(db)).toEqual(before.data)
})

it('the legacy tier goes back to nothing', async () => {
  const db = await databaseAt018()
  await db.migrator.downgrade('base', { tier: 'legacy' })
  expect(Object.keys(schemaOf(db))).toEqual(['migratehistory'])
  expect(dataOf(db)).toEqual({ migratehistory: [] })
})
