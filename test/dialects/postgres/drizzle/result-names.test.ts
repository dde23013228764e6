import { expect, test } from 'vitest'
import { nameResults } from '../../../../packages/drizzle/src/connect/result-names.ts'

const quote = (name: string): string => `"${name}"`
const named = (sql: string) => nameResults(sql, { escapeStrings: true, dollarQuotes: true }, quote)

test.each([
  // What tells its column apart stays as it is.
  ['select "id", "name" from "t"', 'select "id", "name" from "t"', 2],
  ['select "t"."id", t.n, x as y from t', 'select "t"."id", t.n, x as y from t', 3],
  // Two of one name, in whatever case, and names that are numbers.
  ['select "a"."id", "b"."id" from a, b', 'select "a"."id", "b"."id" as "result 1" from a, b', 2],
  ['select "id", "ID" from a', 'select "id", "ID" as "result 1" from a', 2],
  ['select "n" as "x", "m" as "x" from t', 'select "n" as "x", "m" as "result 1" from t', 2],
  ['select "1", "b" as "0" from t', 'select "1" as "result 0", "b" as "result 1" from t', 2],
  ['select "a" as "result 1", "2" from t', 'select "a" as "result 1", "2" as "result 1+" from t', 2],
  // Expressions have the name that a server makes up.
  ['select count(*), max(a, b) from t', 'select count(*) as "result 0", max(a, b) as "result 1" from t', 2],
  ['select 1, now() -- x, y\n', 'select 1 as "result 0", now() as "result 1" -- x, y\n', 2],
  ["select 'from, x', a::text from t", `select 'from, x' as "result 0", a::text as "result 1" from t`, 2],
  ['select a is distinct from b, c from t', 'select a is distinct from b as "result 0", c as "result 1" from t', 2],
  ['select (select a, b from u limit 1) "x" from t', 'select (select a, b from u limit 1) "x" from t', 1],
  // The list of the statement itself, not of those in it.
  [
    'with "c" as (select 1, 2) select "a", "a" from c',
    'with "c" as (select 1, 2) select "a", "a" as "result 1" from c',
    2,
  ],
  [
    '(select "a", "a" from t) union (select "b", "c" from u) order by 1',
    '(select "a", "a" as "result 1" from t) union (select "b", "c" from u) order by 1',
    2,
  ],
  ['insert into t select 1, 2 returning "a", "a"', 'insert into t select 1, 2 returning "a", "a" as "result 1"', 2],
  ['update t set a = 1, b = 2 where c = 3', 'update t set a = 1, b = 2 where c = 3', undefined],
  ['select *, a from t', 'select *, a as "result 1" from t', undefined],
  ['delete from t returning *', 'delete from t returning *', undefined],
])('%s', (sql, expected, count) => {
  const resultNames = named(sql)
  expect(resultNames.count).toBe(count)
  if (count === undefined) expect(resultNames.sql).toBe(sql)
  else expect(resultNames.sql).toBe(expected)
})
