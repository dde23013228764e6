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
    const sums = columns.map(({ name }, at) => {
      const column = quote.identifier(name).text
      const hashes = `CAST(CONV(LEFT(SHA2(${column}, 256), 16), 16, 10) AS UNSIGNED)`
      return `CONCAT(COUNT(${column}), ':', COALESCE(SUM(${hashes}), 0)) AS c${at}`
    })
    const [row] = await session.query(`SELECT ${['COUNT(*) AS n', ...sums].join(', ')} FROM ${quote.table(ref).text}`)
    return {
      rows: BigInt(String(row?.n ?? 0)),
      columns: new Map(columns.map(({ name }, at) => [name, String(row?.[`c${at}`])])),
    }
  },
}
