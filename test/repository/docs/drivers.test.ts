import { expect, test } from 'vitest'
import { groups, sameValues, tables } from '../../../scripts/matrix/driver-columns.mjs'
import { committed } from '../../../scripts/matrix/drivers-page.mjs'

const countOf = (text: string, what: RegExp): number => Number(what.exec(text)?.[1] ?? 0)

test('the page of drivers has each suite on each driver, no failure, and a reason for all that is unsupported: npm run test:drivers writes it', () => {
  const pages = committed(tables)
  for (const { name, columns } of tables) {
    const { suites = {}, reasons = {} } = pages[name] ?? {}
    expect(Object.keys(suites), name).toEqual([...groups, sameValues])
    for (const column of columns) {
      const cells = [...groups, sameValues].map((row) => suites[row]?.[column.name] ?? 'missing')
      const about = `${name}: ${column.name}`
      for (const text of cells)
        expect(text, about).toMatch(
          /^(\d+( alike)?(, \d+ (unsupported|refused by one of them|refused by both with other errors))*|not tried)$/,
        )
      const unsupported = cells.reduce((sum, text) => sum + countOf(text, /(\d+) unsupported/), 0)
      const explained = Object.values(reasons).reduce((sum, row) => sum + Number(row[column.name] || 0), 0)
      expect(explained, about).toBe(unsupported)
    }
  }
})
