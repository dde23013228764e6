import type { DialectMeasures } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

export const measures: DialectMeasures = {
  async bytes(session) {
    const [row] = await session.query('SELECT pg_catalog.pg_database_size(pg_catalog.current_database()) AS bytes')
    return BigInt(String(row?.bytes ?? 0))
  },
  async fingerprint(session, { ref, columns }) {
    const hashes = (text: string): string =>
      `coalesce(pg_catalog.sum(pg_catalog.hashtextextended(${text}::text, 0)::numeric), 0)::text`
    // hashtextextended() is of 11: https://www.postgresql.org/docs/release/11.0/. A sum does not depend on the order of the rows.
    const names = columns.map(({ name }) => quote.identifier(name).text)
    const sums = names.map((name, at) => `pg_catalog.count(${name})::text || ':' || ${hashes(name)} AS c${at}`)
    const list = ['pg_catalog.count(*) AS n', `${hashes(`ROW(${names.join(', ')})`)} AS whole`, ...sums].join(', ')
    const [row] = await session.query(`SELECT ${list} FROM ${quote.table(ref).text}`)
    return {
      rows: BigInt(String(row?.n ?? 0)),
      columns: new Map(columns.map(({ name }, at) => [name, String(row?.[`c${at}`])])),
      wholeRows: String(row?.whole),
    }
  },
}
