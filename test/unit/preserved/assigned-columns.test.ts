import { expect, test } from 'vitest'
import { assignedColumns } from '../../../packages/core/src/sql/assigned-columns.ts'

const mysql = { backticks: true, doubleQuotedStrings: true, backslashEscapes: true, executedComments: true } as const

test.each<[string, readonly string[] | undefined]>([
  ["UPDATE t1 SET c9 = REPLACE(c5, 'a', 'z')", ['c9']],
  ['UPDATE "t" SET "A" = b, c = (SELECT x FROM o WHERE o.y = 1), d = 2 WHERE e = 3;', ['a', 'c', 'd']],
  ['UPDATE t SET (a, b) = (SELECT c, d FROM o), e = 1 FROM o WHERE o.id = f', ['a', 'b', 'e']],
  ['UPDATE t SET a = b IS DISTINCT FROM c, d = e RETURNING f', ['a', 'd']],
  ['UPDATE t SET a = CASE WHEN b = 1 THEN c ELSE d END, e = f', ['a', 'e']],
  ['UPDATE t JOIN o ON t.id = o.id SET t.a = o.b, o.c = 1', ['t', 'a', 'o', 'c']],
  ["UPDATE t SET a = 'x, b = 1' /* , c = 1 */ -- , d = 1", ['a']],
  ['update t set `a` = 1, "b" = 2 order by c limit 1', ['a', 'b']],
  ['UPDATE t SET a = 1; UPDATE t SET b = 2', undefined],
  ['INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1', undefined],
  // MySQL runs what is in the comment.
  ['UPDATE `t` SET /*! a = 1, */ b = 2', undefined],
  ['WITH o AS (SELECT 1) UPDATE t SET a = 1', undefined],
])('%s sets %j', (sql, columns) => {
  const names = assignedColumns(sql, sql.includes('`') ? mysql : {})
  expect(names && [...names]).toEqual(columns)
})
