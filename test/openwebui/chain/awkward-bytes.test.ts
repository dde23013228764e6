import { expect, it } from 'vitest'
import { databaseAt018, type TestDatabase, testDatabase } from './kit/database.ts'
import { dataOf } from './kit/schema.ts'

const bytes = (text: string): string => `X'${Buffer.from(text, 'latin1').toString('hex')}'`
/** Text of exactly these bytes, one for each character. */
const text = (latin1: string): string => `CAST(${bytes(latin1)} AS TEXT)`

const chat = (id: string, value: string): string =>
  'INSERT INTO "chat" ("id", "user_id", "title", "chat", "archived", "created_at", "updated_at") ' +
  `VALUES ('${id}', 'u1', 't', ${value}, 0, 1, 2);`
const file = (id: string, meta: string): string => `INSERT INTO "file" VALUES ('${id}', 'u1', 'f', ${meta}, 1);`

const stored = (db: TestDatabase, table: string, column: string): unknown =>
  db.rows(
    `SELECT "id", typeof("${column}") AS "type", hex(CAST("${column}" AS BLOB)) AS "hex" FROM "${table}" ORDER BY "id"`,
  )

it('chats whose bytes are no UTF-8, hold NUL or are no text at all come back byte for byte', async () => {
  const db = await databaseAt018(
    chat('bytes', text('{"a": \xff\xfe')) +
      chat('bytes in a string', text('{"a": "\xff"}')) +
      chat('long bytes', text(`{"a": "${'x'.repeat(1_100_000)}\xff`)) +
      chat('replacement', `'no ' || char(65533)`) +
      chat('nul behind', `'{}' || char(0) || 'x'`) +
      chat('nul first', `char(0)`) +
      chat('blob', bytes('{"a": 1}')) +
      chat('odd blob', bytes('\x00\xff')) +
      chat('number', '42') +
      chat('real', '1.5'),
  )
  const before = stored(db, 'chat', 'chat')
  await db.migrator.upgrade('242a2047eae0')
  const nulls = db.rows(`SELECT "id" FROM "chat" WHERE "chat" = 'null' ORDER BY "id"`).map((row) => row.id)
  expect(nulls).toEqual(['blob', 'bytes', 'long bytes', 'nul behind', 'nul first', 'odd blob', 'replacement'])
  await db.migrator.upgrade()
  await db.migrator.downgrade('7e5b5dc7342b')
  expect(stored(db, 'chat', 'chat')).toEqual(before)
})

it('metadata of files whose bytes are no UTF-8 comes back byte for byte', async () => {
  const db = await databaseAt018(
    file('bytes', text('\xff')) + file('blob', bytes('{"path": "/x"}')) + file('nul', `'{"path": "/x"}' || char(0)`),
  )
  const before = stored(db, 'file', 'meta')
  await db.migrator.upgrade()
  expect(db.rows('SELECT DISTINCT "meta", "path" FROM "file"')).toEqual([{ meta: null, path: null }])
  await db.migrator.downgrade('base')
  expect(stored(db, 'file', 'meta')).toEqual(before)
})

it('names and data of tags whose bytes are no UTF-8 come back byte for byte, of tags that are taken out too', async () => {
  const tag = (id: string, name: string, data: string) => `INSERT INTO "tag" VALUES ('${id}', ${name}, 'u1', ${data});`
  const db = await databaseAt018(
    tag('t1', `'work'`, text('\xff\xfe')) +
      tag('t2', `'Work'`, text('second \xff')) +
      tag('t3', text('odd \xff'), `'plain'`) +
      tag('t4', text('ODD \xff'), `NULL`),
  )
  const before = ['name', 'data'].map((column) => stored(db, 'tag', column))
  await db.migrator.upgrade()
  await db.migrator.downgrade('7e5b5dc7342b')
  expect(['name', 'data'].map((column) => stored(db, 'tag', column))).toEqual(before)
})

it('a key whose bytes are no UTF-8 is refused with its bytes before anything is changed, and the remedy works', async () => {
  const db = await databaseAt018(chat('good', `'no json'`))
  db.script(`INSERT INTO "chat" ("id", "user_id", "title", "chat", "archived", "created_at", "updated_at")
    VALUES (${text('k\xff')}, 'u1', 't', 'no json either', 0, 1, 2)`)
  await expect(db.migrator.upgrade('242a2047eae0')).rejects.toMatchObject({
    code: 'VALUE_INVALID',
    details: { table: 'chat', column: 'id', key: "x'6bff'" },
    remedy: "Give the row another id; id = CAST(x'6bff' AS TEXT) finds it. Then run the command again.",
  })
  expect(db.one(`SELECT COUNT(*) FROM "chat" WHERE "chat" LIKE 'no json%'`)).toBe(2n)
  db.script(`UPDATE "chat" SET "id" = 'other' WHERE "id" = CAST(x'6bff' AS TEXT)`)
  await db.migrator.upgrade()
  expect(db.rows('SELECT "id", "chat" FROM "chat" ORDER BY "id"')).toEqual([
    { id: 'good', chat: 'null' },
    { id: 'other', chat: 'null' },
  ])
})

