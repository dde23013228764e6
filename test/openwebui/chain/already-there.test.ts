import { expect, it } from 'vitest'
import { databaseAt018 } from './kit/database.ts'
import { schemaOf } from './kit/schema.ts'

it.each([
  ['one column of the user', '9f0c9cd09105', 'ALTER TABLE "user" ADD COLUMN "bio" TEXT'],
  [
    'three columns of the user',
    '9f0c9cd09105',
    'ALTER TABLE "user" ADD COLUMN "username" VARCHAR(50);' +
      'ALTER TABLE "user" ADD COLUMN "gender" TEXT; ALTER TABLE "user" ADD COLUMN "date_of_birth" DATE',
  ],
  ['no hash of the file', '7826ab40b532', 'ALTER TABLE "file" DROP COLUMN "hash"'],
])('head is the same with %s before its revision', async (_, revision, script) => {
  const [db, other] = [await databaseAt018(), await databaseAt018()]
  await db.migrator.upgrade(revision)
  db.script(script)
  await db.migrator.upgrade()
  await other.migrator.upgrade()
  expect(schemaOf(db)).toEqual(schemaOf(other))
})

it('what a user had written into such a column is there at head, and after the downgrade and upgrade', async () => {
  const db = await databaseAt018(`
    INSERT INTO "user" VALUES ('u1', 'n', 'e', 'r', 'p', NULL, 1, 2, 3, NULL, NULL, NULL);
    ALTER TABLE "user" ADD COLUMN "bio" TEXT;
    UPDATE "user" SET "bio" = 'wrote this';
  `)
  await expect(db.migrator.upgrade()).rejects.toThrow('column bio is not expected')
  db.script('ALTER TABLE "user" DROP COLUMN "bio"')
  await db.migrator.upgrade('9f0c9cd09105')
  db.script(`ALTER TABLE "user" ADD COLUMN "bio" TEXT; UPDATE "user" SET "bio" = 'wrote this'`)
  for (let round = 0; round < 2; round += 1) {
    await db.migrator.upgrade()
    expect(db.one('SELECT "bio" FROM "user"')).toBe('wrote this')
    await db.migrator.downgrade('9f0c9cd09105')
  }
})
