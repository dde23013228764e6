import { native } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
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
const ofDays = ['2024-02-29', '0001-01-01', '9999-12-31', '2038-01-19', '2038-01-20', '1970-01-01'].map(
  (day) => `'${day}'`,
)

/** The values of one type, and the types that they are to become. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['varchar(40)', texts, ['date', 'datetime(6)', 'timestamp(6)']],
  ['text', texts, ['datetime', 'timestamp']],
  ['bigint', [...numbers, ...small], ['date', 'datetime', 'timestamp']],
  ['decimal(20,2)', numbers, ['date', 'datetime', 'timestamp']],
  ['date', ofDays, ['timestamp', 'int', 'smallint', 'tinyint unsigned', 'decimal(6,2)']],
  ['datetime', [...ofDays, "'2024-02-29 12:00:00'"], ['timestamp', 'int', 'bigint', 'decimal(14,2)']],
  ['time', ["'12:00:00'", "'-00:00:01'", "'00:00:01'", "'838:59:59'"], ['smallint', 'tinyint unsigned', 'int']],
  ['varchar(9)', ["'a'", "'A'", "'a '", "''", "'b'", "'c'", "'x y'", "' a'"], ["enum('a','b','x y')"]],
]

/** The ids of the values that the server itself refuses in the modes of our runs, each tried in a table of its own. */
async function refusedBy(db: TestDatabase, from: string, to: string, values: readonly string[]): Promise<number[]> {
  const refused: number[] = []
  const modes = "SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES'"
  for (const [id, value] of values.entries()) {
    await db.sql(`${modes}; CREATE TABLE one (a ${from}); INSERT INTO one VALUES (${value})`)
    await db.sql(`${modes}; ALTER TABLE one MODIFY a ${to}`).catch(() => refused.push(id))
    await db.sql('DROP TABLE one')
  }
  return refused
}

describeOnEach(
  ['mariadb', 'mysql', 'mariadb-next'],
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
        for (const id of refused) {
          await db.sql(`CREATE TABLE rest AS SELECT * FROM t WHERE id <> ${id}; DELETE FROM t WHERE id <> ${id}`)
          const { code, message } = await errorOf(migrator.upgrade())
          expect([code, message], `${values[id]}`).toEqual(['BLOCKING_ROWS', expect.stringMatching(`: id ${id}$`)])
          await db.sql('INSERT INTO t SELECT * FROM rest; DROP TABLE rest')
        }
        await db.sql(`DELETE FROM t WHERE id IN (${[-1, ...refused].join(', ')})`)
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
  },
)