it('a chat that is one number beyond a double becomes null and not infinity, and its text comes back', async () => {
  const long = `1${'0'.repeat(1_100_000)}`
  const db = await databaseAt018(
    chat('big', `'1E400'`) + chat('less', `' -1e999'`) + chat('long', `'${long}'`) + chat('ok', `'1e3'`),
  )
  const before = stored(db, 'chat', 'chat')
  await db.migrator.upgrade()
  expect(
    db.rows('SELECT "id", typeof("chat") AS "type", "chat" FROM "chat" WHERE "id" <> \'ok\' ORDER BY "id"'),
  ).toEqual(['big', 'less', 'long'].map((id) => ({ id, type: 'text', chat: 'null' })))
  await db.migrator.downgrade('7e5b5dc7342b')
  expect(stored(db, 'chat', 'chat')).toEqual(before)
})

it('a modelfile whose bytes are no UTF-8 comes back byte for byte', async () => {
  const db = testDatabase()
  await db.migrator.upgrade('009_add_models', { tier: 'legacy' })
  db.script(`
    INSERT INTO "modelfile" VALUES (1, 'a', 'u1', ${text('{"title": "\xff"}')}, 5), (2, 'b', 'u1', ${text('\xff')}, 6);
  `)
  const before = stored(db, 'modelfile', 'modelfile')
  await db.migrator.upgrade('010_migrate_modelfiles_to_models', { tier: 'legacy' })
  await db.migrator.downgrade('009_add_models', { tier: 'legacy' })
  expect(stored(db, 'modelfile', 'modelfile')).toEqual(before)
})

it('keys that differ only in case or in a space at their end stay apart', async () => {
  const ids = ['A', 'a', 'a ', 'A ', ' a', '']
  const db = await databaseAt018(
    ids.map((id) => chat(id, `'bad ${id}'`) + file(id, `'{"path": "/${id}"}'`)).join('') +
      ids.map((id) => `INSERT INTO "tag" VALUES ('tag ${id}', 'Work', '${id}', 'data ${id}');`).join('') +
      ids.map((id) => `INSERT INTO "chatidtag" VALUES ('mark ${id}', 'T${id}', '${id}', '${id}', 1);`).join(''),
  )
  const before = dataOf(db)
  await db.migrator.upgrade()
  expect(db.rows('SELECT "id", "path" FROM "file" ORDER BY "id"').map((row) => [row.id, row.path])).toEqual(
    [...ids].sort().map((id) => [id, `file:///${encodeURIComponent(id)}`]),
  )
  expect(db.rows('SELECT "chat_id", "tag_id", "user_id" FROM "chat_tag" ORDER BY 1')).toEqual(
    [...ids].sort().map((id) => ({ chat_id: id, tag_id: `t${id.toLowerCase().replace(' ', '_')}`, user_id: id })),
  )
  expect(db.one(`SELECT COUNT(*) FROM "tag" WHERE "id" = 'work'`)).toBe(BigInt(ids.length))
  await db.migrator.downgrade('base')
  expect(dataOf(db)).toEqual(before)
})

it('two thousand tags of one user, and a chat that has them all, find their places and survive the downgrade', async () => {
  const many = Array.from({ length: 2000 }, (_, at) => at)
  const db = await databaseAt018(`BEGIN; ${chat('c', `'{}'`)}
    ${many.map((at) => `INSERT INTO "tag" VALUES ('id ${at}', 'id ${(at + 1) % 2000}', 'u1', NULL);`).join('\n')}
    ${many.map((at) => `INSERT INTO "chatidtag" VALUES ('m${at}', 'T ${at}', 'c', 'u1', ${2000 - at});`).join('\n')}
    COMMIT;`)
  const before = dataOf(db)
  await db.migrator.upgrade()
  expect(db.one(`SELECT COUNT(*) FROM "tag" WHERE "id" = replace("name", ' ', '_')`)).toBe(2000n)
  expect(JSON.parse(String(db.one('SELECT "meta" FROM "chat"')))).toEqual({
    tags: [...many].reverse().map((at) => `t_${at}`),
  })
  expect(db.one('SELECT COUNT(*) FROM "chat_tag"')).toBe(2000n)
  await db.migrator.downgrade('base')
  expect(dataOf(db)).toEqual(before)
})
