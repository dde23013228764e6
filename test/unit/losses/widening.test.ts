import { bigint, boolean, integer, text, varchar } from '@org/migrate-core'
import type { ColumnType, Dialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, test } from 'vitest'

const dialects = {
  postgres: await postgresDialect({ url: 'postgres://localhost/d' }).load(),
  mariadb: await mysqlDialect({ url: 'mariadb://localhost/d' }).load(),
  mysql: await mysqlDialect({ url: 'mysql://localhost/d' }).load(),
}

const lossOn = (dialect: Dialect) => (from: ColumnType, to: ColumnType) =>
  dialect.types.conversionLoss?.(dialect.sql.quote.identifier('c'), from, to, { before: {}, after: {} })?.what

describe.each(Object.entries(dialects))('%s: a conversion', (_name, dialect) => {
  const loss = lossOn(dialect)

  test('to a longer string loses nothing, and none of its rows are read', () => {
    expect([loss(varchar(40), varchar(60)), loss(varchar(40), varchar(40)), loss(varchar(40), text())]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('to a shorter string may lose spaces', () => {
    expect(loss(varchar(60), varchar(40))).toBe('spaces at the end')
  })
})

test('postgres: a conversion of a number or a boolean to a string that is long enough loses nothing', () => {
  const loss = lossOn(dialects.postgres)
  expect([loss(integer(), varchar(11)), loss(bigint(), varchar(20)), loss(boolean(), varchar(5))]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(loss(integer(), varchar(10))).toBe('spaces at the end')
})
