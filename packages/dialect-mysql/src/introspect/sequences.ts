import type { SequenceModel, Session } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { text } from './catalog.ts'

/** What a sequence is when nothing is said: https://mariadb.com/kb/en/create-sequence/ */
const usual = { minValue: '1', maxValue: '9223372036854775806', increment: '1', cache: '1000' } as const

export async function sequenceNames(session: Session): Promise<readonly string[]> {
  const rows = await session.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'",
  )
  return rows.map((row) => text(row, 'name'))
}

/** A sequence of MariaDB is a table of one row: all of them in one statement. */
export async function readSequences(session: Session, names: readonly string[]): Promise<readonly SequenceModel[]> {
  if (names.length === 0) return []
  const selects = names.map(
    (name) =>
      `SELECT ? AS name, start_value AS start, minimum_value AS min_value, maximum_value AS max_value, increment,
 cache_size AS cache, cycle_option AS cycle FROM ${quote.identifier(name).text}`,
  )
  const rows = await session.query(selects.join(' UNION ALL '), names)
  return rows.map((row) => ({
    ref: { name: text(row, 'name') },
    ...(text(row, 'start') === text(row, 'min_value') ? {} : { start: text(row, 'start') }),
    ...(text(row, 'min_value') === usual.minValue ? {} : { minValue: text(row, 'min_value') }),
    ...(text(row, 'max_value') === usual.maxValue ? {} : { maxValue: text(row, 'max_value') }),
    ...(text(row, 'increment') === usual.increment ? {} : { increment: text(row, 'increment') }),
    ...(text(row, 'cache') === usual.cache ? {} : { cache: Number(text(row, 'cache')) }),
    ...(text(row, 'cycle') === '0' ? {} : { cycle: true }),
  }))
}
