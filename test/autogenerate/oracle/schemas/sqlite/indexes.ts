import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { type OracleSchema, schema } from '../../schema.ts'

const log = { id: integer('id').primaryKey(), level: integer('level'), line: text('line'), at: integer('at').notNull() }

export const indexes: readonly OracleSchema[] = [
  schema(
    'indexes of one column and of two',
    [{ log: sqliteTable('log', log, (t) => [index('log_level').on(t.level), index('log_at').on(t.at, t.level)]) }],
    'ALTER TABLE log ALTER COLUMN at DROP NOT NULL',
  ),
  schema(
    'two indexes that begin alike',
    [{ log: sqliteTable('log', log, (t) => [index('log_a').on(t.level, t.at), index('log_b').on(t.level, t.line)]) }],
    'ALTER TABLE log ALTER COLUMN at DROP NOT NULL',
  ),
  schema(
    'unique indexes',
    [
      {
        log: sqliteTable('log', log, (t) => [
          uniqueIndex('log_line').on(t.line),
          uniqueIndex('log_level_at').on(t.level, t.at),
        ]),
      },
    ],
    'ALTER TABLE log ALTER COLUMN at DROP NOT NULL',
  ),
  schema(
    'an index comes, another one goes',
    [
      { log: sqliteTable('log', log, (t) => [index('log_level').on(t.level)]) },
      { log: sqliteTable('log', log, (t) => [index('log_at').on(t.at)]) },
    ],
    'ALTER TABLE log ALTER COLUMN at DROP NOT NULL',
  ),
  schema(
    'an index gets another column',
    [
      { log: sqliteTable('log', log, (t) => [index('log_by').on(t.level)]) },
      { log: sqliteTable('log', log, (t) => [index('log_by').on(t.level, t.at)]) },
    ],
    'ALTER TABLE log ALTER COLUMN at DROP NOT NULL',
  ),
  schema(
    'an index becomes unique',
    [
      { log: sqliteTable('log', log, (t) => [index('log_by').on(t.at)]) },
      { log: sqliteTable('log', log, (t) => [uniqueIndex('log_by').on(t.at)]) },
    ],
    'ALTER TABLE log ALTER COLUMN line SET NOT NULL',
  ),
  schema(
    'an index stays while its table is rebuilt',
    [
      { log: sqliteTable('log', log, (t) => [index('log_by').on(t.at), uniqueIndex('log_line').on(t.line)]) },
      {
        log: sqliteTable('log', { ...log, level: text('level').notNull().default('info') }, (t) => [
          index('log_by').on(t.at),
          uniqueIndex('log_line').on(t.line),
        ]),
      },
    ],
    'ALTER TABLE log ALTER COLUMN level DROP NOT NULL',
  ),
  schema(
    'an index of some rows',
    [{ log: sqliteTable('log', log, (t) => [index('log_bad').on(t.at).where(sql`${t.level} > 3`)]) }],
    'ALTER TABLE log ALTER COLUMN line SET NOT NULL',
    { noise: 'it does not read the condition of an index from the database' },
  ),
  schema(
    'an index of an expression',
    [{ log: sqliteTable('log', log, (t) => [uniqueIndex('log_lower').on(sql`lower(${t.line})`)]) }],
    'ALTER TABLE log ALTER COLUMN line SET NOT NULL',
    { noise: 'PRAGMA index_info has no name for what is no column' },
  ),
  schema(
    'an index from the largest',
    [{ log: sqliteTable('log', log, (t) => [index('log_newest').on(sql`${t.at} desc`)]) }],
    'ALTER TABLE log ALTER COLUMN line SET NOT NULL',
    { noise: 'what is declared is an expression to it, and what it reads a column' },
  ),
]
