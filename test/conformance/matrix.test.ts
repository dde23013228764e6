import { readFileSync, writeFileSync } from 'node:fs'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { matrixFile, matrixPage } from './matrix.ts'
import { words } from './subjects.ts'

test('docs/support-matrix.md is what the compilers say; each server proves it for itself', () => {
  const page = matrixPage([{ name: 'SQLite', dialect: sqliteDialect({ url: ':memory:' }), words: words.sqlite }])
  // `UPDATE_DOCS=1` writes it; look at it before you commit it.
  if (process.env.UPDATE_DOCS === '1') writeFileSync(matrixFile, page)
  else expect(readFileSync(matrixFile, 'utf8')).toBe(page)
})
