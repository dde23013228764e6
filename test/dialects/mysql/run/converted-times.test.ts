import { native } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { longRun } from '../../../kit/scale.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const dates = [
  '0000-00-00',
  '2024-02-29',
  '2024-02-30',
  'tomorrow',
  '12',
  '',
  '20240229',
  '2024-2-3',
  ' 2024-02-29 ',
  '1960-01-01',
]
const moments = ['2024-02-29 12:00:00', '2024-02-29 25:00:00', '2024-02-29T12:00:00', '2024-02-29T12:00:00Z']
const later = ['2038-01-19 03:14:08', '1970-01-01 00:00:00', '9999-12-31 23:59:59', '2107-01-01 00:00:00']
const texts = [...dates, ...moments, ...later, '2024-02-29 12:00:00.123456'].map((text) => `'${text}'`)
const numbers = [
  '20240229',
  '10101',
  '691231',
  '700101',
  '991231',
  '1000001',
  '20241399',
  '20240229120000',
  '-5',
  '12',
  '0',
]
const small = ['101', '1231', '1232']
const timeTexts = [
  ...[
    "'x'",
    "'5'",
    "'2001-01-01'",
    "'10:00:00'",
    "'1.5'",
    "'99999999999999999999'",
    "'2001-01-01 10:00:00'",
    "'10:00'",
  ],
  ...["'300:00:00'", "'900:00:00'", "'838:59:59'", "' 5 '", "'10:70:00'", "'-1:00:00'", "'10:00:00Z'", "'10:00:00 x'"],
  ...["'1 10:00'", "'101010'", "'00000000-0000-4000-8000-000000000001'", "'2001-01-01T10:00:00'"],
]
const ofDays = ['2024-02-29', '0001-01-01', '9999-12-31', '2038-01-19', '2038-01-20', '1970-01-01'].map(
  (day) => `'${day}'`,
)

const wholeYears = ['0', '1', '69', '70', '99', '100', '1900', '1901', '2155', '2156', '-1', '2024']
const partsOfYears = ['1901.4', '1900.5', '2155.6', '2155.4', '99.6', '69.5', '0.4', '-0.4', '-0.6']
const yearTexts = ['', '00', '0000', 'x', '2024x', ' 2024 ', '2024-01-01', '1e3', '2e3', '+70', '02024']
const fewBits = ['0', '15', '15.4', '15.5', '16', '-1', '-0.4']

