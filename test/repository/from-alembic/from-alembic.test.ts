import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hasTest } from '../../faults/catalogue/titles.ts'
import { page, pageFile } from './page.ts'
import { sections } from './sections.ts'

const rows = sections.flatMap((section) => section.rows)

test('each row names a test that shows it, or says why it is not here', () => {
  const unproved = rows.filter(({ by, differs }) => by.length === 0 && !differs.startsWith('Not here, because '))
  expect(unproved.map(({ alembic }) => alembic)).toEqual([])
  const missing = rows.flatMap(({ alembic, by }) =>
    by
      .filter(([file, title]) => !hasTest(`test/${file}`, title))
      .map(([file, title]) => `${alembic}: ${file}: ${title}`),
  )
  expect(missing).toEqual([])
})

test('docs/guides/from-alembic.md is what the rows say', () => {
  // `UPDATE_DOCS=1` writes it; look at it before you commit it.
  if (process.env.UPDATE_DOCS === '1') writeFileSync(pageFile, page())
  else expect(existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '').toBe(page())
})
