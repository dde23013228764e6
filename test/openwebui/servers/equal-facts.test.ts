import { expect, it } from 'vitest'
import { testDatabase } from '../chain/kit/database.ts'
import { databaseAt, onDialects } from './kit/database.ts'
import { fileRow } from './kit/rows.ts'

/** What revision 7826ab40b532 has to make of file.meta, whatever the server holds of the text. */
const files: readonly (readonly [id: string, meta: string, size: bigint | null, mimeType: string | null])[] = [
  ['plain', '{"size": 12, "content_type": "text/plain"}', 12n, 'text/plain'],
  ['replacement', '{"size": 1, "content_type": "a\uFFFDb"}', 1n, 'a\uFFFDb'],
  ['surrogate', '{"size": 2, "content_type": "a\\ud83eb"}', 2n, null],
  ['minus zero', '{"size": -0, "content_type": "x/y"}', null, 'x/y'],
  ['too big', '{"size": 3, "content_type": "x/y", "t": 1e400}', 3n, 'x/y'],
  ['deep', `{"size": 4, "content_type": "x/y", "d": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 4n, 'x/y'],
  ['twice', '{"size": 5, "size": 6, "content_type": "x/y"}', 6n, 'x/y'],
  ['no json', '{"size": 7', null, null],
]

const expected = [...files]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([id, , size, mime_type]) => ({ id, size, mime_type }))
const query = 'SELECT "id", "size", "mime_type" FROM "file" ORDER BY "id"'

onDialects('size and media type of a file', (createDatabase) => {
  it('come from the text of its metadata, also where the server holds less of it', async () => {
    const db = await databaseAt(createDatabase)
    for (const [id, meta] of files) await db.script(fileRow(id, meta))
    await db.migrator.upgrade()
    expect(await db.rows(query)).toEqual(expected)
    await db.migrator.downgrade('c29facfe716b')
    await db.migrator.upgrade()
    expect(await db.rows(query)).toEqual(expected)
  })
})

it('sqlite: size and media type of a file come from the text of its metadata', async () => {
  const db = testDatabase()
  await db.migrator.upgrade('018_add_function_is_global', { tier: 'legacy' })
  for (const [id, meta] of files) db.script(`INSERT INTO "file" VALUES ('${id}', 'u', 'f', '${meta}', 1)`)
  await db.migrator.upgrade()
  expect(db.rows(query)).toEqual(expected)
})
