import { expect, it } from 'vitest'
import { dataOf } from './kit/catalog.ts'
import { quoted } from './kit/client.ts'
import { databaseAt, onServers, type servers } from './kit/database.ts'
import { canonicalJson } from './kit/exact-json.ts'
import { chatRow, documentRow, fileRow } from './kit/rows.ts'

type Server = (typeof servers)[number]

/** A JSON text at 018, and what stands in the column at head where that is not the text itself. */
interface Case {
  readonly text: string
  readonly at?: Spelled
}

type Spelled = { readonly [S in Server]?: string }

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const inObjects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
/** On both flavours; `less`: MySQL alone. */
const both = (value: string): Spelled => ({ mysql: value, mariadb: value })
const less = (value: string): Spelled => ({ mysql: value })

const cases: Readonly<Record<string, Case>> = {
  'equal names': { text: '{"a": 1, "a": 2}', at: less('{"a": 2}') },
  'equal names within': { text: '[{"x": {"b": 1, "b": 2}}]', at: less('[{"x": {"b": 2}}]') },
  'equal names by an escape': { text: '{"a": 1, "\\u0061": 2}', at: less('{"a": 2}') },
  'other order and space': { text: ' {"b" : 1,"a":[ ]} ' },
  'whole numbers of 64 bits': { text: '[9007199254740993, -9223372036854775808, 18446744073709551615]' },
  'more than 64 bits': { text: '[18446744073709551616]', at: less('[1.8446744073709552e19]') },
  'more digits than a double': { text: '[0.12345678901234567890]', at: less('[0.12345678901234568]') },
  'one number': { text: '123456789012345678901234567890', at: less('1.2345678901234568e29') },
  'numbers of one value': { text: '[1.0, 1e2, 1E+2, 0.10]' },
  'minus zero': { text: '[-0, -0.0]', at: less('[0, -0.0]') },
  'too big for a double': { text: '{"t": 1e400}', at: less('null') },
  'too small for a double': { text: '[1e-400]', at: less('[0.0]') },
  'U+0000': { text: '"a\\u0000b"' },
  'lone surrogates': { text: '["\\ud83e", "\\udd8a\\uD83E"]', at: both('["\\ufffd", "\\ufffd\\ufffd"]') },
  'a lone surrogate beside a pair': { text: '"\\\\ud83e \\ud83e\\udd8a \\ud83e"', at: both('"\\\\ud83e 🦊 \\ufffd"') },
  'a lone surrogate in a name': { text: '{"\\ud83e": 1}', at: both('{"\\ufffd": 1}') },
  '31 levels': { text: nested(31) },
  '40 levels': { text: nested(40), at: { mariadb: 'null' } },
  '40 levels of objects': { text: inObjects(40), at: { mariadb: 'null' } },
  '100 levels': { text: nested(100), at: { mariadb: 'null' } },
  '101 levels': { text: nested(101), at: both('null') },
  '3000 levels': { text: nested(3_000), at: both('null') },
  '200000 levels': { text: nested(200_000), at: { ...both('null'), postgres: 'null' } },
  'a long text': {
    text: `{"a": 1, "a": ${quoted('x'.repeat(1_100_000)).replaceAll("'", '"')}}`,
    at: less(`{"a": "${'x'.repeat(1_100_000)}"}`),
  },
  'a long text that is deep': { text: `[${nested(200)}, "${'x'.repeat(1_100_000)}"]`, at: both('null') },
}

