import { sql } from 'drizzle-orm'
import { datetime, index, int, mysqlTable, text, uniqueIndex, varchar } from 'drizzle-orm/mysql-core'
import { type OracleSchema, schema } from '../../schema.ts'

const log = {
  id: int('id').primaryKey(),
  level: int('level'),
  line: varchar('line', { length: 100 }),
  body: text('body'),
  at: datetime('at').notNull(),
}
const change = 'ALTER TABLE log MODIFY at datetime'

export const indexes: readonly OracleSchema[] = [
  schema(
    'indexes of one column and of two',
    [{ log: mysqlTable('log', log, (t) => [index('log_level').on(t.level), index('log_at').on(t.at, t.level)]) }],
    change,
  ),
  schema(
    'unique indexes',
    [
      {
        log: mysqlTable('log', log, (t) => [
          uniqueIndex('log_line').on(t.line),
          uniqueIndex('log_level_at').on(t.level, t.at),
        ]),
      },
    ],
    change,
  ),
  schema(
    'an index by a B-tree',
    [{ log: mysqlTable('log', log, (t) => [index('log_level').on(t.level).using('btree')]) }],
    change,
    { noise: 'it does not read the method of an index' },
  ),
  schema(
    'how an index is built is not what it is',
    [
      {
        log: mysqlTable('log', log, (t) => [
          index('log_level').on(t.level).algorithm('inplace'),
          index('log_at').on(t.at).lock('none'),
        ]),
      },
    ],
    change,
    { noise: 'it looks for how an index was built in what is there' },
  ),
  schema(
    'the newest first',
    [{ log: mysqlTable('log', log, (t) => [index('log_new').on(sql`${t.at} desc`)]) }],
    change,
    { noise: 'it reads the column alone, and declares the text' },
  ),
  schema(
    'the first letters of a text',
    [{ log: mysqlTable('log', log, (t) => [index('log_body').on(sql`${t.body}(10)`)]) }],
    change,
    { noise: 'it reads the column alone, and declares the text' },
  ),
  schema(
    'an index of an expression',
    [{ log: mysqlTable('log', log, (t) => [uniqueIndex('log_lower').on(sql`(lower(${t.line}))`)]) }],
    change,
    {
      cannotRead: {
        message: /"log_lower",\s+"columns",[\s\S]+Expected string, received null/,
        why: 'it reads columns alone',
      },
    },
  ),
  schema(
    'an index comes, another one goes',
    [
      { log: mysqlTable('log', log, (t) => [index('log_level').on(t.level)]) },
      { log: mysqlTable('log', log, (t) => [index('log_at').on(t.at)]) },
    ],
    change,
  ),
  schema(
    'an index gets another column, one another order of them',
    [
      { log: mysqlTable('log', log, (t) => [index('log_a').on(t.level), index('log_b').on(t.at, t.line)]) },
      { log: mysqlTable('log', log, (t) => [index('log_a').on(t.level, t.at), index('log_b').on(t.line, t.at)]) },
    ],
    change,
  ),
  schema(
    'an index becomes unique',
    [
      { log: mysqlTable('log', log, (t) => [index('log_by').on(t.at)]) },
      { log: mysqlTable('log', log, (t) => [uniqueIndex('log_by').on(t.at)]) },
    ],
    change,
  ),
]
