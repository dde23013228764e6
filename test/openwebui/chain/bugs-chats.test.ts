import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { chatAt018, databaseAt018, quoted, type TestDatabase } from './kit/database.ts'
import { dataOf, schemaOf } from './kit/schema.ts'

const up = '242a2047eae0'
const down = '7e5b5dc7342b'

const chat = (db: TestDatabase, id: string): unknown => db.one('SELECT "chat" FROM "chat" WHERE "id" = ?', id)

/** Texts with their names, each through the revision: as they stand after it, and after the downgrade. */
async function upAndDown(inputs: readonly string[]) {
  const db = await databaseAt018(inputs.map((text, at) => chatAt018(`c${at}`, text)).join('\n'))
  const { reports } = await db.migrator.upgrade(up)
  const above = inputs.map((_, at) => chat(db, `c${at}`))
  await db.migrator.downgrade(down)
  return { db, above, below: inputs.map((_, at) => chat(db, `c${at}`)), reports }
}

/** The table with chat.chat declared in another way, as databases of other origins have it. */
function redeclareChat(declaration: string): string {
  return `
    CREATE TABLE "chat_copy" ("id" VARCHAR(255) NOT NULL, "user_id" VARCHAR(255) NOT NULL, "title" TEXT NOT NULL,
      "chat" ${declaration}, "share_id" VARCHAR(255), "archived" INTEGER NOT NULL, "created_at" DATETIME NOT NULL,
      "updated_at" DATETIME NOT NULL);
    INSERT INTO "chat_copy" SELECT * FROM "chat";
    DROP TABLE "chat";
    ALTER TABLE "chat_copy" RENAME TO "chat";
    CREATE UNIQUE INDEX "chat_id" ON "chat" ("id");
    CREATE UNIQUE INDEX "chat_share_id" ON "chat" ("share_id");
  `
}

it('242a (a) text that is no JSON becomes null and comes back byte for byte', async () => {
  const inputs = ['', 'not json', '{"a": ', 'it\'s "q"\n;--', '\ufeff{}', 'null ', '{"a":"raw\ttab"}']
  const { above, below, reports } = await upAndDown(inputs)
  expect(above).toEqual(['null', 'null', 'null', 'null', 'null', 'null ', 'null'])
  expect(below).toEqual(inputs)
  expect(reports).toMatchObject([{ count: 6, firstKeys: expect.arrayContaining(['c0']) as unknown }])
})

it('242a (a) a chat that was changed since keeps the change', async () => {
  const db = await databaseAt018(chatAt018('a', 'broken') + chatAt018('b', 'broken too'))
  await db.migrator.upgrade(up)
  db.script(`UPDATE "chat" SET "chat" = '{"new": 1}' WHERE "id" = 'a'`)
  await db.migrator.downgrade(down)
  expect([chat(db, 'a'), chat(db, 'b')]).toEqual(['{"new": 1}', 'broken too'])
})

it('242a (b) texts stay as they are written: space, escapes, equal keys, spelling of numbers', async () => {
  const inputs = [
    ' { "a" : 1.0 , "a" : 1e2 , "b":"\\u00e9\\/\\ud83e" } ',
    '{"n": [12345678901234567890, -0.0, 0.10, 1E5]}\n',
    '"text"',
    'true',
    '[]',
  ]
  const { above, below } = await upAndDown(inputs)
  expect(above).toEqual(inputs)
  expect(below).toEqual(inputs)
})

it('242a (b) a chat that is one number comes back as it was written', async () => {
  const inputs = ['42', ' 42 ', '1.0', '-0', '12345678901234567890', '1e400', '0.1e-7']
  const { below } = await upAndDown(inputs)
  expect(below).toEqual(inputs)
})

it('242a (c) SQL NULL stays SQL NULL', async () => {
  const db = await databaseAt018(chatAt018('a', '{}'))
  await db.migrator.upgrade(down)
  db.script(`${redeclareChat('TEXT')} UPDATE "chat" SET "chat" = NULL`)
  await db.migrator.upgrade(up)
  expect(chat(db, 'a')).toBeNull()
})

it('242a (d) nesting has no limit', async () => {
  const inputs = [3_000, 200_000].map((levels) => '['.repeat(levels) + ']'.repeat(levels))
  const { above, below } = await upAndDown(inputs)
  expect(above).toEqual(inputs)
  expect(below).toEqual(inputs)
})

it('242a (e) NaN and Infinity are no JSON, 1e400 is', async () => {
  const inputs = ['{"t": NaN}', '{"t": -Infinity}', '{"t": 1e400}']
  const { above, below } = await upAndDown(inputs)
  expect(above).toEqual(['null', 'null', '{"t": 1e400}'])
  expect(below).toEqual(inputs)
})

it('242a (f) a column that is JSON already is left alone', async () => {
  const db = await databaseAt018(chatAt018('a', '{"a": 1}') + chatAt018('b', '7') + chatAt018('c', 'no JSON'))
  await db.migrator.upgrade(down)
  db.script(redeclareChat('JSON'))
  const before = dataOf(db, ['chat']).chat
  await db.migrator.upgrade(up)
  const withPinned = before?.map((row) => row.replace(', share_id=', ', pinned=NULL, share_id='))
  expect(dataOf(db, ['chat']).chat).toEqual(withPinned)
})