onServers('JSON of which a server holds less', (createDatabase, server) => {
  it('is kept as text and reported, and the column has what the server makes of it; the downgrade gives the text', async () => {
    const db = await databaseAt(createDatabase)
    const ids = Object.keys(cases)
    for (const [id, { text }] of Object.entries(cases)) await db.script(chatRow(id, text) + fileRow(id, text))
    const before = await dataOf(db)

    const { reports } = await db.migrator.upgrade('c29facfe716b')

    const column = async (table: string, of: string): Promise<ReadonlyMap<unknown, unknown>> =>
      new Map((await db.rows(`SELECT "id", "${of}" AS "json" FROM "${table}"`)).map(({ id, json }) => [id, json]))
    const [chats, files] = [await column('chat', 'chat'), await column('file', 'meta')]
    for (const [id, { text, at }] of Object.entries(cases)) {
      const expected = at?.[server] ?? text
      const canonical = (json: unknown): unknown => (typeof json === 'string' ? canonicalJson(json) : json)
      expect([id, canonical(chats.get(id))]).toEqual([id, canonical(expected)])
      expect([id, canonical(files.get(id))]).toEqual([id, expected === 'null' ? null : canonical(expected)])
      if (server !== 'mysql' && expected === text) expect([id, chats.get(id)]).toEqual([id, text])
    }
    const keysReported = (message: string): readonly (string | undefined)[] =>
      reports
        .filter(({ what, revision }) => what.includes(message) && revision === '242a2047eae0')
        .flatMap(({ firstKeys }) => firstKeys)
    const changed = ids.filter((id) => cases[id]?.at?.[server] !== undefined)
    const nulls = changed.filter((id) => cases[id]?.at?.[server] === 'null')
    const preservedIds = new Set(
      (await db.rows(`SELECT "key" FROM "migrate_preserved" WHERE "revision" = '242a2047eae0'`)).map(({ key }) =>
        String(key),
      ),
    )
    expect(preservedIds).toEqual(new Set(changed.map((id) => JSON.stringify([['id', ['text', id]]]))))
    expect(keysReported('chats that are no JSON').every((id) => nulls.includes(id ?? ''))).toBe(true)
    expect(
      keysReported('of which the server keeps less').every(
        (id) => changed.includes(id ?? '') && !nulls.includes(id ?? ''),
      ),
    ).toBe(true)

    await db.script(`UPDATE "chat" SET "chat" = '{"new": 1}' WHERE "id" = 'equal names'`)
    await db.migrator.downgrade('7e5b5dc7342b')
    expect(JSON.parse(String(await db.one(`SELECT "chat" FROM "chat" WHERE "id" = 'equal names'`)))).toEqual({ new: 1 })
    await db.script(`UPDATE "chat" SET "chat" = ${quoted(cases['equal names']?.text ?? '')} WHERE "id" = 'equal names'`)
    const { message, ...after } = await dataOf(db)
    expect(message).toEqual([])
    expect(after).toEqual(before)
  })

  it('as tags of a document: the document has them, the knowledge base what the server takes', async () => {
    const tags = ['[9007199254740993]', '{"a": 1, "a": 2}', '["\\ud83e"]', nested(40), nested(100), nested(20_000)]
    const at: Readonly<Record<Server, readonly (string | undefined)[]>> = {
      postgres: [undefined, undefined, undefined, undefined, undefined, '[]'],
      mariadb: [undefined, undefined, '["\\ufffd"]', '[]', '[]', '[]'],
      mysql: [undefined, '{"a": 2}', '["\\ufffd"]', undefined, '[]', '[]'],
    }
    const db = await databaseAt(createDatabase)
    await db.script(tags.map((each, index) => documentRow(index + 1, `{"tags": ${each}}`)).join(''))
    const documents = await dataOf(db, ['document'])
    const { reports } = await db.migrator.upgrade('6a39f3d8e55c')
    const metaRows = await db.rows('SELECT "meta" FROM "knowledge" ORDER BY "id"')
    expect(metaRows.map(({ meta }) => canonicalJson(String(meta)))).toEqual(
      tags.map((each, index) =>
        canonicalJson(`{"legacy": true, "document": true, "tags": ${at[server][index] ?? each}}`),
      ),
    )
    const keysReported = reports.find(({ what }) => what.includes('of whose tags the server keeps less'))
    expect(keysReported?.count).toBe(at[server].filter((each) => each !== undefined).length)
    expect(await dataOf(db, ['document'])).toEqual(documents)
  })
})
