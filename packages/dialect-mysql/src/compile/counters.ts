import { type DialectRows, sql } from '@org/migrate-core/dialect'
import { counter } from '../introspect/tables.ts'
import { quote } from '../sql/quote.ts'
import { statement } from './statements.ts'

export const counters: NonNullable<DialectRows['counters']> = {
  // Not from information_schema, whose statistics MySQL caches for a day:
  // https://dev.mysql.com/doc/refman/8.4/en/information-schema-optimization.html
  async read(session, { ref, columns }) {
    const column = columns.find(({ identity }) => identity !== undefined)
    if (column === undefined) return new Map()
    const [row] = await session.query(sql`SHOW CREATE TABLE ${quote.table(ref)}`.text)
    const next = counter.exec(String(row?.['Create Table'] ?? ''))?.[2]
    return next === undefined ? new Map() : new Map([[column.name, BigInt(next) - 1n]])
  },
  // InnoDB takes no number that is not above all that the table holds.
  set({ ref, columns }, column, last) {
    if (columns.find(({ name }) => name === column)?.identity === undefined) return []
    const text = sql`ALTER TABLE ${quote.table(ref)} AUTO_INCREMENT = ${quote.literal(last + 1n)}`
    return [{ ...statement(text, [ref]), commits: true }]
  },
}
