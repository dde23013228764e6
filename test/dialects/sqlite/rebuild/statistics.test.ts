import type { Operation } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { change, database, rows, toText } from './kit.ts'

const analysed = () =>
  database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5) UNIQUE, b INT, c INT); CREATE INDEX ib ON t (b); CREATE INDEX ic ON t (c, b);
    CREATE TABLE w (k TEXT PRIMARY KEY, v VARCHAR(5)) WITHOUT ROWID; CREATE TABLE other (x INT); CREATE INDEX io ON other (x);
    INSERT INTO t SELECT value, value, value % 10, value % 5 FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12]');
    INSERT INTO w VALUES ('a', 'b'); INSERT INTO other VALUES (1), (1); ANALYZE`)

const statistics = (file: string) => rows(file, 'SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx')

const all = [
  ['other', 'io', '2 2'],
  ['t', 'ib', '12 2'],
  ['t', 'ic', '12 3 2'],
  ['t', 'sqlite_autoindex_t_1', '12 1'],
  ['w', 'w', '1 1'],
]

it('what ANALYZE found about a table is there after its rebuild', async () => {
  const file = analysed()
  expect(statistics(file)).toEqual(all)
  await change(file, [toText('t', 'a'), toText('w', 'v')])
  expect(statistics(file)).toEqual(all)
})

it('but not what it found about an index that is gone or another one now', async () => {
  const file = analysed()
  const t = { name: 't' }
  const secondRebuild: Operation = {
    kind: 'createIndex',
    table: t,
    index: { name: 'ic', unique: false, elements: [{ column: 'c' }] },
  }
  await change(file, [
    toText('t', 'a'),
    { kind: 'dropIndex', table: t, index: 'ib' },
    { kind: 'dropIndex', table: t, index: 'ic' },
    secondRebuild,
  ])
  expect(statistics(file)).toEqual([all[0], all[3], all[4]])
})

it('a table that was never analysed has none', async () => {
  const file = database('CREATE TABLE t (a VARCHAR(5))')
  await change(file, [toText('t', 'a')])
  expect(rows(file, "SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%'")).toEqual([])
})