/** The values of one type, and the types that they are to become. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['varchar(40)', texts, ['date', 'datetime(6)', 'timestamp(6)']],
  ['text', texts, ['datetime', 'timestamp']],
  ['bigint', [...numbers, ...small], ['date', 'datetime', 'timestamp']],
  ['decimal(20,2)', numbers, ['date', 'datetime', 'timestamp']],
  ['date', ofDays, ['timestamp', 'int', 'smallint', 'tinyint unsigned', 'decimal(6,2)']],
  ['datetime', [...ofDays, "'2024-02-29 12:00:00'"], ['timestamp', 'int', 'bigint', 'decimal(14,2)']],
  ['time', ["'12:00:00'", "'-00:00:01'", "'00:00:01'", "'838:59:59'"], ['smallint', 'tinyint unsigned', 'int']],
  ['varchar(40)', timeTexts, ['time', 'time(3)']],
  ['varchar(40)', ["'10:00:00'", "'300:00:00'"], ['timestamp']],
  ['bigint', [...numbers, '99', '101010', '8385959', '8385960', '9223372036854775807'], ['time']],
  [
    'json',
    [`'{"a": 1}'`, `'"x"'`, "'5'", "'1.5'", `'"2001-01-01"'`, "'null'"],
    ['double', 'date', 'timestamp', 'time(3)'],
  ],
  ['longblob', ["'x'", "'5'", "''", "'2001-01-01'", "'10:00:00'"], ['int', 'double', 'date', 'timestamp', 'json']],
  ["enum('x','5')", ["'x'", "'5'"], ['json', 'time']],
  ['varchar(9)', ["''", "' '", "'0'"], ['time', 'date', 'timestamp']],
  ['int', wholeYears, ['year']],
  ['decimal(10,2)', [...wholeYears, ...partsOfYears], ['year', 'tinyint unsigned', 'decimal(3,1) unsigned']],
  ['double', [...wholeYears, ...partsOfYears, '1e20'], ['year']],
  ['float', [...wholeYears, ...partsOfYears], ['year']],
  ['varchar(20)', [...wholeYears, ...partsOfYears, ...yearTexts].map((text) => `'${text}'`), ['year']],
  ['bit(12)', ['0', '15', '16', '100', '2024', '2156'], ['year', 'bit(4)']],
  ['date', ofDays, ['year', 'bit(4)']],
  ['datetime', ofDays, ['year', 'bit(4)']],
  ['time', ["'00:20:24'", "'01:00:00'", "'00:00:12'", "'-00:00:01'"], ['year', 'bit(10)']],
  ['json', ["'2024'", `'"2024"'`, "'5.5'", "'16'", "'3000'", "'null'"], ['year', 'bit(5)']],
  ['varbinary(9)', ["'2024'", "'5'", "'x'", "''"], ['year', 'bit(3)']],
  ['int', ['0', '15', '16', '-1', '255'], ['bit(4)', 'bit(64)']],
  ['bigint unsigned', ['15', '16', '18446744073709551615'], ['bit(4)', 'bit(64)']],
  ['decimal(30,1)', fewBits, ['bit(4)']],
  ['double', [...fewBits, '1e30'], ['bit(4)']],
  ['varchar(20)', [...fewBits, 'a', '12x', '', ' 5 '].map((text) => `'${text}'`), ['bit(4)', 'bit(12)']],
  ['year', ['0', '2024', '1970'], ['bit(4)', 'bit(11)', 'tinyint', 'smallint']],
  ['date', ofDays, ['json']],
  ['datetime', ofDays, ['json']],
  ['time', ["'12:00:00'", "'-00:00:01'"], ['json']],
  ['int', ['5', '-5'], ['json']],
  ['varchar(9)', ["'a'", "'A'", "'a '", "''", "'b'", "'c'", "'x y'", "' a'"], ["enum('a','b','x y')"]],
]

/** The ids of the values that the server itself refuses in the modes of our runs, each tried in a table without the others. */
async function refusedBy(db: TestDatabase, from: string, to: string, values: readonly string[]): Promise<number[]> {
  const refused: number[] = []
  const modes = "SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES'"
  let empty = `DROP TABLE IF EXISTS one; CREATE TABLE one (a ${from})`
  for (const [id, value] of values.entries()) {
    await db.sql(`${modes}; ${empty}; INSERT INTO one VALUES (${value})`)
    const isTaken = await db.sql(`${modes}; ALTER TABLE one MODIFY a ${to}`).then(
      () => true,
      () => false,
    )
    // What is refused leaves the table as it is.
    empty = isTaken ? `DROP TABLE one; CREATE TABLE one (a ${from})` : 'DELETE FROM one'
    if (!isTaken) refused.push(id)
  }
  await db.sql('DROP TABLE one')
  return refused
}

