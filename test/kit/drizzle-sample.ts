import {
  bigint,
  boolean,
  bytes,
  column,
  date,
  decimal,
  double,
  enumeration,
  expression,
  integer,
  json,
  now,
  type StepDatabase,
  smallint,
  table,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from '@org/migrate-core'
import type { Session } from '@org/migrate-core/dialect'

/** A column of every kind that all servers have. */
export const sample = table(
  'sample',
  {
    id: column(varchar(40), { nullable: false }),
    tiny: column(smallint()),
    small: column(integer(), { nullable: false, default: 7 }),
    big: column(bigint()),
    flag: column(boolean(), { nullable: false, default: true }),
    body: column(text()),
    doc: column(json()),
    amount: column(decimal(10, 2)),
    ratio: column(double()),
    day: column(date()),
    hour: column(time({ precision: 0 })),
    at: column(timestamp({ precision: 3 })),
    made: column(timestamp(), { nullable: false, default: now() }),
    raw: column(bytes()),
    key: column(uuid()),
    mood: column(enumeration(['ok', 'bad'])),
    rest: column(integer(), { generated: { as: expression('small - 7'), stored: true } }),
  },
  { primaryKey: ['id'] },
)

/** A full row as it is written, and read again. */
export const full = {
  id: 'a',
  tiny: -3,
  small: 2_147_483_647,
  big: 9223372036854775807n,
  flag: false,
  body: `it's "x" \\ ? ?? $1 :a 💙`,
  doc: { n: [1, 'two', null], s: "o'x\\" },
  amount: '12.50',
  ratio: 0.1,
  day: '2024-02-29',
  hour: '23:59:58',
  at: '2024-02-29 12:00:00.123',
  raw: Buffer.from([0, 255, 92, 39]),
  key: '0b3f1d4e-0000-4000-8000-000000000001',
  mood: 'bad' as const,
}

/** The part of a step that Drizzle uses, on a real session of a dialect. */
export function stepOn(
  session: Session,
  dialect: StepDatabase['dialect'],
  portable: (sql: string) => string = (sql) => sql,
): StepDatabase {
  const step: Pick<StepDatabase, 'dialect' | 'query' | 'execute' | 'transaction'> = {
    dialect,
    query: async <R>(text: string, params: Parameters<Session['query']>[1]) =>
      (await session.query(portable(text), params)) as readonly R[],
    execute: (text, params) => session.execute(portable(text), params),
    transaction: (body) => session.savepoint(() => body(stepOn(session, dialect, portable))),
  }
  return step as StepDatabase
}
