import { expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from './kit/database.ts'
import { dataOf, tableNames } from './kit/schema.ts'

const before010 = '009_add_models'
const at010 = '010_migrate_modelfiles_to_models'

/** A database at 009 with the rows of the fixture at 004. */
async function at009(): Promise<TestDatabase> {
  const db = testDatabase()
  db.load('legacy-004.sql')
  await db.migrator.upgrade(before010, { tier: 'legacy' })
  return db
}

const modelfile = (id: number, tagName: string, text: string): string =>
  `INSERT INTO "modelfile" VALUES (${id}, '${tagName}', 'u1', '${text}', 5);`

it('010 (a) the rollback gives every modelfile back and takes away only what was made from them', async () => {
  const db = await at009()
  const before = dataOf(db, ['modelfile', 'model'])
  // What is preserved is not reported as lost with the table.
  expect((await db.migrator.upgrade(at010, { tier: 'legacy' })).losses).toEqual([])
  db.script(`
    INSERT INTO "model" VALUES ('gpt', 'u1', NULL, 'GPT', '{}', '{}', 1, 2);
    INSERT INTO "model" VALUES ('ollama-own', 'u1', NULL, 'Own', '{"ollama": {}}', '{}', 1, 2);
  `)
  await db.migrator.downgrade(before010, { tier: 'legacy' })
  expect(dataOf(db, ['modelfile'])).toEqual({ modelfile: before.modelfile })
  expect(db.rows('SELECT "id" FROM "model" ORDER BY "id"').map((row) => row.id)).toEqual(['gpt', 'ollama-own'])
})

it('010 (a) the rollback rewrites modelfiles from models that were changed or made since', async () => {
  const db = await at009()
  await db.migrator.upgrade(at010, { tier: 'legacy' })
  db.script(`
    UPDATE "model" SET "name" = 'Luigi' WHERE "id" = 'ollama-mario:latest';
    INSERT INTO "model" VALUES ('ollama-new', 'u2', NULL, 'New', '{"ollama": {"modelfile": "FROM x"}}', '{}', 7, 8);
  `)
  await db.migrator.downgrade(before010, { tier: 'legacy' })
  const text = (tag: string): unknown =>
    JSON.parse(String(db.one('SELECT "modelfile" FROM "modelfile" WHERE "tag_name" = ?', tag)))
  expect(text('mario:latest')).toMatchObject({ title: 'Luigi', categories: ['character'] })
  expect(text('new')).toMatchObject({ title: 'New', content: 'FROM x' })
  expect(db.rows('SELECT "id", "user_id", "timestamp" FROM "modelfile" WHERE "tag_name" = ?', 'new')).toEqual([
    { id: 5n, user_id: 'u2', timestamp: 7n },
  ])
})

it('010 (b) the model that a modelfile builds on keeps its whole reference', async () => {
  const db = await at009()
  await db.migrator.upgrade(at010, { tier: 'legacy' })
  const bases = db.rows('SELECT "id", "base_model_id" FROM "model" ORDER BY "id"')
  expect(bases).toEqual([
    { id: 'ollama-mario:latest', base_model_id: 'llama3:8b' },
    { id: 'ollama-nofrom', base_model_id: null },
    { id: 'ollama-path/ns', base_model_id: 'registry/ns-model:7b-q4' },
    { id: 'ollama-plain', base_model_id: 'mistral' },
  ])
})

it('010 (c) a modelfile without content becomes a model, unreadable ones stay aside, are named and come back', async () => {
  const db = await at009()
  db.script(
    modelfile(10, 'no-content', '{"title": "T"}') +
      modelfile(11, 'not-json', 'not json') +
      modelfile(12, 'not-object', '[1]') +
      modelfile(13, 'json-null', 'null'),
  )
  const before = dataOf(db, ['modelfile'])
  const { reports } = await db.migrator.upgrade(at010, { tier: 'legacy' })
  expect(db.rows(`SELECT "base_model_id", "params" FROM "model" WHERE "id" = 'ollama-no-content'`)).toEqual([
    { base_model_id: null, params: '{}' },
  ])
  expect(reports.find(({ what }) => what.includes('no JSON object'))).toMatchObject({
    count: 3,
    firstKeys: ['not-json', 'not-object', 'json-null'],
  })
  expect(tableNames(db)).not.toContain('modelfile')
  await db.migrator.downgrade(before010, { tier: 'legacy' })
  expect(dataOf(db, ['modelfile'])).toEqual(before)
})

it('010 (d) a modelfile without a title is called by its tag', async () => {
  const db = await at009()
  db.script(modelfile(10, 'untitled:1b', '{"content": "FROM x"}') + modelfile(11, 'null-title', '{"title": null}'))
  await db.migrator.upgrade(at010, { tier: 'legacy' })
  expect(db.one(`SELECT "name" FROM "model" WHERE "id" = 'ollama-untitled:1b'`)).toBe('untitled:1b')
  expect(db.one(`SELECT "name" FROM "model" WHERE "id" = 'ollama-null-title'`)).toBe('null-title')
})

it('a modelfile whose model exists already stays aside', async () => {
  const db = await at009()
  db.script(`INSERT INTO "model" VALUES ('ollama-plain', 'u1', NULL, 'Mine', '{}', '{}', 1, 2)`)
  const { reports } = await db.migrator.upgrade(at010, { tier: 'legacy' })
  expect(db.one(`SELECT "name" FROM "model" WHERE "id" = 'ollama-plain'`)).toBe('Mine')
  expect(reports.map(({ what }) => what)).toContain('modelfiles whose model exists already stay aside')
})

it('7e5b only what the revision made is dropped, tables that were there stay with their rows', async () => {
  const db = testDatabase({ legacy: false })
  db.script(`
    CREATE TABLE "auth" ("id" VARCHAR(255) NOT NULL, "email" VARCHAR(255) NOT NULL, "password" TEXT NOT NULL NOT NULL,
      "active" INTEGER NOT NULL);
    CREATE UNIQUE INDEX "auth_id" ON "auth" ("id");
    INSERT INTO "auth" VALUES ('u1', 'e', 'p', 1);
  `)
  const before = dataOf(db)
  await db.migrator.upgrade()
  await db.migrator.downgrade('base')
  expect(dataOf(db)).toEqual(before)
})
