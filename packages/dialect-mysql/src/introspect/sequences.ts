import type { Row, SequenceModel, Session } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { text } from './catalog.ts'

/** What a sequence is when nothing is said, by the way it counts: https://mariadb.com/kb/en/create-sequence/ */
const usual = {
  up: { minValue: '1', maxValue: '9223372036854775806' },
  down: { minValue: '-9223372036854775807', maxValue: '-1' },
} as const

function sequenceOf(row: Row): SequenceModel {
  const [start, minValue, maxValue] = ['start', 'min_value', 'max_value'].map((fact) => text(row, fact)) as [
    string,
    string,
    string,
  ]
  const [increment, cache] = [text(row, 'increment'), text(row, 'cache')]
  const isDown = increment.startsWith('-')
  const bounds = usual[isDown ? 'down' : 'up']
  return {
    ref: { name: text(row, 'name') },
    ...(start === (isDown ? maxValue : minValue) ? {} : { start }),
    ...(minValue === bounds.minValue ? {} : { minValue }),
    ...(maxValue === bounds.maxValue ? {} : { maxValue }),
    ...(increment === '1' ? {} : { increment }),
    ...(cache === '1000' ? {} : { cache: Number(cache) }),
    ...(text(row, 'cycle') === '0' ? {} : { cycle: true }),
  }
}

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
  return rows.map(sequenceOf)
}
