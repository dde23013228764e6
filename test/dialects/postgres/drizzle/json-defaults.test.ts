import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as sq from 'drizzle-orm/sqlite-core'
import { expect, it } from 'vitest'

/** drizzle-kit writes a text default of a JSON column as it is: found in a public schema with 21 such columns. */
it('a default that is the text of JSON stays that text; another value is written as JSON', () => {
  const declared = [
    readPostgres([
      pg.pgTable('t', {
        a: pg.jsonb().default('{}'),
        b: pg.json().default('[1]'),
        c: pg.jsonb().default('word'),
        d: pg.jsonb().default({ a: 1 }),
      }),
    ]),
    readMysql([
      my.mysqlTable('t', {
        a: my.json().default('{}'),
        b: my.json().default('[1]'),
        c: my.json().default('word'),
        d: my.json().default({ a: 1 }),
      }),
    ]),
    readSqlite([
      sq.sqliteTable('t', {
        a: sq.text({ mode: 'json' }).default('{}'),
        b: sq.text({ mode: 'json' }).default('[1]'),
        c: sq.text({ mode: 'json' }).default('word'),
        d: sq.text({ mode: 'json' }).default({ a: 1 }),
      }),
    ]),
  ]
  for (const { schema } of declared) {
    const [table] = schema.tables.values()
    const defaults = table?.columns.map((column) =>
      column.default?.kind === 'literal' ? column.default.value : column.default,
    )
    expect(defaults).toEqual(['{}', '[1]', '"word"', '{"a":1}'])
  }
})
