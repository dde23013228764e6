import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mysqlGrid } from './mysql/grid.ts'
import { mysqlCases } from './mysql/index.ts'
import { docsFile, withDetected } from './page.ts'
import { postgresGrid } from './postgres/grid.ts'
import { postgresCases } from './postgres/index.ts'
import { sqliteGrid } from './sqlite/grid.ts'
import { sqliteCases } from './sqlite/index.ts'

test('docs/reference/autogenerate.md lists what the cases show', () => {
  const text = readFileSync(docsFile, 'utf8')
  const written = withDetected(text, [
    { name: 'SQLite', cases: sqliteCases, grid: sqliteGrid },
    { name: 'PostgreSQL', cases: postgresCases, grid: postgresGrid },
    { name: 'MySQL, MariaDB', cases: mysqlCases, grid: mysqlGrid },
  ])
  // `UPDATE_DOCS=1` writes it; look at it before you commit it.
  if (process.env.UPDATE_DOCS === '1') writeFileSync(docsFile, written)
  else expect(text).toBe(written)
})
