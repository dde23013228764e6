import { expect, it } from 'vitest'
import { chatAt018, databaseAt018 } from './kit/database.ts'

it('what a downgrade could not give back does not stand in the place of what the next upgrade keeps', async () => {
  const db = await databaseAt018(`${chatAt018('c', 'broken A')}
    INSERT INTO "tag" VALUES ('x', 'Work', 'u1', 'old data');
    INSERT INTO "file" VALUES ('f', 'u1', 'n', 'bad A', 1);`)
  await db.migrator.upgrade()
  db.script(`UPDATE "chat" SET "chat" = '{"good": 1}'; DELETE FROM "tag"; UPDATE "file" SET "meta" = '{}'`)
  await db.migrator.downgrade('base')
  db.script(`UPDATE "chat" SET "chat" = 'broken B'; UPDATE "file" SET "meta" = 'bad B';
    INSERT INTO "tag" VALUES ('z', 'Work', 'u1', 'new data')`)
  await db.migrator.upgrade()
  await db.migrator.downgrade('base')
  expect(db.one('SELECT "chat" FROM "chat"')).toBe('broken B')
  expect(db.one('SELECT "meta" FROM "file"')).toBe('bad B')
  expect(db.rows('SELECT "id", "data" FROM "tag"')).toEqual([{ id: 'z', data: 'new data' }])
  expect(
    db
      .rows(`SELECT "value" FROM "migrate_preserved" WHERE "value" IS NOT NULL`)
      .map((row) => row.value)
      .filter((value) => /A$|old data/.test(String(value))),
  ).toHaveLength(3)
})