describeOnEach(
  longRun ? ['mariadb', 'mysql', 'mariadb-next'] : ['mariadb', 'mysql'],
  'values that another type does not have',
  (createDatabase, server) => {
    // MariaDB takes other floating numbers than it casts.
    const own =
      server === 'mysql' ? [...cases, ['double', [...numbers, ...small], ['date', 'timestamp']] as const] : cases
    const all = own.flatMap(([from, values, types]) => types.map((to) => [from, to, values] as const))
    it.each(all)(
      'of %s as %s are those that the server refuses, and are named before anything changes',
      async (from, to, values) => {
        const db = await createDatabase()
        const refused = await refusedBy(db, from, to, values)
        await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a ${from}); INSERT INTO t VALUES (1000, NULL)`)
        await db.sql(`INSERT INTO t VALUES ${values.map((value, id) => `(${id}, ${value})`).join(', ')}`)
        const migrator = migratorOn(db, (op) => op.alterColumn('t', 'a', { type: native('mysql', to) }))
        const due = new Set(refused)
        while (due.size > 0) {
          const { code, message } = await errorOf(migrator.upgrade())
          const named = Array.from(message.matchAll(/\bid (\d+)/g), ([, id]) => Number(id))
          expect([code, named.length > 0, named.filter((id) => !due.delete(id))], message).toEqual([
            'BLOCKING_ROWS',
            true,
            [],
          ])
          await db.sql(`DELETE FROM t WHERE id IN (${named.join(', ')})`)
        }
        await migrator.upgrade()
        const [row] = await db.sql('SELECT COUNT(*) AS n FROM t')
        expect(Number(row?.n)).toBe(values.length + 1 - refused.length)
      },
    )

    it('refuses a number in a text that the server would take for the place of a value', async () => {
      const db = await createDatabase()
      await db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, a varchar(9)); INSERT INTO t VALUES (1, '1'), (2, 'a'), (3, NULL)",
      )
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'a', { type: native('mysql', "enum('a','b')") }))
      expect(await errorOf(migrator.upgrade())).toMatchObject({
        code: 'BLOCKING_ROWS',
        message: 'rows of t with a text in a that is no value of the enum: id 1',
      })
    })

    it('names a text that is no JSON before anything of its column is preserved', async () => {
      const db = await createDatabase()
      await db.sql("CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); INSERT INTO t VALUES (1, '[]'), (2, 'a')")
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'a', { type: { kind: 'json' }, preserve: true }))
      expect(await errorOf(migrator.upgrade())).toMatchObject({
        code: 'BLOCKING_ROWS',
        message: 'rows of t with a text in a that is no JSON: id 2',
      })
    })

    it.each([
      ['int', ['2', '1', '3']],
      ['decimal(5,1)', ['1.5', '1.0']],
      ['double', ['1.5', '2', '9']],
      ['bit(3)', ['2', '1', '3']],
      ['year', ['2001', '2002']],
      ['date', ["'2001-01-01'", "'2001-01-02'"]],
      ['varbinary(9)', ["'2'", "'x'"]],
    ] as const)('makes a value of an enum of what %s has as text, and names what is none', async (from, values) => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a ${from}); INSERT INTO t VALUES (1000, NULL)`)
      await db.sql(`INSERT INTO t VALUES ${values.map((value, id) => `(${id}, ${value})`).join(', ')}`)
      const list = "'2','1','2001','1.5','2001-01-01'"
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'a', { type: native('mysql', `enum(${list})`) }))
      const last = values.length - 1
      expect(await errorOf(migrator.upgrade())).toMatchObject({
        code: 'BLOCKING_ROWS',
        message: `rows of t with a value in a that is no value of the enum: id ${last}`,
      })
      await db.sql(`DELETE FROM t WHERE id = ${last}`)
      await migrator.upgrade()
      const rows = await db.sql('SELECT a FROM t ORDER BY id')
      const texts = values.slice(0, last).map((value) => value.replaceAll("'", ''))
      expect(rows.map(({ a }) => a)).toEqual([...texts, null])
    })

    it.each([
      ['varchar(36) CHARACTER SET latin1 COLLATE latin1_bin', 'größer'],
      ["enum('größer','x') CHARACTER SET latin1", 'größer'],
      ['varchar(36) CHARACTER SET ascii COLLATE ascii_bin', '50%'],
    ])('compares %s with values beyond its character set', async (from, value) => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a ${from}) CHARACTER SET utf8mb4`)
      await db.sql(`INSERT INTO t VALUES (1, '${value}'), (2, 'x')`)
      const type = { kind: 'enum', values: ['größer', '日本', '50%'] } as const
      const migrator = migratorOn(db, (op) =>
        op.alterColumn('t', 'a', { type, collation: 'utf8mb4_bin', preserve: true }),
      )
      expect(await errorOf(migrator.upgrade())).toMatchObject({
        code: 'BLOCKING_ROWS',
        message: expect.stringMatching(/^rows of t with a (?:text|value) in a .*: id 2$/),
      })
      await db.sql('DELETE FROM t WHERE id = 2')
      await migrator.upgrade()
      expect(await db.sql('SELECT a FROM t')).toEqual([{ a: value }])
      await migrator.downgrade('base')
      expect(await db.sql('SELECT a FROM t')).toEqual([{ a: value }])
    })

    it.each([
      ['int', ['2', '1', '-7'], 'x', 'with a text in a that is no int'],
      ['tinyint', ['2', '1'], '300', 'with a number in a that is beyond tinyint'],
      ['decimal(5,1)', ['1.5', '2.0'], '1.5 x', 'with a text in a that is no decimal(5,1)'],
      ['double', ['1.5', '2'], '', 'with a text in a that is no double'],
      ['date', ['2001-01-02'], '2001-01-01Z', 'with a value in a that is no date'],
      ['datetime', ['2001-01-02 00:00:00'], 'x', 'with a value in a that is no datetime'],
    ] as const)('makes %s of the text of an enum, and names the others', async (to, values, misfit, what) => {
      const db = await createDatabase()
      const list = ['other', ...values, misfit].map((value) => `'${value}'`).join(', ')
      await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a enum(${list})); INSERT INTO t VALUES (1000, NULL)`)
      await db.sql(
        `INSERT INTO t VALUES (9, '${misfit}'), ${values.map((value, id) => `(${id}, '${value}')`).join(', ')}`,
      )
      const migrator = migratorOn(db, (op) => op.alterColumn('t', 'a', { type: native('mysql', to) }))
      expect(await errorOf(migrator.upgrade())).toMatchObject({
        code: 'BLOCKING_ROWS',
        message: `rows of t ${what}: id 9`,
      })
      await db.sql('DELETE FROM t WHERE id = 9')
      await migrator.upgrade()
      const rows = await db.sql("SELECT CONCAT(a, '') AS a FROM t ORDER BY id")
      expect(rows.map(({ a }) => a)).toEqual([...values, null])
    })
  },
)
