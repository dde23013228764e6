import type { Row, SequenceModel, Session } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { text } from './catalog.ts'

/** What a sequence is when nothing is said, by the way it counts: https://mariadb.com/kb/en/create-sequence/ */
const usual = {
  up: { minValue: '1', maxValue: '9223372036854775806' },
  down: { minValue: '-9223372036854775807', maxValue: '-1' },
} as const

/** A sequence states only what is not as usual, as it is read of the server. */
export function canonicaliseSequence(sequence: SequenceModel): SequenceModel {
  const { start, increment = '1', minValue, maxValue, cache = 1000, cycle = false, ...rest } = sequence
  const isDown = increment.startsWith('-')
  const bounds = usual[isDown ? 'down' : 'up']
  const first = isDown ? (maxValue ?? bounds.maxValue) : (minValue ?? bounds.minValue)
  return {
    ...rest,
    ...(start === undefined || start === first ? {} : { start }),
    ...(minValue === undefined || minValue === bounds.minValue ? {} : { minValue }),
    ...(maxValue === undefined || maxValue === bounds.maxValue ? {} : { maxValue }),
    ...(increment === '1' ? {} : { increment }),
    ...(cache === 1000 ? {} : { cache }),
    ...(cycle ? { cycle } : {}),
  }
}

function sequenceOf(row: Row): SequenceModel {
  return canonicaliseSequence({
    ref: { name: text(row, 'name') },
    start: text(row, 'start'),
    minValue: text(row, 'min_value'),
    maxValue: text(row, 'max_value'),
    increment: text(row, 'increment'),
    cache: Number(text(row, 'cache')),
    cycle: text(row, 'cycle') !== '0',
  })
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
