import { isMigrateError } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { databaseAt018, quoted, type TestDatabase } from './kit/database.ts'
import { dataOf, tableNames } from './kit/schema.ts'

const document = (id: number, content: string | null): string =>
  'INSERT INTO "document" ("id", "collection_name", "name", "title", "filename", "content", "user_id", "timestamp") ' +
  `VALUES (${id}, 'c${id}', 'n${id}', 'T${id}', 'f', ${quoted(content)}, 'u1', ${id});`
const file = (id: string, meta: string): string =>
  `INSERT INTO "file" ("id", "user_id", "filename", "meta", "created_at") VALUES (${quoted(id)}, 'u1', 'f', ${quoted(meta)}, 1);`

const knowledgeTags = (db: TestDatabase): unknown =>
  db.rows('SELECT "id", "meta" FROM "knowledge" ORDER BY "id"').map((row) => [row.id, row.meta])
const meta = (tags: string): string => `{"legacy": true, "document": true, "tags": ${tags}}`

it('6a39 (a) a content that is no JSON object gives no tags and is named; tags are copied as they are', async () => {
  const db = await databaseAt018(
    [
      null,
      '',
      'not json',
      '[1,2]',
      '"tags"',
      'null',
      '{}',
      '{"tags": null}',
      '{"tags": [9007199254740993, 1.0], "x": 1}',
    ]
      .map((content, at) => document(at + 1, content))
      .join(''),
  )
  const { reports } = await db.migrator.upgrade('6a39f3d8e55c')
  expect(knowledgeTags(db)).toEqual([
    ...['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'].map((id) => [id, meta('[]')]),
    ['c8', meta('null')],
    ['c9', meta('[9007199254740993, 1.0]')],
  ])
  expect(reports.find(({ revision }) => revision === '6a39f3d8e55c')).toMatchObject({
    count: 4,
    firstKeys: ['n3', 'n4', 'n5', 'n6'],
  })
})

it('6a39 (b) a run that was stopped in the middle leaves no table behind, and the next passes', async () => {
  const db = await databaseAt018(
    `BEGIN; ${Array.from({ length: 1200 }, (_, at) => document(at + 1, '{}')).join('')} COMMIT;`,
  )
  await db.migrator.upgrade('3ab32c4b8f59')
  const before = dataOf(db)
  const abort = new AbortController()
  const error = await db.migrator
    .upgrade('6a39f3d8e55c', {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'progress') abort.abort()
      },
    })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    )
  expect(isMigrateError(error, 'ABORTED')).toBe(true)
  expect(tableNames(db)).not.toContain('knowledge')
  expect(dataOf(db)).toEqual(before)
  await db.migrator.upgrade('6a39f3d8e55c')
  expect(db.one('SELECT COUNT(*) FROM "knowledge"')).toBe(1200n)
})

it('6a39 (c) missing titles, owners and times have their stand-ins', async () => {
  const db = await databaseAt018()
  await db.migrator.upgrade('3ab32c4b8f59')
  db.script(`
    DROP TABLE "document";
    CREATE TABLE "document" ("id" INTEGER NOT NULL PRIMARY KEY, "collection_name" VARCHAR(255) NOT NULL, "name" VARCHAR(255),
      "title" TEXT, "filename" TEXT, "content" TEXT, "user_id" VARCHAR(255), "timestamp" INTEGER);
    INSERT INTO "document" ("collection_name", "name") VALUES ('c1', 'n1'), ('c2', NULL);
  `)
  await db.migrator.upgrade('6a39f3d8e55c')
  expect(
    db.rows('SELECT "id", "name", "description", "user_id", "created_at", "updated_at" FROM "knowledge" ORDER BY "id"'),
  ).toEqual([
    { id: 'c1', name: 'n1', description: 'n1', user_id: '', created_at: 0n, updated_at: 0n },
    { id: 'c2', name: 'c2', description: null, user_id: '', created_at: 0n, updated_at: 0n },
  ])
})

it('6a39 (d) thousands of documents take few statements', async () => {
  const db = await databaseAt018(
    `BEGIN; ${Array.from({ length: 2000 }, (_, at) => document(at + 1, '{}')).join('')} COMMIT;`,
  )
  await db.migrator.upgrade('3ab32c4b8f59')
  db.sent()
  await db.migrator.upgrade('6a39f3d8e55c')
  expect(db.sent().filter((sql) => sql.startsWith('INSERT INTO "knowledge"'))).toHaveLength(4)
})

const path = (db: TestDatabase, id: string): unknown => db.one('SELECT "path" FROM "file" WHERE "id" = ?', id)

it('c29f (a) metadata of any kind passes, and only an object’s own string is a path', async () => {
  const db = await databaseAt018(
    file('null', 'null') +
      file('number', '5') +
      file('true', 'true') +
      file('array', '["path"]') +
      file('string', '"my path"') +
      file('good', '{"path": "/a b"}'),
  )
  await db.migrator.upgrade('c29facfe716b')
  expect(['null', 'number', 'true', 'array', 'string', 'good'].map((id) => path(db, id))).toEqual([
    null,
    null,
    null,
    null,
    null,
    'file:///a%20b',
  ])
})

