import { expect, it } from 'vitest'
import { chatAt018, databaseAt018, quoted, type TestDatabase } from './kit/database.ts'
import { dataOf } from './kit/schema.ts'

const folder = (id: string, created: string, updated = created): string =>
  'INSERT INTO "folder" ("id", "user_id", "name", "is_expanded", "created_at", "updated_at") ' +
  `VALUES ('${id}', 'u1', 'n', 0, ${created}, ${updated});`

async function withFolders(script: string): Promise<TestDatabase> {
  const db = await databaseAt018()
  await db.migrator.upgrade('c69f45358db4')
  db.script(script)
  return db
}

const times = (db: TestDatabase): unknown =>
  db.rows('SELECT "id", "created_at", "updated_at" FROM "folder" ORDER BY "id"').map((row) => Object.values(row))

it('4ace (a) date-times become seconds, not years; whole numbers stay', async () => {
  const db = await withFolders(
    folder('a', `'2024-10-16 02:02:35'`, `'2024-10-16 02:02:35.9'`) +
      folder('b', '1729044155', '0') +
      folder('c', `'1969-12-31 23:59:59'`),
  )
  await db.migrator.upgrade('4ace53fd72c8')
  expect(times(db)).toEqual([
    ['a', 1729044155n, 1729044155n],
    ['b', 1729044155n, 0n],
    ['c', -1n, -1n],
  ])
})

it('4ace (a) anything else stops the run, with the folder named and nothing changed', async () => {
  const db = await withFolders(folder('good', `'2024-10-16 02:02:35'`) + folder('bad', `'last tuesday'`))
  const before = dataOf(db)
  await expect(db.migrator.upgrade('4ace53fd72c8')).rejects.toThrow(
    /folder "bad" of user "u1": created_at .*"last tuesday"/,
  )
  expect(dataOf(db)).toEqual(before)
})

it('4ace (b) the downgrade gives date-times of the same second, and what was preserved beyond them', async () => {
  const db = await withFolders(
    folder('a', `'2024-10-16 02:02:35'`, `'2024-10-16 02:02:35.9'`) +
      folder('b', '1729044155', '0') +
      folder('c', `'2024-10-16T02:02:35Z'`),
  )
  const before = times(db)
  await db.migrator.upgrade('4ace53fd72c8')
  db.script(`UPDATE "folder" SET "updated_at" = 1 WHERE "id" = 'c'; ${folder('d', '1729044155', '-1')}`)
  await db.migrator.downgrade('c69f45358db4')
  expect(times(db)).toEqual([
    ...(before as unknown[]).slice(0, 2),
    ['c', '2024-10-16T02:02:35Z', '1970-01-01 00:00:01'],
    ['d', '2024-10-16 02:02:35', '1969-12-31 23:59:59'],
  ])
  expect(db.one(`SELECT "dflt_value" FROM pragma_table_info('folder') WHERE "name" = 'created_at'`)).toBe(
    'CURRENT_TIMESTAMP',
  )
})

const above = '1af9b942657b'
const below = 'd31026856c01'

const tag = (id: string, name: string, user = 'u1', data: string | null = null): string =>
  `INSERT INTO "tag" ("id", "name", "user_id", "data") VALUES (${[id, name, user, data].map(quoted).join(', ')});`
const mark = (id: string, name: string, chat: string, time = 1, user = 'u1'): string =>
  `INSERT INTO "chatidtag" VALUES (${[id, name, chat, user].map(quoted).join(', ')}, ${time});`

async function at(revision: string, script: string): Promise<TestDatabase> {
  const db = await databaseAt018(script)
  await db.migrator.upgrade(revision)
  return db
}

const tags = (db: TestDatabase): unknown =>
  db
    .rows('SELECT "id", "user_id", "name" FROM "tag" ORDER BY "user_id", "id"')
    .map((row) => Object.values(row).join('|'))

it('1af9 (a) each user keeps their tag of one name', async () => {
  const db = await at(above, tag('x', 'Work', 'u1') + tag('y', 'work', 'u2') + tag('z', 'WORK', 'u2'))
  expect(tags(db)).toEqual(['work|u1|Work', 'work|u2|work'])
})

it('1af9 (b) a tag whose id is its normalised name stays, however often the step runs', async () => {
  const db = await at(above, tag('self', 'self') + tag('keep_me', 'Keep Me') + tag('other', 'Self', 'u2'))
  const first = tags(db)
  expect(first).toEqual(['keep_me|u1|Keep Me', 'self|u1|self', 'self|u2|Self'])
  for (let round = 0; round < 3; round += 1) {
    await db.migrator.downgrade(below)
    await db.migrator.upgrade(above)
    expect(tags(db)).toEqual(first)
  }
})

