import type { Operation } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { live } from './kit.ts'

const t = { name: 't' }
const long = 'x'.repeat(256)

const cases: { readonly [title: string]: readonly [operation: Operation, why: string] } = {
  'an enum to lose a value that a row has': [
    { kind: 'alterColumn', table: t, column: 'e', change: { type: { kind: 'enum', values: ['a', 'c'] } } },
    'rows of t with a value in e that the enum is to lose (b)',
  ],
  'a new column that no row has a value for': [
    { kind: 'addColumn', table: t, column: { name: 'n', type: { kind: 'integer', bits: 32 }, nullable: false } },
    'rows of t that would have no value in n, which is NOT NULL without a default',
  ],
  'a key over a text that is too long for one': [
    { kind: 'addConstraint', table: t, constraint: { kind: 'unique', name: 'u', columns: ['s'] } },
    'rows of t with more than 255 characters in s',
  ],
  'a shorter length than a text has': [
    { kind: 'alterColumn', table: t, column: 's', change: { type: { kind: 'varchar', length: 200 } } },
    'rows of t with more than 200 characters in s',
  ],
  'a number where a text is none': [
    { kind: 'alterColumn', table: t, column: 's', change: { type: { kind: 'decimal', precision: 10, scale: 2 } } },
    'rows of t with a text in s that is no decimal(10,2)',
  ],
  'NOT NULL where a row has none': [
    { kind: 'alterColumn', table: t, column: 'm', change: { nullable: false } },
    'rows of t with NULL in m, which is to be NOT NULL',
  ],
}

describeOnEach(
  ['mysql', 'mariadb'],
  'what the rows stand against is told by them, before anything is changed',
  (createDatabase) => {
    it.each(Object.entries(cases))('%s', async (_, [operation, why]) => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int PRIMARY KEY, e enum('a', 'b', 'c') NOT NULL, s longtext, m int) CHARACTER SET utf8mb4;
      INSERT INTO t VALUES (1, 'a', 'short', 1), (2, 'b', '${long}', NULL)`)
      const at = await live(db)
      const before = await at.shown('t')
      await expect(at.run(['t'], operation)).rejects.toThrow(why)
      expect(await at.shown('t')).toBe(before)
      expect(await db.sql('SELECT id, e, s, m FROM t ORDER BY id')).toEqual([
        { id: 1, e: 'a', s: 'short', m: 1 },
        { id: 2, e: 'b', s: long, m: null },
      ])
      await db.sql("UPDATE t SET e = 'a', s = id, m = 1")
      if (operation.kind === 'addColumn') await db.sql('DELETE FROM t')
      await at.run(['t'], operation)
      expect(await at.shown('t')).not.toBe(before)
    })
  },
)

/** A type, a value of it, and the text that the server writes for it. */
const written = [
  ['int', '12345', '12345'],
  ['smallint', '-32768', '-32768'],
  ['bigint unsigned', '18446744073709551615', '18446744073709551615'],
  ['decimal(6,2)', '1234.5', '1234.50'],
  ['double', '0.125', '0.125'],
  ['date', "'2020-01-02'", '2020-01-02'],
  ['datetime(3)', "'2020-01-02 03:04:05.678'", '2020-01-02 03:04:05.678'],
  ['time(6)', "'10:00:00'", '10:00:00.000000'],
  ['year', '2024', '2024'],
  ["enum('abcdef')", "'abcdef'", 'abcdef'],
  ['json', `'[1]'`, '[1]'],
] as const

describeOnEach(['mysql', 'mariadb'], 'a value that is longer as a text than its new column', (createDatabase) => {
  it.each(written)('is told before anything is changed: %s', async (type, value, text) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, c ${type}); INSERT INTO t VALUES (1, ${value})`)
    const at = await live(db)
    const as = (length: number): Operation => ({
      ...{ kind: 'alterColumn', table: t, column: 'c' },
      change: { type: { kind: 'varchar', length } },
    })
    const { length } = text
    await expect(at.run(['t'], as(length - 1))).rejects.toThrow(
      `rows of t with more than ${length - 1} characters in c`,
    )
    await expect(db.sql(`ALTER TABLE t MODIFY c varchar(${length - 1})`)).rejects.toThrow()
    await at.run(['t'], as(length))
    expect(await db.sql('SELECT c FROM t')).toEqual([{ c: text }])
  })
})
