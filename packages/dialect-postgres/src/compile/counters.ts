import { type DialectRows, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { statement } from './statements.ts'

/** The sequence behind a column: of an identity, of `serial`, or any that is owned by it. */
const sequenceOf = (table: string, column: string) =>
  sql`pg_catalog.pg_get_serial_sequence(${quote.literal(table)}, ${quote.literal(column)})`

export const counters: NonNullable<DialectRows['counters']> = {
  async read(session, { ref, columns }) {
    const table = quote.table(ref).text
    const lastNumbers = new Map<string, bigint>()
    for (const { name, identity, default: value } of columns) {
      if (identity === undefined && value === undefined) continue
      // NULL where no number was given out yet, or none is behind the column.
      const text = sql`SELECT pg_catalog.pg_sequence_last_value(${sequenceOf(table, name)}::pg_catalog.regclass) AS last`
      const [row] = await session.query(text.text)
      if (typeof row?.last === 'bigint') lastNumbers.set(name, row.last)
    }
    return lastNumbers
  },
  set({ ref }, column, last) {
    const at = quote.literal(String(last))
    const text = sql`SELECT pg_catalog.setval(s.seqrelid::pg_catalog.regclass, ${at}::bigint) FROM pg_catalog.pg_sequence s
      WHERE s.seqrelid = ${sequenceOf(quote.table(ref).text, column)}::pg_catalog.regclass AND ${at}::bigint BETWEEN s.seqmin AND s.seqmax
        AND (${at}::bigint - coalesce(pg_catalog.pg_sequence_last_value(s.seqrelid::pg_catalog.regclass), s.seqstart - s.seqincrement)) * sign(s.seqincrement) > 0`
    return [statement(text, [ref])]
  },
  // ADD COLUMN has filled the rows from the start of the sequence: https://www.postgresql.org/docs/current/sql-altertable.html
  renumber: (ref, column) =>
    statement(sql`UPDATE ${quote.table(ref)} SET ${quote.identifier(column)} = DEFAULT`, [ref]),
}
