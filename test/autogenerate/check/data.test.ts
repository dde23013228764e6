import { check } from '@org/migrate-autogenerate'
import {
  bigint,
  boolean,
  bytes,
  column,
  createMigrator,
  date,
  decimal,
  double,
  enumeration,
  graphOf,
  integer,
  json,
  type OperationRecorder,
  readDeclared,
  revisions,
  smallint,
  table,
  text,
  time,
  timestamp,
  uuid,
} from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openSqlite, toDrizzle } from '@org/migrate-drizzle/sqlite'
import { integer as plainInteger, text as plainText, sqliteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { createFileDatabase } from '../../openwebui/service/kit.ts'
import { describeEverywhere } from '../../unit/ensure/ground.ts'

const readings = table(
  'readings',
  {
    id: column(integer(), { nullable: false }),
    small: column(smallint()),
    whole: column(integer()),
    big: column(bigint()),
    flag: column(boolean()),
    words: column(text()),
    amount: column(decimal(10, 2)),
    ratio: column(double()),
    day: column(date()),
    clock: column(time()),
    at: column(timestamp()),
    document: column(json()),
    held: column(text(), { holds: 'json' }),
    key: column(uuid()),
    raw: column(bytes()),
    colour: column(enumeration(['red', 'blue'])),
  },
  { primaryKey: ['id'] },
)

const chain = graphOf(
  revisions([
    {
      revision: 'r1',
      downRevision: null,
      message: '',
      upgrade: (op: OperationRecorder) => op.createTable(readings),
    },
  ]),
)

const good = `INSERT INTO readings VALUES (1, -32768, 2147483647, -9223372036854775808, TRUE, 'a', 1.50, 1.5, '2024-02-29', '23:59:59',
  '2024-02-29 23:59:59', '{"a": [1]}', '[]', '00000000-0000-4000-8000-000000000000', NULL, 'red')`
const empty = 'INSERT INTO readings (id) VALUES (2)'

describeEverywhere('a check of the data', (createGround) => {
  it('reads the good values of every type, NULL among them, and finds text that is no JSON', async () => {
    const ground = await createGround()
    const migrator = createMigrator({ dialect: ground.dialect(), tiers: [chain] })
    await migrator.upgrade()
    await ground.sql(good)
    await ground.sql(empty)
    const declared = readDeclared({ readings })
    const checkedRows = async () =>
      (await check(migrator, { data: true, declared })).findings.filter(({ kind }) => kind === 'unreadable rows')
    expect(await checkedRows()).toEqual([])
    await ground.sql("UPDATE readings SET held = '[1' WHERE id = 1")
    expect(await checkedRows()).toMatchObject([{ level: 'problem', differences: ['id 1: the text is not JSON'] }])
    expect((await check(migrator, { declared })).findings.filter(({ kind }) => kind === 'unreadable rows')).toEqual([])
  })
})

describe('a check before a revision that expects no rows', () => {
  it('asks nothing of them', async () => {
    const { file } = createFileDatabase()
    const dialect = sqliteDialect({ url: `sqlite:${file}` })
    const first = { revision: 'a', downRevision: null, upgrade: (op: OperationRecorder) => op.createTable(readings) }
    await migratorOf(dialect, [first]).upgrade()
    const expecting = {
      revision: 'b',
      downRevision: 'a',
      upgrade: (op: OperationRecorder) => op.expectNone('rows', 'SELECT id FROM nowhere'),
    }
    const migrator = migratorOf(dialect, [first, expecting])
    expect((await check(migrator)).findings.map(({ kind }) => kind)).toEqual(['not at head'])
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'missing' } })
  })
})