it('c29f (b) empty and invalid text becomes NULL and comes back byte for byte', async () => {
  const inputs = ['', ' ', 'not json', '{"path": "/x"', "{'path': 1}"]
  const db = await databaseAt018(inputs.map((text, at) => file(`f${at}`, text)).join(''))
  const { reports } = await db.migrator.upgrade('c29facfe716b')
  expect(db.one('SELECT COUNT(*) FROM "file" WHERE "meta" IS NULL')).toBe(5n)
  expect(reports.find(({ revision }) => revision === 'c29facfe716b')).toMatchObject({ count: 5 })
  await db.migrator.downgrade('6a39f3d8e55c')
  expect(db.rows('SELECT "meta" FROM "file" ORDER BY "id"').map((row) => row.meta)).toEqual(inputs)
  expect(db.one(`SELECT "notnull" FROM pragma_table_info('file') WHERE "name" = 'meta'`)).toBe(1n)
})

it('c29f (c) a path that is an object or a list is none', async () => {
  const db = await databaseAt018(file('object', '{"path": {"a": 1}}') + file('list', '{"path": ["a"]}'))
  await db.migrator.upgrade('c29facfe716b')
  expect([path(db, 'object'), path(db, 'list')]).toEqual([null, null])
})

it('c29f (d) a path that is a number is none', async () => {
  const db = await databaseAt018(file('number', '{"path": 123}'))
  await db.migrator.upgrade('c29facfe716b')
  expect(path(db, 'number')).toBeNull()
})

it('c29f (e) invalid rows are resolved before the type changes, so that no database refuses the change', async () => {
  const db = await databaseAt018(file('bad', 'no') + file('good', '{"path": "C:\\\\x"}'))
  const { steps } = await db.migrator.plan('c29facfe716b')
  const kinds = steps
    .find(({ revision }) => revision === 'c29facfe716b')
    ?.operations.map(({ operation }) =>
      operation.kind === 'alterColumn' && operation.change.type ? 'type' : operation.kind,
    )
  expect(kinds?.indexOf('type')).toBeGreaterThan(kinds?.indexOf('run') ?? Infinity)
  await db.migrator.upgrade('c29facfe716b')
  expect([path(db, 'bad'), path(db, 'good')]).toEqual([null, 'file:///C:/x'])
})

it('c29f (f) thousands of files take few statements', async () => {
  const db = await databaseAt018(
    `BEGIN; ${Array.from({ length: 2000 }, (_, at) => file(`f${at}`, `{"path": "/f/${at}"}`)).join('')} COMMIT;`,
  )
  await db.migrator.upgrade('6a39f3d8e55c')
  db.sent()
  await db.migrator.upgrade('c29facfe716b')
  expect(db.sent().filter((sql) => sql.startsWith('UPDATE "file"'))).toHaveLength(4)
  expect(path(db, 'f1999')).toBe('file:///f/1999')
})

it('7826 rules of access survive a downgrade and an upgrade', async () => {
  const db = await databaseAt018(file('private', '{"size": 5, "content_type": "a/b"}') + file('public', '{}'))
  await db.migrator.upgrade()
  db.script(`UPDATE "file" SET "access_control" = '{"read": {}}' WHERE "id" = 'private'`)
  await db.migrator.downgrade('c29facfe716b')
  await db.migrator.upgrade()
  expect(db.rows('SELECT "id", "access_control", "size", "mime_type" FROM "file" ORDER BY "id"')).toEqual([
    { id: 'private', access_control: '{"read": {}}', size: 5n, mime_type: 'a/b' },
    { id: 'public', access_control: null, size: null, mime_type: null },
  ])
})

it('c29f, 7826: a row that is gone when it is to be changed is named, and the others are changed', async () => {
  const facts = (id: string) => file(id, `{"path": "/${id}", "size": 1, "content_type": "text/plain"}`)
  const db = await databaseAt018(['a', 'b', 'c'].map(facts).join(''))
  await db.migrator.upgrade('6a39f3d8e55c')
  // What another session deletes between the reading and the writing is there no more for the UPDATE either.
  db.script(`CREATE TRIGGER gone BEFORE UPDATE ON "file" WHEN OLD."id" = 'a' BEGIN SELECT RAISE(IGNORE); END`)
  const valueAfter = async (revision: string): Promise<unknown> =>
    (await db.migrator.upgrade(revision)).reports.map(({ what, count, firstKeys }) => [what, count, firstKeys])
  const what = 'rows that were gone when they were to be changed'
  expect(await valueAfter('c29facfe716b')).toEqual([[what, 1, ['1 of file']]])
  expect(await valueAfter('7826ab40b532')).toEqual([[what, 1, ['a']]])
  expect(db.rows('SELECT "id", "path", "size" FROM "file" ORDER BY "id"')).toEqual([
    { id: 'a', path: null, size: null },
    { id: 'b', path: 'file:///b', size: 1n },
    { id: 'c', path: 'file:///c', size: 1n },
  ])
})