it('title, archived and share_id are made where they are absent', async () => {
  const [db, other] = [await databaseAt018(), await databaseAt018()]
  await db.migrator.upgrade(down)
  db.script(`
    DROP INDEX "chat_share_id";
    ALTER TABLE "chat" DROP COLUMN "share_id";
    ALTER TABLE "chat" DROP COLUMN "archived";
    ALTER TABLE "chat" DROP COLUMN "title";
  `)
  await db.migrator.upgrade(up)
  await other.migrator.upgrade(up)
  expect(schemaOf(db)).toEqual(schemaOf(other))
})

it('242a (g) a failure leaves everything as it was, and the next run passes; a table old_chat is ignored', async () => {
  const db = await databaseAt018(`
    ${chatAt018('a', 'broken')}
    CREATE TABLE "old_chat" ("id" TEXT, "chat" TEXT);
    INSERT INTO "old_chat" VALUES ('x', 'somebody''s');
    CREATE TRIGGER "refuse" BEFORE UPDATE ON "chat" BEGIN SELECT RAISE(ABORT, 'not now'); END;
  `)
  await db.migrator.upgrade(down)
  const before = { schema: schemaOf(db), data: dataOf(db) }
  await expect(db.migrator.upgrade(up)).rejects.toThrow('not now')
  expect({ schema: schemaOf(db), data: dataOf(db) }).toEqual(before)
  db.script('DROP TRIGGER "refuse"')
  await db.migrator.upgrade(up)
  expect(chat(db, 'a')).toBe('null')
  expect(db.rows('SELECT * FROM "old_chat"')).toEqual([{ id: 'x', chat: "somebody's" }])
})

it('242a (g) a column old_chat that a crash of the original left behind keeps its values', async () => {
  const db = await databaseAt018(chatAt018('a', '{}'))
  await db.migrator.upgrade(down)
  db.script(`ALTER TABLE "chat" ADD COLUMN "old_chat" TEXT; UPDATE "chat" SET "old_chat" = 'nobody looked'`)
  await db.migrator.upgrade()
  await db.migrator.downgrade(down)
  expect(db.rows('SELECT "chat", "old_chat" FROM "chat"')).toEqual([{ chat: '{}', old_chat: 'nobody looked' }])
})

it.each([
  ['as the sequential tier leaves it', undefined],
  ['with the first revision done', down],
])('242a (g) a table whose chat is called old_chat is refused, and not a byte of it changes: %s', async (_, done) => {
  const db = await databaseAt018(chatAt018('a', 'the only copy'))
  if (done !== undefined) await db.migrator.upgrade(done)
  db.script('ALTER TABLE "chat" RENAME COLUMN "chat" TO "old_chat"')
  const before = readFileSync(db.path)
  await expect(db.migrator.upgrade()).rejects.toThrow(/(column (chat\.)?|names chat\.)chat/)
  expect(readFileSync(db.path).equals(before)).toBe(true)
})

it('242a (h) only texts that are no JSON are written, the rest is moved by the database', async () => {
  const valid = Array.from({ length: 1500 }, (_, at) => chatAt018(`v${at}`, `{"n": ${at}}`))
  const db = await databaseAt018(`BEGIN; ${valid.join('\n')} ${chatAt018('x', 'no')} ${chatAt018('y', 'no')} COMMIT;`)
  await db.migrator.upgrade(down)
  db.sent()
  await db.migrator.upgrade(up)
  const sent = db.sent()
  expect(sent.filter((sql) => sql.startsWith('UPDATE "chat"'))).toHaveLength(2)
  expect(sent.length).toBeLessThan(100)
})

it('242a (h) a text of 20 MB is judged and moved as it is', async () => {
  const db = await databaseAt018()
  const insert = (id: string, end: string): string =>
    'INSERT INTO "chat" ("id", "user_id", "title", "chat", "archived", "created_at", "updated_at") ' +
    `VALUES ('${id}', 'u', 't', '{"a": "' || hex(zeroblob(10000000)) || ${quoted(end)}, 0, 1, 2);`
  db.script(insert('good', 'ü"}') + insert('bad', '"'))
  await db.migrator.upgrade(up)
  const facts = (id: string): unknown =>
    db.rows('SELECT octet_length("chat") AS "bytes", substr("chat", -4) AS "end" FROM "chat" WHERE "id" = ?', id)
  expect(facts('good')).toEqual([{ bytes: 20_000_011n, end: '0ü"}' }])
  expect(facts('bad')).toEqual([{ bytes: 4n, end: 'null' }])
  await db.migrator.downgrade(down)
  expect(facts('bad')).toEqual([{ bytes: 20_000_008n, end: '000"' }])
})

it('242a (i) the downgrade gives chat.chat its NOT NULL back', async () => {
  const db = await databaseAt018(chatAt018('a', '{}'))
  await db.migrator.upgrade(up)
  db.script(
    `INSERT INTO "chat" ("id", "user_id", "title", "archived", "created_at", "updated_at") VALUES ('n', 'u', 't', 0, 1, 2)`,
  )
  const { reports } = await db.migrator.downgrade(down)
  expect(db.one(`SELECT "notnull" FROM pragma_table_info('chat') WHERE "name" = 'chat'`)).toBe(1n)
  expect(chat(db, 'n')).toBe('null')
  expect(reports).toMatchObject([{ what: 'chats without a value become the text null', count: 1, firstKeys: ['n'] }])
})
