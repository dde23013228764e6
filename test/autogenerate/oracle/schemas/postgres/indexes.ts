import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import { type OracleSchema, schema } from '../../schema.ts'

const log = {
  id: integer('id').primaryKey(),
  level: integer('level'),
  line: text('line'),
  data: jsonb('data'),
  at: timestamp('at').notNull(),
}
const change = 'ALTER TABLE log ALTER COLUMN at DROP NOT NULL'

export const indexes: readonly OracleSchema[] = [
  schema(
    'indexes of one column and of two',
    [{ log: pgTable('log', log, (t) => [index('log_level').on(t.level), index('log_at').on(t.at, t.level)]) }],
    change,
  ),
  schema(
    'an index without a name',
    [{ log: pgTable('log', log, (t) => [index().on(t.level, t.at), uniqueIndex().on(t.line)]) }],
    change,
  ),
  schema(
    'unique indexes',
    [
      {
        log: pgTable('log', log, (t) => [
          uniqueIndex('log_line').on(t.line),
          uniqueIndex('log_level_at').on(t.level, t.at),
        ]),
      },
    ],
    change,
  ),
  schema(
    'orders and places of NULL',
    [
      {
        log: pgTable('log', log, (t) => [
          index('log_newest').on(t.at.desc(), t.level.asc()),
          index('log_first').on(t.level.desc().nullsFirst()),
          index('log_last').on(t.line.nullsFirst()),
        ]),
      },
    ],
    change,
  ),
  schema(
    'an index of some rows',
    [{ log: pgTable('log', log, (t) => [index('log_bad').on(t.at).where(sql`${t.level} > 3`)]) }],
    change,
  ),
  schema(
    'an index of an expression',
    [{ log: pgTable('log', log, (t) => [uniqueIndex('log_lower').on(sql`lower(${t.line})`)]) }],
    change,
  ),
  schema(
    'methods and classes of operators',
    [
      {
        log: pgTable('log', log, (t) => [
          index('log_data').using('gin', t.data),
          index('log_paths').using('gin', t.data.op('jsonb_path_ops')),
          index('log_hash').using('hash', t.line),
          index('log_like').using('btree', t.line.op('text_pattern_ops')),
          index('log_brin').using('brin', t.at),
        ]),
      },
    ],
    change,
  ),
  schema(
    'options of an index',
    [{ log: pgTable('log', log, (t) => [index('log_full').on(t.at).with({ fillfactor: 70 })]) }],
    change,
    { noise: 'it does not read the options of an index as it declares them' },
  ),
  schema(
    'an index comes, another one goes',
    [
      { log: pgTable('log', log, (t) => [index('log_level').on(t.level)]) },
      { log: pgTable('log', log, (t) => [index('log_at').on(t.at)]) },
    ],
    change,
  ),
  schema(
    'an index gets another column, another order, a condition',
    [
      {
        log: pgTable('log', log, (t) => [
          index('log_a').on(t.level),
          index('log_b').on(t.at),
          index('log_c').on(t.line),
          index('log_d').using('btree', t.line),
        ]),
      },
      {
        log: pgTable('log', log, (t) => [
          index('log_a').on(t.level, t.at),
          index('log_b').on(t.at.desc()),
          index('log_c').on(t.line).where(sql`${t.line} is not null`),
          index('log_d').using('hash', t.line),
        ]),
      },
    ],
    change,
  ),
  schema(
    'an index becomes unique',
    [
      { log: pgTable('log', log, (t) => [index('log_by').on(t.at)]) },
      { log: pgTable('log', log, (t) => [uniqueIndex('log_by').on(t.at)]) },
    ],
    change,
  ),
]
