import { native, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { line, type RevisionBody } from '../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from '../run/kit.ts'

// SQLite: a column ANY keeps each value in a STRICT table, and has the affinity of numbers in any other.

const folder = temporaryFolder()
const file = (): string => `${folder.path}/db.sqlite`
const none: RevisionBody = () => undefined
const mixed =
  "INSERT INTO t VALUES (1, '007'), (2, 7), (3, '1e2'), (4, x'3031'), (5, 1.0), (6, 'abc'), (7, NULL), (8, 1.5)"
const why = 'the spelling of texts that are numbers, and that whole numbers are reals'
const stored = (): unknown[] =>
  rowsOf(file(), 'SELECT id, quote(a) AS a FROM t').map((row) => Object.values(row as object))

it('values that a table changes when it is no longer STRICT are counted', async () => {
  executeIn(file(), `CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY) STRICT; ${mixed}`)
  const migrator = migratorOn(
    file(),
    line(none, (op) => op.alterTable('t', (t) => t.options({ strict: null }))),
  )
  await migrator.upgrade('r1')
  const expected = [{ object: 'column t.a', how: 'converted', rows: 3, preserved: false, why }]
  expect((await migrator.plan()).steps[0]?.losses).toEqual(expected)
  expect((await migrator.upgrade()).losses).toMatchObject(expected)
  expect(stored()).toEqual([
    [1, '7'],
    [2, '7'],
    [3, '100'],
    [4, "X'3031'"],
    [5, '1'],
    [6, "'abc'"],
    [7, 'NULL'],
    [8, '1.5'],
  ])
})

it('a downgrade that takes STRICT away again counts the values that it changes, and the upgrade has none', async () => {
  executeIn(file(), 'CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY)')
  const migrator = migratorOn(
    file(),
    line(none, (op) => op.alterTable('t', (t) => t.options({ strict: true }))),
  )
  expect((await migrator.upgrade()).losses).toEqual([])
  executeIn(file(), mixed)
  const expected = [{ object: 'column t.a', how: 'converted', rows: 3, preserved: false, why }]
  expect((await migrator.plan('r1', { direction: 'down' })).steps[0]?.losses).toEqual(expected)
  expect((await migrator.downgrade('r1')).losses).toMatchObject(expected)
})

it('a column ANY of a STRICT table that becomes TEXT loses its numbers, and the other way nothing', async () => {
  executeIn(file(), `CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY) STRICT; ${mixed}; DELETE FROM t WHERE id = 4`)
  const migrator = migratorOn(
    file(),
    line(
      none,
      (op) => op.alterColumn('t', 'a', { type: text() }),
      (op) => op.alterColumn('t', 'a', { type: native('sqlite', 'ANY') }),
    ),
  )
  await migrator.upgrade('r1')
  const plan = await migrator.plan()
  expect(plan.steps.map(({ losses }) => losses)).toEqual([
    [{ object: 'column t.a', how: 'converted', rows: 3, preserved: false, why: 'that numbers are numbers' }],
    [],
  ])
})

it('options that change no value have no loss', async () => {
  executeIn(file(), "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT; INSERT INTO t VALUES (1, '007')")
  const migrator = migratorOn(
    file(),
    line((op) => op.alterTable('t', (t) => t.options({ strict: null, withoutRowid: true }))),
  )
  expect((await migrator.upgrade()).losses).toEqual([])
  expect(stored()).toEqual([[1, "'007'"]])
})
