import { expect, it } from 'vitest'
import { mentionsTable } from '../../../../packages/dialect-sqlite/src/ddl/rename-in-body.ts'

it.each([
  ['CREATE VIEW v AS SELECT * FROM "Orders"', 'orders', true],
  ['CREATE VIEW v AS SELECT * FROM orders_old', 'orders', false],
  [`CREATE VIEW v AS SELECT 'orders' AS name FROM t`, 'orders', false],
  ['CREATE VIEW v AS SELECT * FROM "a""b"', 'a"b', true],
  ['CREATE VIEW v AS SELECT ΟΔΟΣ.a FROM ΟΔΟΣ', 'ΟΔΟΣ', true],
  ['CREATE VIEW v AS SELECT * FROM [ΟΔΟΣ]', 'ΟΔΟΣ', true],
])('the text %s names the table %s: %s', (text, name, expected) => {
  expect(mentionsTable(text, 'view', name)).toBe(expected)
})
