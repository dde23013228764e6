import { readFileSync, writeFileSync } from 'node:fs'
import type { Dialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { matrixFile, matrixPage } from './matrix.ts'
import { fragments } from './subjects.ts'

async function newestSqlite(): Promise<Dialect> {
  const dialect = await sqliteDialect({ url: ':memory:' }).load()
  return (await dialect.script?.forServer?.('3.53')?.load()) ?? dialect
}

test('docs/reference/support-matrix.md is what the compilers say; each server proves it for itself', async () => {
  const page = matrixPage([
    { name: 'SQLite', dialect: await newestSqlite(), fragments: fragments.sqlite },
    {
      name: 'PostgreSQL',
      dialect: await postgresDialect({ url: 'postgres://localhost/matrix' }).load(),
      fragments: fragments.postgres,
    },
    {
      name: 'MariaDB',
      dialect: await mysqlDialect({ url: 'mariadb://localhost/matrix' }).load(),
      fragments: fragments.mariadb,
    },
    {
      name: 'MySQL',
      dialect: await mysqlDialect({ url: 'mysql://localhost/matrix' }).load(),
      fragments: fragments.mysql,
    },
  ])
  // `UPDATE_DOCS=1` writes it; look at it before you commit it.
  if (process.env.UPDATE_DOCS === '1') writeFileSync(matrixFile, page)
  else expect(readFileSync(matrixFile, 'utf8')).toBe(page)
})
