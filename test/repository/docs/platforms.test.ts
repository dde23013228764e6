import { expect, test } from 'vitest'
import { columns, rows } from '../../../scripts/matrix/cells.mjs'
import { committed } from '../../../scripts/matrix/page.mjs'

test('the page of platforms has a result of each check on each runtime: npm run test:matrix writes it', () => {
  const results = committed()
  expect(Object.keys(results)).toEqual(rows.map(({ name }) => name))
  for (const row of rows) {
    expect(Object.keys(results[row.name] ?? {}), row.name).toEqual(columns.map(({ name }) => name))
    for (const [at, text] of Object.values(results[row.name] ?? {}).entries()) {
      const column = columns[at]
      const why = column && row.on(column).notTried
      expect(
        why === undefined ? ['passed', 'not tried'] : [`not tried: ${why}`],
        `${row.name}: ${column?.name}`,
      ).toContain(text)
    }
  }
})
