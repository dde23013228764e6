import type { ColumnModel, ColumnType } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { readDrizzle } from '@org/migrate-drizzle/mysql'
import * as my from 'drizzle-orm/mysql-core'
import { describe, expect, it } from 'vitest'
import { createAndRead } from '../../../kit/create-and-read.ts'
import { exportedBuilders, kindsOf } from '../../../kit/drizzle-builders.ts'
import { isVersion1 } from '../../../kit/drizzle-version.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const native = (sql: string): ColumnType => ({ kind: 'native', dialect: 'mysql', sql })
const integer = (bits: 16 | 32 | 64): ColumnType => ({ kind: 'integer', bits })
const datetime = (precision: number): ColumnType => ({ kind: 'timestamp', withTimezone: false, precision })
const quoted = ['a', "b'c", 'd,e']
const set = my.customType<{ data: string }>({ dataType: () => "set('a','b''c')" })
const written = my.customType<{ data: string }>({ dataType: () => "enum('x','y')" })

type Case = readonly [my.MySqlColumnBuilderBase, ColumnType, Partial<ColumnModel>?]

/** Each builder with the type that it stands for. */
const common: readonly Case[] = [
  [my.bigint({ mode: 'number' }), integer(64)],
  [my.bigint({ mode: 'bigint' }), integer(64)],
  [my.bigint({ mode: 'bigint', unsigned: true }), native('bigint unsigned')],
  [my.binary(), native('binary(1)')],
  [my.binary({ length: 16 }), native('binary(16)')],
  [my.boolean(), { kind: 'boolean' }],
  [my.char(), { kind: 'char', length: 1 }],
  [my.char({ length: 3 }), { kind: 'char', length: 3 }],
  [set(), native("set('a','b''c')")],
  [written(), { kind: 'enum', values: ['x', 'y'] }],
  [my.date(), { kind: 'date' }],
  [my.date({ mode: 'string' }), { kind: 'date' }],
  [my.datetime(), datetime(0)],
  [my.datetime({ fsp: 3 }), datetime(3)],
  [my.datetime({ mode: 'string', fsp: 6 }), { kind: 'timestamp', withTimezone: false }],
  [my.decimal(), { kind: 'decimal', precision: 10, scale: 0 }],
  [my.decimal({ precision: 5 }), { kind: 'decimal', precision: 5, scale: 0 }],
  [my.decimal({ precision: 10, scale: 2, mode: 'number' }), { kind: 'decimal', precision: 10, scale: 2 }],
  [my.decimal({ precision: 20, mode: 'bigint' }), { kind: 'decimal', precision: 20, scale: 0 }],
  [my.decimal({ precision: 10, scale: 2, unsigned: true }), native('decimal(10,2) unsigned')],
  [my.double(), { kind: 'double' }],
  [my.double({ precision: 5, scale: 2 }), native('double(5,2)')],
  [my.double({ unsigned: true }), native('double unsigned')],
  [my.float(), { kind: 'real' }],
  [my.float({ unsigned: true }), native('float unsigned')],
  [my.int(), integer(32)],
  [my.int({ unsigned: true }), native('int unsigned')],
  [my.json(), { kind: 'json' }],
  [my.mediumint(), native('mediumint')],
  [my.mediumint({ unsigned: true }), native('mediumint unsigned')],
  [my.mysqlEnum(['a', "b'c", 'd,e']), { kind: 'enum', values: quoted }],
  [my.mysqlEnum({ one: 'a', two: "b'c", three: 'd,e' }), { kind: 'enum', values: quoted }],
  [my.real(), { kind: 'double' }],
  [my.real({ precision: 6, scale: 2 }), native('double(6,2)')],
  [my.smallint(), integer(16)],
  [my.smallint({ unsigned: true }), native('smallint unsigned')],
  [my.text(), native('text')],
  [my.text({ enum: ['a', 'b'] }), native('text')],
  [my.tinytext(), native('tinytext')],
  [my.mediumtext(), native('mediumtext')],
  [my.longtext(), { kind: 'text' }],
  [my.time(), { kind: 'time', precision: 0 }],
  [my.time({ fsp: 3 }), { kind: 'time', precision: 3 }],
  [my.timestamp(), native('timestamp')],
  [my.timestamp({ fsp: 6 }), native('timestamp(6)')],
  [my.timestamp({ mode: 'string', fsp: 3 }), native('timestamp(3)')],
  [my.timestamp({ fsp: 3 }).onUpdateNow(), native('timestamp(3)'), { onUpdate: 'now' }],
  [my.timestamp().defaultNow().onUpdateNow(), native('timestamp'), { default: { kind: 'now' }, onUpdate: 'now' }],
  [my.tinyint(), native('tinyint')],
  [my.tinyint({ unsigned: true }), native('tinyint unsigned')],
  [my.varbinary({ length: 9 }), { kind: 'bytes', length: 9 }],
  [my.varchar({ length: 40 }), { kind: 'varchar', length: 40 }],
  [my.year(), native('year')],
]
/** Builders of 1.0 alone. */
type News = { readonly [name: string]: (how?: object) => my.MySqlColumnBuilderBase }
const news = my as unknown as News
const ofVersion1 = (): readonly Case[] => [
  [my.bigint({ mode: 'string' as 'number' }), integer(64)],
  [news.blob?.() as my.MySqlColumnBuilderBase, native('blob')],
  [news.tinyblob?.() as my.MySqlColumnBuilderBase, native('tinyblob')],
  [news.mediumblob?.({ mode: 'string' }) as my.MySqlColumnBuilderBase, native('mediumblob')],
  [news.longblob?.({ mode: 'buffer' }) as my.MySqlColumnBuilderBase, { kind: 'bytes' }],
]
const builders: readonly Case[] = [...common, ...(isVersion1 ? ofVersion1() : [])]
const counting: readonly Case[] = [
  [my.serial(), native('bigint unsigned'), { nullable: false, identity: { mode: 'autoIncrement' } }],
]

const named = (cases: readonly Case[]): Record<string, my.MySqlColumnBuilderBase> =>
  Object.fromEntries(cases.map(([builder], at) => [`c${at}`, builder]))

describe('readDrizzle', () => {
  it('knows every column builder that drizzle-orm exports', () => {
    // The first two are what others are made of.
    expect(
      [
        'MySqlColumnBuilder',
        'MySqlColumnBuilderWithAutoIncrement',
        ...kindsOf([...builders, ...counting].map(([builder]) => builder)),
      ].sort(),
    ).toEqual(exportedBuilders(my))
  })

  it.each([
    ['most builders', builders],
    ['serial', counting],
  ])('reads the types of %s', (_, cases) => {
    const { schema } = readDrizzle([my.mysqlTable('t', named(cases))])
    const expected = cases.map(([, type, more], at) => ({ name: `c${at}`, type, nullable: true, ...more }))
    expect(schema.tables.get('t')?.columns).toEqual(expected)
  })
})

describeOnDialects(['mysql', 'mariadb'], 'what readDrizzle reads', (createDatabase) => {
  it.each([
    ['most builders', builders],
    ['serial', counting],
  ])('is what the server shows once it has been made: %s', async (_, cases) => {
    const { url } = await createDatabase()
    const { schema } = readDrizzle([my.mysqlTable('t', named(cases))])
    expect(await createAndRead(await mysqlDialect({ url }).load(), schema)).toEqual([])
  })
})