it('1af9 (b) of doubles the tag stays that has the id already', async () => {
  const db = await at(above, tag('a', 'SELF') + tag('self', 'self'))
  expect(tags(db)).toEqual(['self|u1|self'])
})

it('1af9 (b) ids that change places do not meet on the way', async () => {
  const db = await at(above, tag('b', 'A') + tag('a', 'B') + tag('c', 'D') + tag('d', 'E'))
  expect(tags(db)).toEqual(['a|u1|A', 'b|u1|B', 'd|u1|D', 'e|u1|E'])
  await db.migrator.downgrade(below)
  expect(tags(db)).toEqual(['a|u1|B', 'b|u1|A', 'c|u1|D', 'd|u1|E'])
})

it('1af9 (c) the data of tags comes back', async () => {
  const db = await at(
    below,
    tag('x', 'Work', 'u1', '{"color":"red"}') + tag('y', 'pinned', 'u1', 'text') + tag('z', 'Z', 'u1', ''),
  )
  // It is preserved, and not reported as lost with the column.
  expect((await db.migrator.upgrade(above)).losses).toEqual([])
  await db.migrator.downgrade(below)
  expect(db.rows('SELECT "id", "data" FROM "tag" ORDER BY "id"')).toEqual([
    { id: 'x', data: '{"color":"red"}' },
    { id: 'y', data: 'text' },
    { id: 'z', data: '' },
  ])
})

it('1af9 (d) the tags of a chat come in the order of their time, then of their id', async () => {
  const db = await at(
    above,
    chatAt018('c', '{}') +
      mark('9', 'c', 'c', 1) +
      mark('2', 'b', 'c', 2) +
      mark('1', 'a', 'c', 2) +
      mark('0', 'C', 'c', 3),
  )
  expect(db.one('SELECT "meta" FROM "chat"')).toBe('{"tags": ["c", "a", "b"]}')
})

it('1af9 (e) the downgrade gives ids, doubles and pins back; tags made since get an id of their own', async () => {
  const script =
    tag('x', 'Work') +
    tag('y', 'WORK') +
    tag('p', 'Pinned') +
    chatAt018('c', '{}') +
    mark('1', 'Pinned', 'c') +
    mark('2', 'Work', 'c')
  const db = await at(below, script)
  const before = dataOf(db)
  await db.migrator.upgrade(above)
  expect(db.rows('SELECT "pinned", "meta" FROM "chat"')).toEqual([{ pinned: 1n, meta: '{"tags": ["work"]}' }])
  db.script(
    `INSERT INTO "tag" ("id", "name", "user_id") VALUES ('p', 'P', 'u1'), ('new', 'New', 'u1'), ('new', 'New', 'u2')`,
  )
  await db.migrator.downgrade(below)
  const createdTags = db.rows(`SELECT "id", "name" FROM "tag" WHERE "name" IN ('P', 'New')`)
  expect(createdTags).toHaveLength(3)
  expect(new Set(createdTags.map((row) => row.id)).size).toBe(3)
  expect(db.one(`SELECT COUNT(*) FROM "sqlite_master" WHERE "name" = 'tag_id'`)).toBe(1n)
  db.script(`DELETE FROM "tag" WHERE "name" IN ('P', 'New')`)
  expect(dataOf(db)).toEqual(before)
  await db.migrator.upgrade(above)
  expect(tags(db)).toEqual(['work|u1|Work'])
})

it('1af9 (f) a tag without a name keeps its id', async () => {
  const db = await at(below, tag('x', 'Work'))
  db.script(`
    CREATE TABLE "copy" ("id" VARCHAR(255) NOT NULL, "name" VARCHAR(255), "user_id" VARCHAR(255) NOT NULL, "data" TEXT);
    INSERT INTO "copy" SELECT * FROM "tag";
    INSERT INTO "copy" VALUES ('nameless', NULL, 'u1', NULL);
    DROP TABLE "tag";
    ALTER TABLE "copy" RENAME TO "tag";
    CREATE UNIQUE INDEX "tag_id" ON "tag" ("id");
  `)
  await db.migrator.upgrade(above)
  expect(tags(db)).toEqual(['nameless|u1|', 'work|u1|Work'])
})

