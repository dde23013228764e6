import { expression, integer, native } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

/** Each is written in another way by one of the two servers. */
const defaults: readonly (readonly [type: string, text: string])[] = [
  ['int', '(-1)'],
  ['int', '(length("a"))'],
  ['int', '(5 % 3)'],
  ['datetime', "'2020-01-01'"],
  ['time', "'10:00'"],
  ['date', '(current_date)'],
  ['varbinary(4)', "x'ff'"],
  ['datetime', '(now() + interval 1 day)'],
]
const conditions = [
  'NOT (n = 1)',
  "t NOT IN ('x')",
  'MOD(n, 2) = 0',
  'n % 2 = 0',
  "substring(t, 1, 1) = 'a'",
  "t REGEXP '^a'",
  "date_add(d, interval 1 day) > '2020-01-01'",
  'length(t) > 3',
  'lower(t) = t',
  'n = TRUE',
]

const everything: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.column('t', native('mysql', 'varchar(50)'))
    t.column('d', native('mysql', 'date'))
    t.column('g', integer(), { generated: { as: expression('length(t)'), stored: true } })
    for (const [at, [type, value]] of defaults.entries())
      t.column(`c${at}`, native('mysql', type), { default: expression(value) })
    t.primaryKey(['id'])
    for (const [at, condition] of conditions.entries()) t.check(expression(condition), { name: `check${at}` })
  })

const small: Recorded = (op) =>
  op.createTable('s', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('at', native('mysql', 'int'), { default: expression('(length("a"))') })
    t.check(expression('NOT (id = 1)'), { name: 'named' })
    t.primaryKey(['id'])
  })

const tablesSql = `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'migrate\\_%'`

describeOnEach(
  ['mariadb', 'mysql'],
  'a downgrade and what the server writes in its own words',
  (createDatabase, server) => {
    it('is no drift, of a table or of what was added to one later', async () => {
      const db = await createDatabase()
      const migrator = migratorOn(
        db,
        everything,
        small,
        (op) => op.alterColumn('s', 'at', { default: expression('(length("ab"))') }),
        (op) => op.alterTable('s', (t) => t.addCheck(expression('id % 2 = 0'), { name: 'even' })),
      )
      await migrator.upgrade()
      await migrator.downgrade('base')
      expect(await db.sql(tablesSql)).toEqual([])
    })

    it.each([
      [
        "ALTER TABLE s ALTER at SET DEFAULT (length('abc'))",
        {
          mariadb: "table s: column at: default is octet_length('abc'), expected octet_length('a')",
          mysql: "table s: column at: default is length('abc'), expected length('a')",
        },
      ],
      [
        'ALTER TABLE s DROP CONSTRAINT named; ALTER TABLE s ADD CONSTRAINT named CHECK (NOT (id = 2))',
        {
          mariadb: 'table s: check named ((id <> 1)): expression is id <> 2, expected id <> 1',
          mysql: 'table s: check named ((id <> 1)): expression is id <> 2, expected id <> 1',
        },
      ],
      [
        'ALTER TABLE s ADD more int',
        { mariadb: 'table s: column more is not expected', mysql: 'table s: column more is not expected' },
      ],
    ])('is what was changed by hand, and nothing else: %s', async (hand, differences) => {
      const db = await createDatabase()
      await migratorOn(db, small).upgrade()
      await db.sql(hand)
      const error = await errorOf(migratorOn(db, small).downgrade('base'))
      expect(error).toMatchObject({ code: 'DRIFT', details: { differences: [differences[server]] } })
      await migratorOn(db, small).downgrade('base', { acceptDrift: true })
      expect(await db.sql(tablesSql)).toEqual([])
    })
  },
)
