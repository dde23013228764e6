import type { DialectMeasures } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

export const measures: DialectMeasures = {
  async bytes(session) {
    const [row] = await session.query(
      'SELECT COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0) AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    )
    return BigInt(String(row?.bytes ?? 0))
  },
  async fingerprint(session, { ref, columns }) {
    // MD5() is gone in MySQL 9.6. The sum of BIGINT UNSIGNED is an exact DECIMAL, and does not depend on the order of the rows.
    const hashes = (text: string): string =>
      `COALESCE(SUM(CAST(CONV(LEFT(SHA2(${text}, 256), 16), 16, 10) AS UNSIGNED)), 0)`
    const names = columns.map(({ name }) => quote.identifier(name).text)
    const sums = names.map((name, at) => `CONCAT(COUNT(${name}), ':', ${hashes(name)}) AS c${at}`)
    // Hashes of one length: no two rows amount to the same text.
    const whole = `CONCAT(${names.map((name) => `COALESCE(SHA2(${name}, 256), '-')`).join(', ')})`
    const list = ['COUNT(*) AS n', `CONCAT(${hashes(whole)}) AS whole_rows`, ...sums].join(', ')
    const [row] = await session.query(`SELECT ${list} FROM ${quote.table(ref).text}`)
    return {
      rows: BigInt(String(row?.n ?? 0)),
      columns: new Map(columns.map(({ name }, at) => [name, String(row?.[`c${at}`])])),
      wholeRows: String(row?.whole_rows),
    }
  },
}
