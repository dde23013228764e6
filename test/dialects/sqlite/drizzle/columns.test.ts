import type { ColumnModel, ColumnType } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle } from '@org/migrate-drizzle/sqlite'
import * as sq from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { createAndRead } from '../../../kit/create-and-read.ts'
import { exportedBuilders, kindsOf } from '../../../kit/drizzle-builders.ts'

const integer: ColumnType = { kind: 'integer', bits: 32 }
const text: ColumnType = { kind: 'text' }
const bytes: ColumnType = { kind: 'bytes' }
const decimal: ColumnType = { kind: 'decimal' }
const custom = (type: string) => sq.customType<{ data: string }>({ dataType: () => type })()

type Case = readonly [sq.SQLiteColumnBuilderBase, ColumnType, Partial<ColumnModel>?]

/** Each builder with the type that it stands for. */
const builders: readonly Case[] = [
  [sq.blob(), bytes],
  [sq.blob({ mode: 'buffer' }), bytes],
  [sq.blob({ mode: 'bigint' }), bytes],
  [sq.blob({ mode: 'json' }), bytes],
  [custom('varchar(20)'), { kind: 'varchar', length: 20 }],
  [custom('datetime'), { kind: 'timestamp', withTimezone: false }],
  [custom('nvarchar(9)'), { kind: 'native', dialect: 'sqlite', sql: 'NVARCHAR(9)' }],
  [sq.int(), integer],
  [sq.integer(), integer],
  [sq.integer({ mode: 'number' }), integer],
  [sq.integer({ mode: 'boolean' }), integer],
  [sq.integer({ mode: 'timestamp' }), integer],
  [sq.integer({ mode: 'timestamp_ms' }), integer],
  [sq.numeric(), decimal],
  [sq.numeric({ mode: 'number' }), decimal],
  [sq.numeric({ mode: 'bigint' }), decimal],
  [sq.real(), { kind: 'real' }],
  [sq.text(), text],
  [sq.text({ length: 20 }), { kind: 'native', dialect: 'sqlite', sql: 'TEXT(20)' }],
  [sq.text({ enum: ['a', 'b'] }), text],
  [sq.text({ mode: 'json' }), text],
]

const named = (cases: readonly Case[]): Record<string, sq.SQLiteColumnBuilderBase> =>
  Object.fromEntries(cases.map(([builder], at) => [`c${at}`, builder]))

describe('readDrizzle', () => {
  it('knows every column builder that drizzle-orm exports', () => {
    // The first two are what others are made of.
    expect(
      ['SQLiteBaseIntegerBuilder', 'SQLiteColumnBuilder', ...kindsOf(builders.map(([builder]) => builder))].sort(),
    ).toEqual(exportedBuilders(sq))
  })

  it('reads the types of all of them', () => {
    const { schema } = readDrizzle([sq.sqliteTable('t', named(builders))])
    const expected = builders.map(([, type, more], at) => ({ name: `c${at}`, type, nullable: true, ...more }))
    expect(schema.tables.get('t')?.columns).toEqual(expected)
  })

  it('reads what the database shows once it has been made', async () => {
    const { schema } = readDrizzle([sq.sqliteTable('t', named(builders))])
    expect(await createAndRead(await sqliteDialect({ url: ':memory:' }).load(), schema)).toEqual([])
  })
})