describe('a check of the data of SQLite', () => {
  it('names each value that is not of the declared type, by its key, and counts those beyond a hundred', async () => {
    const fileDatabase = createFileDatabase()
    const migrator = createMigrator({ dialect: sqliteDialect({ url: `sqlite:${fileDatabase.file}` }), tiers: [chain] })
    await migrator.upgrade()
    const set = (id: number, assignment: string) =>
      fileDatabase
        .sql(`INSERT INTO readings (id) VALUES (${id})`)
        .then(() => fileDatabase.sql(`UPDATE readings SET ${assignment} WHERE id = ${id}`))
    await set(1, 'small = 32768')
    await set(2, "whole = 'x'")
    await set(3, 'big = 1.5')
    await set(4, 'flag = 2')
    await set(5, "words = x'00'")
    await set(6, "amount = '1,5'")
    await set(7, "ratio = 'many'")
    await set(8, "day = '29.2.2024'")
    await set(9, "clock = 'noon'")
    await set(10, 'at = 1709251199')
    await set(11, "document = '{'")
    await set(12, "key = 'k'")
    await set(13, 'raw = 7')
    await set(14, "words = CAST(x'ff41' AS TEXT)")
    for (const declared of [readDeclared({ readings }), undefined]) {
      const report = await check(migrator, { data: true, ...(declared === undefined ? {} : { declared }) })
      const lines = report.findings
        .filter(({ kind }) => kind === 'unreadable rows')
        .flatMap(({ what, differences = [] }) =>
          differences.map((each) => `${/values of (\w+)/.exec(what)?.[1]} ${each}`),
        )
      expect(lines.sort()).toEqual(
        [
          'small id 1: 32768 does not fit into 16 bits',
          'whole id 2: expected an integer, found text',
          'big id 3: expected an integer, found a number',
          'flag id 4: expected a boolean, found 2',
          'words id 5: expected text, found bytes',
          'amount id 6: the text is not a decimal',
          'ratio id 7: expected a number, found text',
          'day id 8: the text is not a date',
          'clock id 9: the text is not a time',
          'at id 10: expected text, found an integer',
          'document id 11: the text is not JSON',
          'key id 12: the text is not a uuid',
          'raw id 13: expected bytes, found an integer',
          'words id 14: the text is not UTF-8',
        ].sort(),
      )
    }
    await fileDatabase.sql(`WITH RECURSIVE n(i) AS (VALUES (100) UNION ALL SELECT i + 1 FROM n WHERE i < 249)
      INSERT INTO readings (id, document) SELECT i, 'x' FROM n`)
    const { findings } = await check(migrator, { data: true })
    const documents = findings.find(({ what }) => what.includes('document'))
    expect(documents?.what).toMatch(/^151 rows of readings cannot be read/)
    expect(documents?.differences).toHaveLength(101)
    expect(documents?.differences?.at(-1)).toBe('and 51 more')
  })

  it('a query names the row by its key, or by its number where the key was not selected, also in joins and single rows', async () => {
    const fileDatabase = createFileDatabase()
    await createMigrator({ dialect: sqliteDialect({ url: `sqlite:${fileDatabase.file}` }), tiers: [chain] }).upgrade()
    await fileDatabase.sql(`INSERT INTO readings (id, document) VALUES (1, '{}'), (2, '{'), (3, '{}')`)
    const typed = toDrizzle(readings)
    const plain = sqliteTable('readings', {
      id: plainInteger().primaryKey(),
      document: plainText({ mode: 'json' }),
    })
    const database = openSqlite({ url: `sqlite:${fileDatabase.file}`, schema: { typed } })
    onTestFinished(() => database.close())
    const { db } = database
    const why = 'readings.document of the row with id 2: the text is not JSON.'
    await expect(db.select().from(typed)).rejects.toThrow(why)
    await expect(db.select().from(typed).prepare().execute()).rejects.toThrow(why)
    await expect(db.select({ d: typed.document }).from(typed)).rejects.toThrow(
      'readings.document of row 2 of the result: the text is not JSON.',
    )
    await expect(db.select().from(plain)).rejects.toMatchObject({
      code: 'VALUE_INVALID',
      details: { table: 'readings', column: 'document', key: 'id 2' },
    })
    await expect(db.update(typed).set({ words: 'w' }).returning()).rejects.toThrow(why)
    await expect(db.transaction((inner) => inner.select().from(typed).get())).resolves.toMatchObject({ id: 1 })
    await expect(db.query.typed.findMany()).rejects.toMatchObject({ code: 'VALUE_INVALID' })
  })
})
