import { expect, test } from 'vitest'
import { type Random, random, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { memory, renameColumnInBody, renameColumnText, renameTableInBody, stored } from './kit.ts'

/* Texts of checks and views that are renamed in, compared with what SQLite's own ALTER TABLE makes of them. */

const literals = ['1', "'a'", '1.5e3', '0x1F', 'NULL', 'TRUE', "x'00'"]

/** Each `?` is another expression. */
const forms = [
  ...['? + ?', '? - ?', '-?', '~ ?', '(?)', 'NOT ?', '? || ?', '? -> ?', "? ->> '$.a'", '? << ?', '? == ?', '? <> ?'],
  ...[
    '? IS ?',
    '? IS NOT ?',
    '? IS DISTINCT FROM ?',
    '? IS NOT DISTINCT FROM ?',
    '? ISNULL',
    '? NOTNULL',
    '? NOT NULL',
  ],
  ...['? IS TRUE', '? AND ?', '? OR ?', '? LIKE ?', "? NOT LIKE ? ESCAPE '!'", '? GLOB ?', '? COLLATE NOCASE'],
  ...['? BETWEEN ? AND ?', '? NOT BETWEEN ? AND ?', '? IN (?, ?)', '? NOT IN (?)', '(?, ?) = (?, ?)'],
  ...['CASE ? WHEN ? THEN ? ELSE ? END', 'CASE WHEN ? THEN ? END', 'coalesce(?, ?)', 'max(?, ?, 2)', 'iif(?, ?, ?)'],
  ...['INT', 'VARCHAR(5)', 'a', 'DECIMAL(5, 2)', 'long b text'].map((type) => `CAST(? AS ${type})`),
  '? /* a b */ = -- a\n ?',
]

/** Each `!` is a query. */
const queryForms = ['(!)', 'EXISTS (!)', '? IN (!)', '? NOT IN (!)']

function expressionOf(rnd: Random, columns: readonly string[], depth: number, queries = false): string {
  if (depth <= 0) return rnd.pick([...columns, ...columns, ...columns, ...literals])
  const form = rnd.pick(queries ? [...forms, ...queryForms] : forms)
  return form.replace(/[?!]/g, (mark) =>
    mark === '!' ? selectOf(rnd, depth - 1) : expressionOf(rnd, columns, depth - 1, queries),
  )
}

const sources: readonly (readonly [from: string, columns: readonly string[]])[] = [
  ['t', ['a', 'b', 't.a', '"b"', '[a]']],
  ['t AS z', ['a', 'z.b', 'z.a', 'b']],
  ['t z', ['a', 'z.b']],
  ['t JOIN w ON k = a', ['a', 'b', 't.a', 'k', 'c']],
  ['t LEFT JOIN w ON w.k = t.b', ['a', 'b', 'k']],
  ['w, t', ['a', 'k']],
  ['(SELECT a AS q, b AS r FROM t) s', ['q', 's.r']],
  ['w', ['k', 'c', 'w.k']],
  ['t NATURAL JOIN w', ['a', 'k']],
  ['(t CROSS JOIN w)', ['a', 'c']],
  ["json_each('[1]') AS j, t", ['j.value', 'a']],
  ['w FULL OUTER JOIN t ON a NOT NULL', ['a']],
  ['t INDEXED BY ti', ['a']],
]

function selectOf(rnd: Random, depth: number, isWhole = false): string {
  const [from, columns] = rnd.pick(sources)
  const some = (most = depth): string => expressionOf(rnd, columns, rnd.int(0, Math.max(0, most)), most > 0)
  const result = (): string => `${some()}${isWhole ? rnd.pick(['', ' AS n', ' n']) : ''}`
  const parts = [
    `SELECT ${rnd.pick(['', 'DISTINCT ', 'ALL '])}${isWhole ? `${result()}, ${result()}` : result()} FROM ${from}`,
  ]
  if (rnd.chance(0.5)) parts.push(`WHERE ${some()}`)
  if (rnd.chance(0.25)) parts.push(`GROUP BY ${some(1)}${rnd.chance(0.5) ? ` HAVING ${some(1)}` : ''}`)
  if (isWhole && rnd.chance(0.25))
    parts.push(rnd.pick(['UNION', 'UNION ALL', 'EXCEPT']), selectOf(rnd, depth - 1, true))
  else if (rnd.chance(0.3))
    parts.push(`ORDER BY ${some(1)}${rnd.pick(['', ' DESC', ' ASC NULLS LAST', ' COLLATE NOCASE'])}`)
  return parts.join(' ')
}

const tables = `CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT); CREATE INDEX ti ON t (a);
  CREATE TABLE w (k INT, c TEXT); CREATE TABLE u (id INT, a INT, c TEXT)`
const columnsOf = (name: string): readonly string[] | undefined =>
  ({ t: ['id', 'a', 'b'], w: ['k', 'c'], u: ['id', 'a', 'c'] })[name]

/** Undefined where SQLite does not take the text, or does not rename in it. */
function bySqlite(setup: string, text: string, alter: string, name: string): string | undefined {
  const database = memory()
  try {
    database.exec(`${setup}; ${text}; ${alter}`)
    return stored(database)[name]
  } catch {
    return undefined
  } finally {
    database.close()
  }
}

test(`random checks and views are renamed in as SQLite does it`, () => {
  const seed = runSeed()
  const rnd = random(seed)
  let compared = 0
  const compare = (text: string, setup: string, alter: string, name: string, rename: () => string): void => {
    const expected = bySqlite(setup, text, alter, name)
    if (expected === undefined) return
    compared += 1
    expect(rename(), `TEST_SEED=${seed}: ${text}`).toBe(expected)
  }
  const column = 'ALTER TABLE t RENAME COLUMN a TO "new"'
  for (let count = 0; count < counts.randomRenames; count += 1) {
    const check = `CREATE TABLE t (id INT, a INT, b TEXT, CHECK (${expressionOf(rnd, ['a', 'b', 't.a', '"b"'], rnd.int(1, 2))}))`
    compare(check, '', column, 't', () => renameColumnText(check, 'a', 'new'))
    const view = `CREATE VIEW x AS ${selectOf(rnd, rnd.int(1, 2), true)}`
    compare(view, tables, column, 'x', () =>
      renameColumnInBody(view, 'view', { table: 't', from: 'a', to: 'new' }, columnsOf),
    )
    compare(view, tables, 'ALTER TABLE t RENAME TO "new"', 'x', () => renameTableInBody(view, 'view', 't', 'new'))
  }
  expect(compared).toBeGreaterThan(counts.randomRenames)
})
