import { openMysql } from '@org/migrate-drizzle/mysql'
import { count, max } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import { expect, test } from 'vitest'
import { queried } from '../../../kit/drizzle-version.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const plain = my.mysqlTable('plain', {
  int: my.int().primaryKey(),
  tiny: my.tinyint(),
  year: my.year(),
  big: my.bigint({ mode: 'number' }),
  exact: my.bigint({ mode: 'bigint' }),
  amount: my.decimal({ precision: 10, scale: 2 }),
  rate: my.decimal({ precision: 10, scale: 2, mode: 'number' }),
  flag: my.boolean(),
  moment: my.timestamp(),
  local: my.datetime(),
  words: my.datetime({ mode: 'string' }),
  day: my.date(),
  written: my.date({ mode: 'string' }),
  data: my.json(),
  double: my.double(),
})
const row = {
  ...{ int: 1, tiny: 3, year: 2026, big: 9007199254740991, exact: 9007199254740993n, amount: '1.50', rate: 1.5 },
  ...{ flag: true, moment: new Date('2026-01-02T03:04:05Z'), local: new Date('2026-01-02T03:04:05Z') },
  ...{ words: '2026-01-02 03:04:05', day: new Date('2026-01-02'), written: '2026-01-02' },
  ...{ data: { a: [1] }, double: 2.5 },
}

describeOnEach(['mariadb', 'mysql'], 'columns of Drizzle itself', (createDatabase) => {
  test('read what their types say', async () => {
    const { url, sql: run } = await createDatabase()
    await run(`CREATE TABLE plain (\`int\` int PRIMARY KEY, tiny tinyint, year year, big bigint, exact bigint, amount decimal(10,2), rate decimal(10,2),
flag boolean, moment timestamp NULL, local datetime, words datetime, day date, written date, data json, \`double\` double)`)
    const database = openMysql({ url, ...queried({ plain }) })
    const { db } = database
    await db.insert(plain).values(row)
    expect(await db.select().from(plain)).toEqual([row])
    expect(await db.select({ n: count(), top: max(plain.tiny) }).from(plain)).toEqual([{ n: 1, top: 3 }])
    await database.close()
  })

  test("of customType read what Drizzle's drivers give: integers as numbers", async () => {
    const { url, sql: run } = await createDatabase()
    await run('CREATE TABLE customs (id int PRIMARY KEY, small int, wide bigint)')
    const shown = my.customType<{ data: string; driverData: unknown }>({
      dataType: () => 'int',
      fromDriver: (value) => `${typeof value} ${String(value)}`,
    })
    const customs = my.mysqlTable('customs', { id: my.int().primaryKey(), small: shown(), wide: shown() })
    const database = openMysql({ url })
    await run('INSERT INTO customs VALUES (1, 2, 9007199254740993)')
    expect(await database.db.select().from(customs)).toEqual([
      { id: 1, small: 'number 2', wide: 'bigint 9007199254740993' },
    ])
    await database.close()
  })
})
