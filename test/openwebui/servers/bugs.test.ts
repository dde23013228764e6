import { isMigrateError } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { familyOf } from '../../kit/servers.ts'
import { dataOf, tableNames } from './kit/catalog.ts'
import { databaseAt, type MigratedDatabase, onDialects, openDatabaseAt } from './kit/database.ts'
import { canonicalJson } from './kit/exact-json.ts'
import { chatRow, documentRow, fileRow, letBeNull, markRow, modelfileRow, refuseUpdates, tagRow } from './kit/rows.ts'

/*
 * The defects of the original, called as in test/openwebui/chain/bugs-*.test.ts, on the servers. What concerns counts of statements, or
 * values that a typed column cannot have, stays with SQLite.
 */

const list = async (db: MigratedDatabase, sql: string): Promise<unknown> =>
  (await db.rows(sql)).map((row) => Object.values(row).join('|'))
const keyed = async (db: MigratedDatabase, sql: string): Promise<Readonly<Record<string, unknown>>> =>
  Object.fromEntries((await db.rows(sql)).map((row) => Object.values(row) as [string, unknown]))

onDialects('defects of the original that ours does not have', (createDatabase, server) => {
  it('242a, c29f: texts that are no JSON go aside and come back byte for byte, the rest stays as it is', async () => {
    const pathTexts: Readonly<Record<string, string>> = {
      empty: '',
      words: 'not json',
      cut: '{"a": ',
      quotes: 'it\'s "q"\\n\n;--',
      bom: '\ufeff{}',
      tab: '{"a":"raw\ttab"}',
      nan: '{"t": NaN}',
    }
    const json = ' { "b" : 1.0 , "a" : 100 , "n": 12345678901234567890 , "c":"\\u00e9\\/" } '
    const db = await databaseAt(createDatabase)
    const bad = Object.entries(pathTexts)
    await db.script(bad.map(([id, text]) => chatRow(id, text) + fileRow(id, text)).join('') + chatRow('good', json))
    await db.script(
      chatRow('changed', 'broken') + fileRow('good', '{"path": "C:\\\\x"}') + fileRow('path', '{"path": ["a"]}'),
    )

    const undo = await (async () => {
      await db.migrator.upgrade('7e5b5dc7342b')
      const drop = await refuseUpdates(db, 'chat')
      const before = await dataOf(db)
      await expect(db.migrator.upgrade('242a2047eae0')).rejects.toThrow('not now')
      expect(await dataOf(db)).toEqual(before)
      return drop
    })()
    await db.script(undo)

    const { reports } = await db.migrator.upgrade('242a2047eae0')
    const chats = await keyed(db, 'SELECT "id", "chat" FROM "chat"')
    for (const [id] of bad) expect([id, chats[id]]).toEqual([id, 'null'])
    expect(canonicalJson(String(chats.good))).toBe(canonicalJson(json))
    if (server !== 'mysql') expect(chats.good).toBe(json)
    expect(reports).toMatchObject([{ what: 'chats that are no JSON become null; the text is preserved', count: 8 }])

    await db.script(`UPDATE "chat" SET "chat" = '{"new": 1}' WHERE "id" = 'changed'`)
    await db.migrator.upgrade('c29facfe716b')
    const paths = await keyed(db, 'SELECT "id", "path" FROM "file"')
    expect(paths).toMatchObject({ good: 'file:///C:/x', path: null, words: null })
    expect(await db.one('SELECT COUNT(*) FROM "file" WHERE "meta" IS NULL')).toBe(BigInt(bad.length))

    await db.migrator.downgrade('7e5b5dc7342b')
    const [before, metas] = [
      await keyed(db, 'SELECT "id", "chat" FROM "chat"'),
      await keyed(db, 'SELECT "id", "meta" FROM "file"'),
    ]
    for (const [id, text] of bad) expect([id, before[id], metas[id]]).toEqual([id, text, text])
    expect(JSON.parse(String(before.changed))).toEqual({ new: 1 })
    await expect(db.script(`UPDATE "chat" SET "chat" = NULL`)).rejects.toThrow(/null/i)
  })

  it('242a (c), (f): SQL NULL stays SQL NULL, and a column that is JSON already is left alone', async () => {
    const [db, already] = [await databaseAt(createDatabase), await databaseAt(createDatabase)]
    for (const each of [db, already]) {
      await each.script(chatRow('a', '{"a": 1}'))
      await each.migrator.upgrade('7e5b5dc7342b')
    }
    await letBeNull(db, 'chat', 'chat', 'LONGTEXT')
    await db.script('UPDATE "chat" SET "chat" = NULL')
    await db.migrator.upgrade('242a2047eae0')
    expect(await db.one('SELECT "chat" FROM "chat"')).toBeNull()

    await already.script(
      familyOf(server) === 'postgres'
        ? 'ALTER TABLE "chat" ALTER COLUMN "chat" DROP NOT NULL, ALTER COLUMN "chat" TYPE JSON USING "chat"::json'
        : 'ALTER TABLE "chat" MODIFY COLUMN "chat" JSON NULL',
    )
    const { reports } = await already.migrator.upgrade('242a2047eae0')
    expect(await already.one('SELECT "chat" FROM "chat"')).toBe('{"a": 1}')
    expect(reports).toEqual([])
  })

  it('4ace: date-times become seconds of UTC and come back to the digit', async () => {
    const db = await databaseAt(createDatabase)
    await db.migrator.upgrade('c69f45358db4')
    const folder = (id: string, created: string, updated = created): string =>
      'INSERT INTO "folder" ("id", "user_id", "name", "is_expanded", "created_at", "updated_at") ' +
      `VALUES ('${id}', 'u1', 'n', FALSE, '${created}', '${updated}');`
    await db.script(
      folder('a', '2024-10-16 02:02:35', '2024-10-16 02:02:35.9') +
        folder('b', '1969-12-31 23:59:59', '1969-12-31 23:59:59.999999') +
        folder('c', '2024-03-31 02:30:00', '9999-12-31 23:59:59'),
    )
    const times = async (): Promise<unknown> =>
      list(db, 'SELECT "id", "created_at", "updated_at" FROM "folder" ORDER BY "id"')
    const before = await times()
    await db.migrator.upgrade('4ace53fd72c8')
    expect(await times()).toEqual(['a|1729044155|1729044155', 'b|-1|-1', 'c|1711852200|253402300799'])
    const { reports } = await db.migrator.downgrade('c69f45358db4')
    expect(await times()).toEqual(before)
    expect(reports).toEqual([])
    await db.migrator.upgrade('4ace53fd72c8')
    await db.script(`UPDATE "folder" SET "updated_at" = 1 WHERE "id" = 'a'`)
    await db.migrator.downgrade('c69f45358db4')
    expect(String(await db.one(`SELECT "updated_at" FROM "folder" WHERE "id" = 'a'`))).toMatch(
      /^1970-01-01 00:00:01(\.0+)?$/,
    )
  })

  it('1af9, 3ab3: tags by name and user, the downgrade with ids, doubles, data and pins', async () => {
    const db = await databaseAt(createDatabase)
    await db.script(
      tagRow('x', 'Work', 'u1', '{"color":"red"}') +
        tagRow('y', 'WORK') +
        tagRow('z', 'work', 'u2', '') +
        tagRow('self', 'self') +
        tagRow('b', 'A') +
        tagRow('a', 'B') +
        tagRow('p', 'Pinned', 'u1', 'text') +
        chatRow('c', '{}') +
        chatRow('C', '{}') +
        chatRow('none', '{}') +
        markRow('9', 'c', 'c', 1) +
        markRow('2', 'b', 'c', 2) +
        markRow('1', 'a', 'c', 2) +
        markRow('0', 'C', 'c', 3) +
        markRow('3', 'Pinned', 'C') +
        markRow('4', 'Work', 'C', 5, 'u2') +
        markRow('5', 'work', 'C', 3, 'u2') +
        markRow('6', 'x', 'NONE'),
    )
    await db.migrator.upgrade('d31026856c01')
    await letBeNull(db, 'tag', 'name', 'VARCHAR(255)')
    await db.script(tagRow('nameless', null))
    const before = await dataOf(db)
    await db.migrator.upgrade('1af9b942657b')
    const tags = (): Promise<unknown> => list(db, 'SELECT "user_id", "id", "name" FROM "tag" ORDER BY "user_id", "id"')
    const above = ['u1|a|A', 'u1|b|B', 'u1|nameless|', 'u1|self|self', 'u1|work|Work', 'u2|work|work']
    expect(await tags()).toEqual(above)
    expect(await keyed(db, 'SELECT "id", "meta" FROM "chat"')).toEqual({
      c: '{"tags": ["c", "a", "b"]}',
      C: '{"tags": ["work"]}',
      none: '{}',
    })
    expect(await keyed(db, 'SELECT "id", "pinned" FROM "chat"')).toEqual({ c: false, C: true, none: null })
    expect(await list(db, `SELECT "tag_id", "user_id", "created_at" FROM "chat_tag" WHERE "chat_id" = 'C'`)).toEqual([
      'work|u2|3',
    ])
    expect(await db.one('SELECT COUNT(*) FROM "chat_tag"')).toBe(4n)

    for (const revision of ['1af9b942657b', '3ab32c4b8f59']) {
      await db.migrator.upgrade(revision)
      await db.script(`INSERT INTO "tag" ("id", "name", "user_id") VALUES ('work', 'Work', 'u3')`)
      await expect(
        db.script(`INSERT INTO "tag" ("id", "name", "user_id") VALUES ('work', 'Work', 'u3')`),
      ).rejects.toThrow(/duplicate/i)
      await db.script(`DELETE FROM "tag" WHERE "user_id" = 'u3'`)
    }
    await db.script(
      `INSERT INTO "tag" ("id", "name", "user_id") VALUES ('p', 'P', 'u1'), ('new', 'New', 'u1'), ('new', 'New', 'u2')`,
    )
    await db.migrator.downgrade('1af9b942657b')
    await db.migrator.downgrade('d31026856c01')
    expect(await db.one(`SELECT COUNT(DISTINCT "id") FROM "tag" WHERE "name" IN ('P', 'New')`)).toBe(3n)
    await db.script(`DELETE FROM "tag" WHERE "name" IN ('P', 'New')`)
    expect(await dataOf(db)).toEqual(before)
    await db.migrator.upgrade('1af9b942657b')
    expect(await tags()).toEqual(above)
  })

  it('1af9: a name that is too long as an id stops the run before anything changes', async () => {
    const db = await databaseAt(createDatabase)
    await db.migrator.upgrade('d31026856c01')
    // Its lower case has two characters.
    await db.script(tagRow('x', 'İ'.repeat(200)))
    const before = await dataOf(db)
    await expect(db.migrator.upgrade('1af9b942657b')).rejects.toThrow(/tag "x" of user "u1": .* 400 characters/)
    expect(await dataOf(db)).toEqual(before)
    await db.script(`UPDATE "tag" SET "name" = 'short'`)
    await db.migrator.upgrade('1af9b942657b')
    expect(await list(db, 'SELECT "id", "name" FROM "tag"')).toEqual(['short|short'])
  })

  it('6a39: contents of any kind, missing titles; a run that is stopped in the middle passes the next time', async () => {
    const contents = [null, '', 'not json', '[1,2]', '{}', '{"tags": null}', '{"tags": [9007199254740993], "x": 1}']
    const db = await databaseAt(createDatabase)
    const many = Array.from({ length: 1200 }, (_, at) => documentRow(at + 100, '{}'))
    await db.script(contents.map((content, at) => documentRow(at + 1, content)).join('') + many.join(''))
    await db.migrator.upgrade('3ab32c4b8f59')
    for (const [column, type] of [
      ['name', 'VARCHAR(255)'],
      ['title', 'LONGTEXT'],
      ['user_id', 'VARCHAR(255)'],
      ['timestamp', 'BIGINT'],
    ] as const) {
      await letBeNull(db, 'document', column, type)
    }
    await db.script(
      `INSERT INTO "document" ("id", "collection_name", "name", "filename") VALUES (50, 'm1', 'n', 'f'), (51, 'm2', NULL, 'f')`,
    )
    const before = await dataOf(db)
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
    if (familyOf(server) === 'postgres') {
      expect(await tableNames(db)).not.toContain('knowledge')
      expect(await dataOf(db)).toEqual(before)
    }
    const { reports } = await db.migrator.upgrade('6a39f3d8e55c')
    const meta = (tags: string): string => `{"legacy": true, "document": true, "tags": ${tags}}`
    const metaRows = await keyed(db, 'SELECT "id", "meta" FROM "knowledge"')
    for (const [id, tags] of [
      ['c1', '[]'],
      ['c2', '[]'],
      ['c3', '[]'],
      ['c4', '[]'],
      ['c5', '[]'],
      ['c6', 'null'],
      ['c7', '[9007199254740993]'],
    ] as const) {
      expect([id, canonicalJson(String(metaRows[id]))]).toEqual([id, canonicalJson(meta(tags))])
    }
    expect(
      await list(
        db,
        `SELECT "id", "name", "user_id", "created_at" FROM "knowledge" WHERE "id" LIKE 'm%' ORDER BY "id"`,
      ),
    ).toEqual(['m1|n||0', 'm2|m2||0'])
    expect(await db.one('SELECT COUNT(*) FROM "knowledge"')).toBe(1209n)
    expect(reports.find(({ revision }) => revision === '6a39f3d8e55c')?.firstKeys).toEqual(['n3', 'n4'])
  })

  it('7826: rules of access survive a downgrade and an upgrade', async () => {
    const db = await databaseAt(createDatabase)
    await db.script(fileRow('f', '{"size": 12, "content_type": "a/b"}'))
    await db.migrator.upgrade('7826ab40b532')
    await db.script(`UPDATE "file" SET "access_control" = '{"read": []}'`)
    await db.migrator.downgrade('c29facfe716b')
    await db.migrator.upgrade('7826ab40b532')
    expect(await list(db, 'SELECT "access_control", "size", "mime_type" FROM "file"')).toEqual(['{"read": []}|12|a/b'])
  })

  it('010: modelfiles become models, unreadable ones stay aside, and all come back', async () => {
    const db = await databaseAt(createDatabase, '009_add_models')
    await db.script(
      modelfileRow(1, 'mario:latest', '{"title": "Mario", "content": "FROM llama3:8b\\nPARAMETER top_k 40"}') +
        modelfileRow(10, 'no-content', '{"title": "T"}') +
        modelfileRow(11, 'not-json', 'not json') +
        modelfileRow(13, 'untitled:1b', '{"content": "FROM x"}'),
    )
    const before = await dataOf(db, ['modelfile'])
    const { reports } = await db.migrator.upgrade('010_migrate_modelfiles_to_models', { tier: 'legacy' })
    expect(await list(db, 'SELECT "id", "base_model_id", "name", "params" FROM "model" ORDER BY "id"')).toEqual([
      'ollama-mario:latest|llama3:8b|Mario|{"top_k": 40}',
      'ollama-no-content||T|{}',
      'ollama-untitled:1b|x|untitled:1b|{}',
    ])
    expect(reports.find(({ what }) => what.includes('no JSON object'))?.firstKeys).toEqual(['not-json'])
    await db.script(`INSERT INTO "model" ("id", "user_id", "name", "meta", "params", "created_at", "updated_at")
      VALUES ('gpt', 'u1', 'GPT', '{}', '{}', 1, 2), ('ollama-new', 'u2', 'New', '{"ollama": {"modelfile": "FROM y"}}', '{}', 7, 8)`)
    await db.migrator.downgrade('009_add_models', { tier: 'legacy' })
    expect(await list(db, 'SELECT "id" FROM "model"')).toEqual(['gpt'])
    expect(await list(db, `SELECT "id", "user_id", "timestamp" FROM "modelfile" WHERE "tag_name" = 'new'`)).toEqual([
      '14|u2|7',
    ])
    await db.script(`DELETE FROM "modelfile" WHERE "tag_name" = 'new'`)
    expect(await dataOf(db, ['modelfile'])).toEqual(before)
    // The numbers that came back are taken.
    await db.script(
      `INSERT INTO "modelfile" ("tag_name", "user_id", "modelfile", "timestamp") VALUES ('fresh', 'u1', '{}', 1)`,
    )
  })

  it('7e5b: only what the revision made is dropped, tables that were there stay with their rows', async () => {
    const [db, other] = [
      await openDatabaseAt(await createDatabase(), { legacy: false }),
      await databaseAt(createDatabase),
    ]
    if (familyOf(server) === 'mysql') {
      const [shown] = await other.rows('SHOW CREATE TABLE "auth"')
      await db.script(String(shown?.['Create Table']))
    } else {
      await db.script(`CREATE TABLE "auth" ("id" VARCHAR(255) NOT NULL, "email" VARCHAR(255) NOT NULL, "password" TEXT NOT NULL,
        "active" BOOLEAN NOT NULL); CREATE UNIQUE INDEX "auth_id" ON "auth" ("id")`)
    }
    await db.script(`INSERT INTO "auth" VALUES ('u1', 'e', 'p', TRUE)`)
    const before = await dataOf(db)
    await db.migrator.upgrade('7e5b5dc7342b')
    expect(await tableNames(db)).toHaveLength(13)
    await db.migrator.downgrade('base')
    expect(await dataOf(db)).toEqual(before)
  })
})
