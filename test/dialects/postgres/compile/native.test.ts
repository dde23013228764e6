import { expect, it } from 'vitest'
import { describeOn } from '../../../kit/servers.ts'
import { objectCases } from './cases-objects.ts'
import { tableCases } from './cases-tables.ts'
import { applied, statementTexts, world } from './kit.ts'

const t = { name: 't' }

describeOn('postgres', 'what each operation becomes', () => {
  const on = world('postgres')

  it.each([...tableCases, ...objectCases])('%s', async (_, setup, operation, expected) => {
    expect(await statementTexts(on(), setup, operation)).toEqual(expected)
  })

  it('says what cannot run in a transaction, and what is usable only after it', async () => {
    const concurrent = await applied(
      on(),
      "CREATE TABLE t (a int); CREATE TYPE mood AS ENUM ('a')",
      {
        kind: 'createIndex',
        table: t,
        index: { name: 'i', unique: false, elements: [{ column: 'a' }] },
        concurrently: true,
      },
      { kind: 'dropIndex', table: t, index: 'i', concurrently: true },
      {
        kind: 'alterEnum',
        enum: { name: 'mood' },
        add: [{ value: 'b', before: 'c' }],
        rename: [{ value: 'a', to: 'c' }],
      },
      { kind: 'sql', text: 'VACUUM t', nonTransactional: true },
    )
    expect(concurrent.map(({ sql, transaction, commitAfter }) => [sql, transaction, commitAfter])).toEqual([
      ['CREATE INDEX CONCURRENTLY "i" ON "t" ("a")', 'none', undefined],
      ['DROP INDEX CONCURRENTLY "i"', 'none', undefined],
      [`ALTER TYPE "mood" RENAME VALUE 'a' TO 'c'`, 'any', undefined],
      [`ALTER TYPE "mood" ADD VALUE 'b' BEFORE 'c'`, 'any', true],
      ['VACUUM t', 'none', undefined],
    ])
  })

  it('gives values as the columns take them', async () => {
    const statements = await applied(on(), 'CREATE TABLE t (ok boolean, n int, s text, j json, d numeric(10, 2))', {
      kind: 'insertRows',
      table: t,
      columns: ['ok', 'n', 's', 'j', 'd'],
      rows: [[0, true, 5, { $json: { a: 1 } }, '1.50']],
    })
    expect(statements[0]?.params).toEqual([false, 1, '5', '{"a":1}', '1.50'])
    expect(await on().database.sql('SELECT ok, n, s, j::text AS j, d FROM t')).toEqual([
      { ok: false, n: 1, s: '5', j: '{"a":1}', d: '1.50' },
    ])
  })
})