it('1af9 (g) thousands of tags and chats take few statements', async () => {
  const many = Array.from({ length: 2000 }, (_, at) => at)
  const db = await at(
    below,
    `BEGIN; ${many.map((at) => tag(`t${at}`, `Tag ${at}`) + chatAt018(`c${at}`, '{}') + mark(`m${at}`, `Tag ${at}`, `c${at}`)).join('\n')} COMMIT;`,
  )
  db.sent()
  await db.migrator.upgrade(above)
  const sent = db.sent()
  const writes = sent.filter((sql) => /^(UPDATE|DELETE FROM|INSERT INTO) "(tag|chat|chat_tag)"/.test(sql))
  expect(writes.length).toBeGreaterThan(0)
  expect(writes.length).toBeLessThan(20)
  expect(db.one('SELECT COUNT(*) FROM "chat_tag"')).toBe(2000n)
  expect(db.one(`SELECT COUNT(*) FROM "chat" WHERE "meta" <> '{}'`)).toBe(2000n)
})

it('1af9 (h) whose tag it is stands beside the chat', async () => {
  const db = await at(
    above,
    chatAt018('c', '{}') +
      mark('1', 'Work', 'c', 5, 'u2') +
      mark('2', 'work', 'c', 3, 'u2') +
      mark('3', 'WORK', 'c', 9),
  )
  expect(db.rows('SELECT * FROM "chat_tag" ORDER BY "user_id"')).toEqual([
    { chat_id: 'c', tag_id: 'work', user_id: 'u1', created_at: 9n },
    { chat_id: 'c', tag_id: 'work', user_id: 'u2', created_at: 3n },
  ])
})

it.each([above, '3ab32c4b8f59', 'head'])(
  '1af9 (i) a second user may make a tag of the same name at %s',
  async (revision) => {
    const db = await at(revision, tag('x', 'Work'))
    db.script(`INSERT INTO "tag" ("id", "name", "user_id") VALUES ('work', 'Work', 'u2')`)
    expect(tags(db)).toEqual(['work|u1|Work', 'work|u2|Work'])
    expect(() => db.script(`INSERT INTO "tag" ("id", "name", "user_id") VALUES ('work', 'Work', 'u2')`)).toThrow(
      'UNIQUE',
    )
  },
)

it('a chat that the program pinned or tagged between the revisions keeps that', async () => {
  const db = await at(
    below,
    chatAt018('a', '{}') + chatAt018('b', '{}') + mark('1', 'pinned', 'a') + mark('2', 'x', 'b'),
  )
  db.script('UPDATE "chat" SET "pinned" = 0')
  await db.migrator.upgrade(above)
  expect(db.rows('SELECT "id", "pinned" FROM "chat" ORDER BY "id"')).toEqual([
    { id: 'a', pinned: 0n },
    { id: 'b', pinned: 0n },
  ])
  const { reports } = await db.migrator.downgrade(below)
  expect(db.one('SELECT "pinned" FROM "chat" WHERE "id" = \'a\'')).toBe(0n)
  expect(reports).toEqual([])
})

it('a chat that the program pinned as its tags say is still pinned after the downgrade', async () => {
  const script = chatAt018('a', '{}') + chatAt018('b', '{}') + chatAt018('c', '{}')
  const marks = mark('1', 'pinned', 'a') + mark('2', 'x', 'b') + mark('3', 'pinned', 'c')
  const db = await at(below, script + marks)
  db.script(`UPDATE "chat" SET "pinned" = ("id" = 'a') WHERE "id" <> 'c'`)
  const pins = (): unknown => db.rows('SELECT "id", "pinned" FROM "chat" ORDER BY "id"')
  const before = pins()
  await db.migrator.upgrade(above)
  expect(db.one(`SELECT "pinned" FROM "chat" WHERE "id" = 'c'`)).toBe(1n)
  await db.migrator.downgrade(below)
  expect(pins()).toEqual(before)
})

it('3ab3 the downgrade passes with one tag id under two users', async () => {
  const db = await at('head', tag('x', 'Work', 'u1') + tag('y', 'Work', 'u2'))
  const before = tags(db)
  await db.migrator.downgrade(above)
  expect(tags(db)).toEqual(before)
  await db.migrator.upgrade()
  expect(tags(db)).toEqual(before)
  expect(db.one(`SELECT "sql" FROM "sqlite_master" WHERE "name" = 'tag'`)).toContain('pk_id_user_id')
})
